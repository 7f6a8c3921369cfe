// Runs a program in the sandbox: bytes in by its standard input, bytes out by its standard output.
// Blocks; one at a time is enough.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "child/sandbox.h"

namespace strims::child {

struct ChildOptions {
  std::vector<std::string>
      command;  // the first is the program: a path, or a name to look up in PATH
  SandboxLimits limits;
  int64_t wall_ms = 5'000;       // then it is killed
  size_t max_output = 4 << 20;   // likewise
  bool require_sandbox = false;  // false: where the kernel has no Landlock or seccomp, with limits
  int nice = 10;
};

// What it printed. Its standard error is thrown away. Errors: not_found/"no_program";
// timeout/"child_timeout"; too_large/"child_output"; internal/"child_failed" (its exit status or
// signal); unavailable/"sandbox" when it is required and the kernel has none.
Result<std::string> run_child(const ChildOptions& options, std::span<const std::string_view> input);

// The program's path; empty when there is none.
std::string find_program(std::string_view name);

}  // namespace strims::child
