// What one worker process has seen: plain numbers in memory that it shares with the process that
// started it.
#pragma once

#include <atomic>
#include <cstdint>

#include "load/histogram.h"

namespace strims::load {

// Written by one process, read by others.
class Counter {
 public:
  void add(uint64_t n = 1) { set(get() + n); }
  void set(uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

struct Tally {
  // Connections.
  Counter open;         // upgraded and welcomed, now
  Counter failed;       // did not come about after all attempts
  Counter retried;      // attempts that failed
  Counter closed;       // ended by the server
  Counter broken;       // ended by us: what came made no sense
  Counter compressing;  // agreed to permessage-deflate
  Counter paused;       // readers of everything that do not read now
  Counter cycles;       // churn: connected, upgraded and closed

  // What came, over all connections.
  Counter bytes;
  Counter frames;      // data frames
  Counter compressed;  // of these with RSV1
  Counter messages;    // our messages, at those who read everything

  // Faults seen by those who read everything.
  Counter lost;       // numbers that were skipped
  Counter doubled;    // numbers that came again
  Counter reordered;  // numbers that went back
  Counter differing;  // another message at a number than others have seen
  Counter gaps;       // gaps that the server marked

  // Senders.
  Counter sent;
  Counter unsent;    // could not be sent: the server did not read
  Counter answered;  // acknowledged, or seen again by the sender
  Counter refused;

  // The result of Command::tally, since Command::measure.
  Counter deliveries;  // messages times receivers
  Counter missing;     // of what every receiver should have got
  Counter
      uneven;  // receivers that only count and have another count than those who read everything
  Counter window_bytes;  // received
  Counter joins, quits;  // seen by one reader

  Histogram all;      // sent until received, every reader
  Histogram first;    // sent until the first of all readers has it
  Histogram last;     // ... the last
  Histogram answer;   // sent until answered
  Histogram connect;  // connecting until welcomed
};

}  // namespace strims::load
