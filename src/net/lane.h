// Lanes: small bounded thread pools for work that blocks (a database, password hashing), so that no
// shard ever waits.
//
// Bound: `bound` jobs that wait. When full: try_run() refuses and the caller answers "unavailable".
// Jobs begin in the order they were accepted; with several threads they may end in another. A job
// must not throw.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"

namespace strims::net {

// Called on a lane's thread after each job, several threads at a time: how long it waited and ran,
// in nanoseconds.
using LaneObserver = std::function<void(int64_t wait_ns, int64_t run_ns)>;

// The pool under both kinds of lane; a job learns which worker runs it. Use Lane or ResourceLane.
class WorkerPool {
 public:
  using Job = std::move_only_function<void(size_t worker)>;

  // Starts `threads` threads named "<name>-0", "<name>-1"... (the kernel keeps 15 characters). With
  // none the jobs wait for run_one(), which is worker 0. `at_exit` runs for each worker before it
  // ends.
  WorkerPool(std::string name, size_t threads, size_t bound, LaneObserver observer = {},
             std::function<void(size_t worker)> at_exit = {});
  ~WorkerPool();  // stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Any thread. False when full or stopped: `job` is untouched.
  [[nodiscard]] bool try_run(Job&& job);
  // For a pool without threads: runs the job that has waited longest. False when none waits.
  bool run_one();
  // Any thread: jobs waiting.
  size_t queued() const;
  // Any thread: jobs being run.
  size_t running() const;
  size_t threads() const { return threads_.size(); }
  const std::string& name() const { return name_; }
  // Refuses from now on, runs what is queued, joins. Not from a job. Does nothing the second time.
  void stop();

 private:
  struct Queued {
    Job job;
    int64_t since_ns;
  };
  void work(size_t worker);
  void run_next(std::unique_lock<std::mutex>& lock, size_t worker);

  const std::string name_;
  const size_t bound_;
  const LaneObserver observer_;
  const std::function<void(size_t)> at_exit_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Queued> queue_;  // guarded by mutex_
  size_t running_ = 0;        // guarded by mutex_
  bool stopping_ = false;     // guarded by mutex_
  std::vector<std::thread> threads_;
};

class Lane {
 public:
  using Job = std::move_only_function<void()>;

  Lane(std::string name, size_t threads, size_t bound, LaneObserver observer = {})
      : pool_(std::move(name), threads, bound, std::move(observer)) {}

  // Any thread. False when full or stopped: the job is destroyed on the caller's thread.
  [[nodiscard]] bool try_run(Job job) {
    return pool_.try_run([job = std::move(job)](size_t) mutable { job(); });
  }
  size_t queued() const { return pool_.queued(); }
  size_t running() const { return pool_.running(); }
  size_t threads() const { return pool_.threads(); }
  const std::string& name() const { return pool_.name(); }
  void stop() { pool_.stop(); }

 private:
  WorkerPool pool_;
};

// A lane whose threads own one T each (a database connection). The T is made by the first job that
// needs it; while that fails, each job is handed the error and the next job tries again. The T is
// destroyed on its thread at stop(). Without threads (simulation) the jobs wait for run_one().
template <class T>
class ResourceLane {
 public:
  using Factory =
      std::function<Result<std::unique_ptr<T>>()>;  // called on lane threads, several at a time
  using Job = std::move_only_function<void(Result<T*>)>;  // the pointer is never null

  ResourceLane(std::string name, size_t threads, size_t bound, Factory factory,
               LaneObserver observer = {})
      : factory_(std::move(factory)),
        resources_(threads == 0 ? 1 : threads),
        pool_(std::move(name), threads, bound, std::move(observer),
              [this](size_t worker) { resources_[worker].reset(); }) {}

  // Any thread. False when full or stopped: the job is destroyed on the caller's thread.
  [[nodiscard]] bool try_run(Job job) {
    return pool_.try_run(
        [this, job = std::move(job)](size_t worker) mutable { job(resource(worker)); });
  }
  // As WorkerPool::run_one.
  bool run_one() { return pool_.run_one(); }
  size_t queued() const { return pool_.queued(); }
  size_t running() const { return pool_.running(); }
  size_t threads() const { return pool_.threads(); }
  const std::string& name() const { return pool_.name(); }
  void stop() { pool_.stop(); }

 private:
  Result<T*> resource(size_t worker) {
    std::unique_ptr<T>& mine = resources_[worker];
    if (!mine) {
      auto made = factory_();
      if (!made) return std::unexpected(std::move(made).error());
      mine = std::move(*made);
    }
    return mine.get();
  }

  const Factory factory_;
  std::vector<std::unique_ptr<T>> resources_;  // by worker; each touched by its own thread only
  WorkerPool pool_;                            // last: its threads use the members above
};

}  // namespace strims::net
