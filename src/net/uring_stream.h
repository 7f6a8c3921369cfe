// A connection in the table of an io_uring. Input comes by itself (multishot receive) and lies in
// pieces until it is read; what is sent is sent at once. Small, because there may be hundreds of
// thousands.
//
// Bound: some kMostHeld bytes of unread input; then receiving is stopped until they are read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "net/stream.h"
#include "net/uring_ring.h"

namespace strims::net {

class UringStream final : public Stream {
 public:
  static constexpr uint32_t kMostHeld = 16 * 1024;

  UringStream(StreamSet& set, UringRing& ring, uint32_t file)
      : Stream(set), ring_(ring), file_(file) {}

  IoResult read(std::span<uint8_t> into) override;
  IoResult writev(std::span<const iovec> parts) override;
  void shutdown_write() override;
  void reset_on_close() override;
  void close() override;
  bool sends_in_batches() const override { return true; }

  // From the ring.
  void on_receive(int result, uint32_t flags);
  void on_writable();
  void on_done();
  void copy_out();
  void receive_again();
  // After a send that was not writev's.
  void sent(const IoResult& result, size_t wanted);
  uint32_t file() const { return file_; }
  UringRing& ring() const { return ring_; }
  uint32_t place = 0;  // the ring's note where it keeps the stream

 protected:
  uint32_t ready() const override;
  void on_interest() override;

 private:
  void start_receiving();
  void stop_receiving();
  void wait_writable();
  void drop_pieces();
  void leave_table();
  void use() { ++uses_; }
  void unuse();

  UringRing& ring_;
  std::unique_ptr<std::string> copied_;  // unread input of earlier turns; comes before the pieces
  uint32_t file_;
  uint32_t held_ = 0;  // bytes of unread input
  uint16_t first_ = UringRing::kNoBuffer;
  uint16_t last_ = UringRing::kNoBuffer;
  uint16_t skip_ = 0;      // read already of the first piece
  uint16_t uses_ = 0;      // the kernel's and the ring's; at 0 a closed stream goes
  uint8_t calls_ = 0;      // half-close, option: under way
  bool left_ : 1 = false;  // the table, or is about to
  bool receiving_ : 1 = false;
  bool stopping_ : 1 = false;  // receiving ends soon, because too much is held
  bool waiting_ : 1 = false;   // for writable
  bool writable_ : 1 = true;
  bool ended_ : 1 = false;
  bool broken_ : 1 = false;
  bool listed_ : 1 = false;  // the ring will call copy_out()
  bool closed_ : 1 = false;
};

}  // namespace strims::net
