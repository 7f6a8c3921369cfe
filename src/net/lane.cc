#include "net/lane.h"

#include "base/clock.h"
#include "obs/log.h"

namespace strims::net {
namespace {

constexpr size_t kThreadNameBytes = 15;  // what the kernel keeps

}  // namespace

WorkerPool::WorkerPool(std::string name, size_t threads, size_t bound, LaneObserver observer,
                       std::function<void(size_t worker)> at_exit)
    : name_(std::move(name)),
      bound_(bound),
      observer_(std::move(observer)),
      at_exit_(std::move(at_exit)) {
  for (size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this, i] {
      const std::string suffix = "-" + std::to_string(i);
      obs::name_thread(name_.substr(0, kThreadNameBytes - suffix.size()) + suffix);
      work(i);
      if (at_exit_) at_exit_(i);
    });
  }
}

WorkerPool::~WorkerPool() {
  stop();
}

bool WorkerPool::try_run(Job&& job) {
  const int64_t now = mono_ns();
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= bound_) return false;
    queue_.push_back({std::move(job), now});
  }
  ready_.notify_one();
  return true;
}

size_t WorkerPool::queued() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

size_t WorkerPool::running() const {
  std::lock_guard lock(mutex_);
  return running_;
}

void WorkerPool::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  if (!threads_.empty()) return;
  while (run_one()) {
  }
  if (at_exit_) at_exit_(0);
}

bool WorkerPool::run_one() {
  std::unique_lock lock(mutex_);
  if (queue_.empty()) return false;
  run_next(lock, 0);
  return true;
}

void WorkerPool::run_next(std::unique_lock<std::mutex>& lock, size_t worker) {
  Queued next = std::move(queue_.front());
  queue_.pop_front();
  ++running_;
  lock.unlock();
  const int64_t began = mono_ns();
  next.job(worker);
  const int64_t ended = mono_ns();
  next.job = nullptr;  // what it holds may be heavy: not under the lock, and before the next wait
  if (observer_) observer_(began - next.since_ns, ended - began);
  lock.lock();
  --running_;
}

void WorkerPool::work(size_t worker) {
  std::unique_lock lock(mutex_);
  for (;;) {
    ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;  // stopping, and nothing is left
    run_next(lock, worker);
  }
}

}  // namespace strims::net
