// The shards: one thread with one Reactor each, named "shard-0", "shard-1"... A connection lives
// and dies on one shard; shards speak to each other only through post().
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "net/reactor.h"

namespace strims::net {

class Shards {
 public:
  // Makes `count` reactors (at least one); threads start with start(). Until then, everything may
  // be set up from the calling thread: handlers, timers, hooks, posts. `clock` as for Reactor;
  // each gets a poller of its own.
  explicit Shards(size_t count, const Clock& clock = system_clock(),
                  const std::function<std::unique_ptr<Poller>()>& make_poller = make_epoll_poller);
  // Stops and joins when that has not been done.
  ~Shards();
  Shards(const Shards&) = delete;
  Shards& operator=(const Shards&) = delete;

  void start();
  // Every shard finishes its turn, refuses further posts and runs those it has accepted; then the
  // threads are joined. Afterwards the calling thread may use the reactors (to remove and destroy
  // handlers). Not from a shard's thread.
  void stop_and_join();

  // One turn of a shard whose thread does not run, on the calling thread, which counts as the
  // shard's meanwhile: for tests and simulation.
  void run_once(size_t shard);

  size_t count() const { return shards_.size(); }
  Reactor& reactor(size_t shard) { return shards_[shard]->reactor; }
  // Any thread; see Reactor::post.
  [[nodiscard]] bool post(size_t shard, Reactor::Task task) {
    return shards_[shard]->reactor.post(std::move(task));
  }
  // Index of the shard whose thread calls; -1 on other threads.
  static int current();

 private:
  struct Shard {
    Shard(const Clock& clock, std::unique_ptr<Poller> poller) : reactor(clock, std::move(poller)) {}
    Reactor reactor;
    std::thread thread;
  };
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace strims::net
