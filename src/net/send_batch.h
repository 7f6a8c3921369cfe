// Writes that are prepared one after the other and then done together, where the engine can do
// several with one system call (io_uring). What is written must stay until run().
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <span>

#include "net/poller.h"
#include "net/socket.h"

namespace strims::net {

// `Owner` is told the outcome; it must outlive run().
template <class Owner>
class SendBatch {
 public:
  static constexpr size_t kSends = 64;
  static constexpr size_t kParts = 16;  // of one write

  bool full() const { return count_ == kSends; }
  // Room for the parts of the next write.
  std::span<iovec, kParts> room() { return parts_[count_]; }
  // Takes the first `parts` of room() as a write of `socket`, which sends in batches. Not when
  // full.
  void add(Socket& socket, size_t parts, Owner& owner) {
    sends_[count_] = {&socket.stream(), std::span(parts_[count_]).first(parts), {}};
    owners_[count_++] = &owner;
  }
  // Does them and calls `done(owner, parts, result)` for each, in the order of add(). Nothing may
  // be added meanwhile.
  template <class F>
  void run(Poller& poller, F&& done) {
    if (count_ == 0) return;
    poller.send_all(std::span(sends_).first(count_));
    for (size_t i = 0; i < count_; ++i) done(*owners_[i], sends_[i].parts, sends_[i].result);
    count_ = 0;
  }

 private:
  size_t count_ = 0;
  std::array<Poller::Send, kSends> sends_;
  std::array<Owner*, kSends> owners_{};
  std::array<std::array<iovec, kParts>, kSends> parts_;
};

}  // namespace strims::net
