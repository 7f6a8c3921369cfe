#include "load/crew.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <new>

#include "load/now.h"
#include "load/proc_stats.h"
#include "load/worker.h"

namespace strims::load {
namespace {

constexpr int64_t kLookUs = 20'000;

}  // namespace

Crew::Crew(const Plan& plan, Life life) : plan_(plan), shown_us_(now_us()) {
  void* memory =
      mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  board_ = new (memory) Board;
  std::fflush(nullptr);
  for (size_t i = 0; i < plan.worker_count(); ++i) {
    const pid_t leader = getpid();
    const pid_t pid = fork();
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != leader) _exit(1);
      (life ? life : run_worker)(plan, i, *board_);
      _exit(0);
    }
    workers_.push_back(pid);
  }
}

Crew::~Crew() {
  if (!board_) return;
  give(Order::quit);
  for (const pid_t pid : workers_)
    if (pid > 0) waitpid(pid, nullptr, 0);
  munmap(board_, sizeof(Board));
}

void Crew::give(Order order) {
  const uint32_t serial = (board_->order.load() >> 8) + 1;
  board_->order.store(serial << 8 | static_cast<uint32_t>(order));
}

bool Crew::alive() const {
  for (const pid_t pid : workers_) {
    siginfo_t info{};
    if (pid <= 0 ||
        waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid != 0)
      return false;
  }
  return true;
}

bool Crew::done() const {
  const uint32_t serial = board_->order.load() >> 8;
  for (size_t i = 0; i < workers_.size(); ++i)
    if (board_->posts[i].done.load() != serial) return false;
  return true;
}

bool Crew::run(Order order, const std::string& what) {
  give(order);
  int64_t moved_us = now_us();
  uint64_t seen = 0;
  while (!done()) {
    usleep(kLookUs);
    const Sums sum = sums();
    if (const uint64_t now =
            sum.frames + sum.open + sum.retried + sum.failed + sum.sent + sum.cycles;
        now != seen) {
      seen = now;
      moved_us = now_us();
    }
    show(what, false);
    if (!alive() || static_cast<double>(now_us() - moved_us) > plan_.patience * 1e6) {
      show(what, true);
      return false;
    }
  }
  show(what, true);
  return true;
}

void Crew::wait(double seconds, const std::string& what) {
  const int64_t until = now_us() + static_cast<int64_t>(seconds * 1e6);
  while (now_us() < until && alive()) {
    usleep(static_cast<useconds_t>(
        std::min<int64_t>(kLookUs, std::max<int64_t>(1, until - now_us()))));
    show(what, false);
  }
  show(what, true);
}

void Crew::settle() {
  uint64_t bytes = sums().bytes;
  for (int quiet = 0, looks = 0; quiet < 10 && looks < 600 && alive(); ++looks) {
    usleep(100'000);
    const uint64_t now = sums().bytes;
    quiet = now == bytes ? quiet + 1 : 0;
    bytes = now;
  }
}

void Crew::begin_window() {
  size_t readers = plan_.senders;
  for (size_t i = 0; i < workers_.size(); ++i)
    readers += readers_of(plan_, i) - static_cast<size_t>(board_->posts[i].tally.paused.get());
  board_->table.expect(static_cast<uint32_t>(readers));
  run(Order::measure, "starting");
}

double Crew::cpu() const {
  double sum = 0;
  for (const pid_t pid : workers_) sum += cpu_seconds(pid);
  return sum;
}

Sums Crew::sums() const {
  Sums out;
  for (size_t i = 0; i < workers_.size(); ++i) {
    const Tally& t = board_->posts[i].tally;
    out.open += t.open.get(), out.failed += t.failed.get(), out.retried += t.retried.get();
    out.cycles += t.cycles.get(), out.closed += t.closed.get(), out.broken += t.broken.get(),
        out.compressing += t.compressing.get();
    out.bytes += t.bytes.get(), out.frames += t.frames.get(), out.compressed += t.compressed.get();
    out.messages += t.messages.get(), out.lost += t.lost.get(), out.doubled += t.doubled.get();
    out.reordered += t.reordered.get(), out.differing += t.differing.get(),
        out.gaps += t.gaps.get();
    out.sent += t.sent.get(), out.unsent += t.unsent.get(), out.answered += t.answered.get();
    out.refused += t.refused.get(), out.joins += t.joins.get(), out.quits += t.quits.get();
    out.deliveries += t.deliveries.get(), out.missing += t.missing.get(),
        out.uneven += t.uneven.get();
    out.window_bytes += t.window_bytes.get();
  }
  return out;
}

std::unique_ptr<Histogram> Crew::times(Histogram Tally::* which) const {
  auto out = std::make_unique<Histogram>();
  for (size_t i = 0; i < workers_.size(); ++i) out->merge(board_->posts[i].tally.*which);
  return out;
}

// One line, written over on a terminal once a second; elsewhere every five seconds.
void Crew::show(const std::string& what, bool last) {
  static const bool kTerminal = isatty(STDERR_FILENO) != 0;
  const int64_t now = now_us();
  const int64_t since = now - shown_us_;
  if (since < (kTerminal ? 1'000'000 : 5'000'000) && !(last && kTerminal)) return;
  const Sums sum = sums();
  const double seconds = static_cast<double>(std::max<int64_t>(1, since)) / 1e6;
  fmt::print(stderr, "{}{}: open {} of {}, failed {}, sent {}, {:.0f} frames/s, {:.1f} MB/s{}",
             kTerminal ? "\r" : "", what, sum.open, plan_.connections(), sum.failed, sum.sent,
             static_cast<double>(sum.frames - shown_.frames) / seconds,
             static_cast<double>(sum.bytes - shown_.bytes) / seconds / 1e6,
             kTerminal && !last ? "   " : "   \n");
  shown_ = sum;
  shown_us_ = now;
}

}  // namespace strims::load
