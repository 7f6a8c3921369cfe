#include "child/run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>

namespace strims::child {
namespace {

using std::chrono::steady_clock;

constexpr int kNoSandbox = 121;  // exit statuses of a child that never became the program
constexpr int kNoProgram = 122;

struct Pipe {
  Pipe() { ok = ::pipe2(ends.data(), O_CLOEXEC) == 0; }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close(size_t end) {
    if (ends[end] >= 0) ::close(std::exchange(ends[end], -1));
  }
  std::array<int, 2> ends{-1, -1};
  bool ok = false;
};

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const ChildOptions& options, const char* path, char* const* argv, int in,
                         int out) {
  const int none = ::open("/dev/null", O_WRONLY);
  if (::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(none, 2) < 0) ::_exit(kNoProgram);
  ::close_range(3, ~0u, 0);
  ::setpriority(PRIO_PROCESS, 0, options.nice);
  sigset_t nothing;
  ::sigemptyset(&nothing);
  ::sigprocmask(SIG_SETMASK, &nothing, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const SandboxStep step = enter_sandbox(options.limits);
  if (step == SandboxStep::limits || (step != SandboxStep::done && options.require_sandbox))
    ::_exit(kNoSandbox);
  char* const environment[] = {const_cast<char*>("PATH=/usr/bin:/bin"),
                               const_cast<char*>("LC_ALL=C"), nullptr};
  ::execve(path, argv, environment);
  ::_exit(kNoProgram);
}

// Feeds and drains until the child has closed its output.
Result<std::string> converse(const ChildOptions& options, Pipe& in, Pipe& out,
                             std::span<const std::string_view> input) {
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(options.wall_ms);
  std::string output;
  size_t piece = 0;
  size_t offset = 0;
  std::array<char, 65'536> buffer;
  for (;;) {
    while (piece < input.size() && offset == input[piece].size()) {
      ++piece;
      offset = 0;
    }
    if (piece == input.size()) in.close(1);
    std::array<pollfd, 2> watched{{{out.ends[0], POLLIN, 0}, {in.ends[1], POLLOUT, 0}}};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now())
            .count();
    if (left <= 0)
      return fail(Errc::timeout, "child_timeout", options.command[0] + " took too long");
    const int n = ::poll(watched.data(), watched.size(), static_cast<int>(left));
    if (n < 0 && errno != EINTR) return fail(Errc::internal, "child_failed", "poll");
    if (n <= 0) continue;
    if (in.ends[1] >= 0 && (watched[1].revents & (POLLOUT | POLLERR | POLLHUP)) != 0) {
      const std::string_view rest = input[piece].substr(offset);
      const ssize_t put = ::write(in.ends[1], rest.data(), rest.size());
      if (put > 0) offset += static_cast<size_t>(put);
      // It reads no further: what it says by then counts.
      if (put < 0 && errno != EAGAIN && errno != EINTR) piece = input.size();
    }
    if ((watched[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    const ssize_t got = ::read(out.ends[0], buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return output;
    if (output.size() + static_cast<size_t>(got) > options.max_output)
      return fail(Errc::too_large, "child_output", options.command[0] + " printed too much");
    output.append(buffer.data(), static_cast<size_t>(got));
  }
}

// Waits for the end, which a kill has hastened where there was an error.
Result<void> reap(pid_t pid, const std::string& name, steady_clock::time_point deadline) {
  int status = 0;
  for (;;) {
    const pid_t done = ::waitpid(pid, &status, WNOHANG);
    if (done == pid) break;
    if (done < 0 && errno != EINTR) return fail(Errc::internal, "child_failed", "waitpid");
    if (steady_clock::now() >= deadline) {
      // Its output is closed, and it goes on.
      ::kill(pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      return fail(Errc::timeout, "child_timeout", name + " took too long");
    }
    ::poll(nullptr, 0, 2);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoSandbox)
    return fail(Errc::unavailable, "sandbox", "the kernel has no Landlock or seccomp");
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoProgram)
    return fail(Errc::not_found, "no_program", name + " cannot be run");
  return fail(Errc::internal, "child_failed",
              WIFSIGNALED(status) ? fmt::format("{}: signal {}", name, WTERMSIG(status))
                                  : fmt::format("{}: exit {}", name, WEXITSTATUS(status)));
}

}  // namespace

std::string find_program(std::string_view name) {
  if (name.find('/') != std::string_view::npos)
    return ::access(std::string(name).c_str(), X_OK) == 0 ? std::string(name) : std::string();
  const char* path = std::getenv("PATH");
  std::string_view folders = path != nullptr ? path : "/usr/bin:/bin";
  while (!folders.empty()) {
    const size_t colon = folders.find(':');
    const std::string candidate = fmt::format("{}/{}", folders.substr(0, colon), name);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    folders.remove_prefix(colon == std::string_view::npos ? folders.size() : colon + 1);
  }
  return {};
}

Result<std::string> run_child(const ChildOptions& options,
                              std::span<const std::string_view> input) {
  const std::string path = find_program(options.command.at(0));
  if (path.empty())
    return fail(Errc::not_found, "no_program", options.command[0] + " is not installed");
  std::vector<char*> argv;
  argv.reserve(options.command.size() + 1);
  for (const std::string& word : options.command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  Pipe in, out;
  if (!in.ok || !out.ok)
    return fail(Errc::unavailable, "unavailable", "no descriptors for a child");
  ::fcntl(in.ends[1], F_SETFL, O_NONBLOCK);
  ::fcntl(out.ends[0], F_SETFL, O_NONBLOCK);
  const pid_t pid = ::fork();
  if (pid < 0) return fail(Errc::unavailable, "unavailable", "no process for a child");
  if (pid == 0) become(options, path.c_str(), argv.data(), in.ends[0], out.ends[1]);
  in.close(0);
  out.close(1);
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(options.wall_ms);
  // A write to a child that is gone is an error here, not a signal.
  sigset_t pipe_only, before;
  ::sigemptyset(&pipe_only);
  ::sigaddset(&pipe_only, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
  auto output = converse(options, in, out, input);
  const timespec now{};
  while (::sigtimedwait(&pipe_only, nullptr, &now) > 0) {
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!output) ::kill(pid, SIGKILL);
  const auto ended = reap(pid, options.command[0], deadline);
  if (!output) return output;
  if (!ended) return std::unexpected(ended.error());
  return output;
}

}  // namespace strims::child
