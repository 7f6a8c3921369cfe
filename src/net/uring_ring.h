// One io_uring with a table of connections of its own (direct descriptors, which do not count
// against the limit on open files) and the buffers that their input arrives in. Belongs to the
// thread that calls enable().
//
// Bounds: `files` connections; kBuffers pieces of input of kBufferBytes that nobody has read.
// Pieces that are left over at the end of a turn are copied out, so no reader can keep the buffers
// from the others.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "net/io_result.h"
#include "net/poller.h"

struct io_uring;
struct io_uring_sqe;
struct io_uring_cqe;
struct io_uring_buf_ring;

namespace strims::net {

class UringStream;
class UringAcceptor;
struct PeerLookup;

// What a completion belongs to: the low bits of its user data; the rest is a pointer or a number.
enum class UringOp : uint8_t {
  ignored,    // nothing waits for it
  receive,    // UringStream
  writable,   // UringStream
  other,      // UringStream: it only has to be over before the stream can go
  accept,     // UringAcceptor
  peer,       // PeerLookup
  inline_op,  // number of the result
  signal,     // number: told to the owner of the ring
};

class UringRing {
 public:
  static constexpr size_t kBuffers = 256;
  static constexpr size_t kBufferBytes = 2'048;
  static constexpr size_t kBatch = 64;
  static constexpr uint16_t kNoBuffer = 0xffff;

  // Errors: unavailable/"io_uring" with the reason: the kernel is too old, or the sandbox forbids
  // it.
  static Result<std::unique_ptr<UringRing>> open(unsigned files);
  // Tries out, with a ring of its own, what not every kernel has that has io_uring. Errors as
  // above.
  static Result<void> test_kernel();
  ~UringRing();
  UringRing(const UringRing&) = delete;
  UringRing& operator=(const UringRing&) = delete;

  // The calling thread becomes the only one that may use the ring. Does nothing the second time.
  void enable();
  int fd() const;

  // A new entry for the next submission; null when the ring is of no use any more (its thread has
  // ended). Its user data is `target` with `op`.
  io_uring_sqe* prepare(UringOp op, const void* target);
  io_uring_sqe* prepare(UringOp op, uint64_t number);
  static uint64_t user_data(UringOp op, const void* target);
  bool has_unsubmitted() const;
  // Submits, lets the kernel post what is done, and takes it. Waits for one completion at most
  // `timeout_ms` (-1: for ever; 0: not at all).
  void turn(int timeout_ms);
  // Submits and takes what is done at once. Only notes down: no handler is called.
  void submit();
  // True when turn(0) would bring something.
  bool has_completions() const;
  // Signals that have come since the last call.
  std::vector<uint64_t> take_signals();

  // The calls of one connection that do not wait. `file` is its place in the table.
  IoResult receive(uint32_t file, std::span<uint8_t> into);
  IoResult send(uint32_t file, std::span<const iovec> parts);
  // At most kBatch sends of this ring with one system call.
  void send_all(std::span<Poller::Send* const> sends);

  // Pieces of input.
  std::span<uint8_t> piece(uint16_t id) {
    return {buffers_.get() + id * kBufferBytes, length_[id]};
  }
  void set_length(uint16_t id, uint16_t bytes) { length_[id] = bytes; }
  uint16_t& next(uint16_t id) { return next_[id]; }
  void recycle(uint16_t id);
  void start_receiving(UringStream& stream, uint32_t file);

  // Streams that hold pieces over the end of the turn, or found no free buffer.
  void copy_out_later(UringStream& stream) { holding_.push_back(&stream); }
  void receive_later(UringStream& stream) { starved_.push_back(&stream); }
  // To be called between two turns.
  void end_turn();

  // Places of the table. A stream that is closed lives until the kernel is done with it.
  void took_place() { ++used_; }
  void left_place() { --used_; }
  unsigned room() const { return files_ - used_; }
  unsigned files() const { return files_; }
  void adopt(std::unique_ptr<UringStream> stream);
  void release(UringStream& stream);

 private:
  explicit UringRing(unsigned files);
  Result<void> set_up();
  void reap();
  void on_completion(const io_uring_cqe& cqe);
  void finish_inline(unsigned count);
  io_uring_sqe* prepare_raw(uint64_t user_data);
  struct Exit {
    void operator()(io_uring* ring) const;
  };
  struct Unmap {
    void operator()(io_uring_buf_ring* ring) const;
  };

  std::unique_ptr<io_uring, Exit> ring_;
  const unsigned files_;
  unsigned used_ = 0;
  bool enabled_ = false;
  bool dead_ = false;
  std::vector<uint64_t> signals_;
  std::array<int, kBatch> results_{};
  unsigned results_due_ = 0;

  std::unique_ptr<io_uring_buf_ring, Unmap> buffer_ring_;
  std::unique_ptr<uint8_t[]> buffers_;
  std::array<uint16_t, kBuffers> next_{};
  std::array<uint16_t, kBuffers> length_{};
  std::vector<UringStream*> holding_;
  std::vector<UringStream*> starved_;
  std::vector<std::unique_ptr<UringStream>> streams_;
};

}  // namespace strims::net
