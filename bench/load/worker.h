// One process of simulated viewers: an event loop over its share of the connections. Worker 0 has
// the senders, too.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "load/client.h"
#include "load/crew.h"
#include "load/speaker.h"

namespace strims::load {

class Worker {
 public:
  Worker(const Plan& plan, size_t index, Board& board);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  // Until the order to quit.
  void run();

 private:
  struct Retry {
    int64_t at_us;
    uint32_t client;
  };

  void add_clients();
  void obey(Order order);
  bool finished(Order order);
  void poll(int wait_ms);
  void connect_some();
  void connect(uint32_t client);
  void came(uint32_t client);
  void went(uint32_t client, bool was_open);
  void begin_window();
  bool all_have_all() const;
  uint64_t slack(const Client& measure) const;
  uint64_t counted(const Client& client) const;
  bool has_all(const Client& client, const Client& measure) const;
  uint64_t delivered(const Client& client, const Client& measure) const;
  const Client* measure() const;
  void take_tally();
  void pause(bool paused);
  void read_slowly();
  size_t under_way() const;

  const Plan& plan_;
  const size_t index_;
  Board& board_;
  Tally& tally_;
  Crowd crowd_;
  Speaker speaker_;
  const int epoll_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::string> cookies_;  // of clients_, empty when all are guests
  std::vector<uint8_t> attempts_;
  std::deque<Retry> retries_;
  size_t next_ = 0;         // the next client to connect for the first time
  size_t pending_ = 0;      // connections under way
  size_t coming_ = 0;       // how many are to come
  bool returning_ = false;  // connections that end are made anew
  bool speaking_ = false;
  uint64_t accepted_before_ = 0;
  int64_t trickled_us_ = 0;
};

// Of the receivers of a worker, how many read everything.
size_t readers_of(const Plan& plan, size_t worker);
// A worker process: the limit on descriptors, then Worker::run().
void run_worker(const Plan& plan, size_t index, Board& board);

}  // namespace strims::load
