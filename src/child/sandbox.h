// What a child process gives up before it runs a program that we do not trust with our data:
// rlimits, no new privileges, files (Landlock), and system calls (seccomp).
#pragma once

#include <cstdint>
#include <string>

namespace strims::child {

struct SandboxLimits {
  uint64_t memory_bytes = 700ull << 20;  // of address space
  uint64_t cpu_seconds = 5;
  uint64_t open_files = 64;
  uint64_t file_bytes = 8ull << 20;  // that it may write anywhere
};

enum class SandboxStep : uint8_t { done, limits, landlock, seccomp };

// Puts the calling process into the sandbox: it may read and execute below the system's folders
// and nothing else of the file system; it opens no sockets, traces, kills, mounts and renames
// nothing, and makes no processes (threads it may). Descriptors that are open stay usable.
//
// For a child between fork and exec: calls only what is async-signal-safe. Returns the step that
// the kernel refused; those before it hold.
SandboxStep enter_sandbox(const SandboxLimits& limits) noexcept;

}  // namespace strims::child
