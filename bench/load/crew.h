// The worker processes of a run and the one that leads them. Orders go one way, tallies come back,
// both through memory that all share.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "load/message_table.h"
#include "load/plan.h"
#include "load/tally.h"

namespace strims::load {

enum class Order : uint8_t {
  none,
  connect_half,  // the first half of everybody, until all of them are welcomed or have failed
  connect,       // everybody
  measure,       // counts and times begin anew
  warm_up,       // the senders, for Plan::warmup seconds
  speak,         // the senders, for Plan::seconds
  hush,          // not any longer
  drain,         // until everybody has all that was accepted
  tally,         // compare what each receiver got
  pause,         // every tenth receiver stops reading
  resume,        // reads on
  reconnect,     // from now on connections that end are made anew; done when all are back
  quit,
};

inline constexpr size_t kMaxWorkers = 64;

// The memory that all share.
struct Board {
  struct Post {
    std::atomic<uint32_t> done{0};  // the last order that is done
    Tally tally;
  };
  std::atomic<uint32_t> order{0};     // serial number << 8 | Order
  std::atomic<uint64_t> accepted{0};  // messages that every receiver must get in this window
  MessageTable table;
  std::array<Post, kMaxWorkers> posts;
};

// What all workers have seen together.
struct Sums {
  uint64_t open = 0, failed = 0, retried = 0, closed = 0, broken = 0, compressing = 0, cycles = 0;
  uint64_t bytes = 0, frames = 0, compressed = 0, messages = 0;
  uint64_t lost = 0, doubled = 0, reordered = 0, differing = 0, gaps = 0;
  uint64_t sent = 0, unsent = 0, answered = 0, refused = 0, joins = 0, quits = 0;
  uint64_t deliveries = 0, missing = 0, uneven = 0, window_bytes = 0;
};

class Crew {
 public:
  // What a worker process does with its life.
  using Life = void (*)(const Plan& plan, size_t index, Board& board);
  // Forks the workers. The caller has no threads.
  explicit Crew(const Plan& plan, Life life = nullptr);
  ~Crew();  // ends them
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Gives an order and waits until every worker is done with it; `what` is shown as progress. False
  // when there was no progress for Plan::patience seconds, or a worker has died.
  bool run(Order order, const std::string& what);
  // Gives an order, no more.
  void give(Order order);
  // Whether it is done; false for ever when a worker has died.
  bool done() const;
  // Waits while the connections go on; returns early when a worker has died.
  void wait(double seconds, const std::string& what);
  // Until nothing has come for a second.
  void settle();
  // Order::measure, with the number of readers that each message has now.
  void begin_window();

  Sums sums() const;
  // CPU seconds of the workers so far.
  double cpu() const;
  // One of the tallies' histograms, of all workers.
  std::unique_ptr<Histogram> times(Histogram Tally::* which) const;
  Board& board() { return *board_; }
  const Plan& plan() const { return plan_; }

 private:
  bool alive() const;
  void show(const std::string& what, bool last);

  const Plan& plan_;
  Board* board_ = nullptr;
  std::vector<pid_t> workers_;
  int64_t shown_us_;
  Sums shown_;
};

}  // namespace strims::load
