#include "net/uring_stream.h"

#include <liburing.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "net/uring_sockopt.h"

namespace strims::net {

IoResult UringStream::read(std::span<uint8_t> into) {
  size_t taken = 0;
  if (copied_) {
    taken = std::min(into.size(), copied_->size());
    std::memcpy(into.data(), copied_->data(), taken);
    copied_->erase(0, taken);
    if (copied_->empty()) copied_.reset();
  }
  while (taken < into.size() && first_ != UringRing::kNoBuffer) {
    const auto piece = ring_.piece(first_).subspan(skip_);
    const size_t n = std::min(into.size() - taken, piece.size());
    std::memcpy(into.data() + taken, piece.data(), n);
    taken += n;
    skip_ = static_cast<uint16_t>(skip_ + n);
    if (n < piece.size()) break;
    const uint16_t done = first_;
    first_ = ring_.next(done);
    skip_ = 0;
    ring_.recycle(done);
  }
  held_ -= static_cast<uint32_t>(taken);
  if (taken > 0) {
    if (held_ == 0 && !receiving_) start_receiving();
    return {IoStatus::ok, taken};
  }
  if (broken_ || ended_) return {IoStatus::closed, 0};
  if (receiving_) return {IoStatus::would_block, 0};
  return ring_.receive(file_, into);
}

IoResult UringStream::writev(std::span<const iovec> parts) {
  size_t wanted = 0;
  for (const iovec& part : parts) wanted += part.iov_len;
  const IoResult result = ring_.send(file_, parts);
  sent(result, wanted);
  return result;
}

void UringStream::sent(const IoResult& result, size_t wanted) {
  if (result.status != IoStatus::would_block &&
      (result.status != IoStatus::ok || result.bytes == wanted))
    return;
  writable_ = false;
  if (interest() & EPOLLOUT) wait_writable();
}

void UringStream::shutdown_write() {
  io_uring_sqe* sqe = ring_.prepare(UringOp::other, this);
  if (sqe == nullptr) return;
  io_uring_prep_shutdown(sqe, static_cast<int>(file_), SHUT_WR);
  sqe->flags |= IOSQE_FIXED_FILE;
  ++calls_;
  use();
}

void UringStream::reset_on_close() {
  static linger now{.l_onoff = 1, .l_linger = 0};  // the kernel reads it at submission
  io_uring_sqe* sqe = ring_.prepare(UringOp::other, this);
  if (sqe == nullptr) return;
  prepare_sockopt(*sqe, kUringSetSockopt, file_, SO_LINGER, &now, sizeof now);
  ++calls_;
  use();
}

void UringStream::close() {
  closed_ = true;
  drop_pieces();
  use();  // until the end of this function
  if (receiving_) stop_receiving();
  if (waiting_) {
    if (io_uring_sqe* sqe = ring_.prepare(UringOp::ignored, uint64_t{0}))
      io_uring_prep_cancel64(sqe, UringRing::user_data(UringOp::writable, this), 0);
  }
  if (calls_ == 0) leave_table();
  unuse();
}

// Not before our calls are over: a half-close is done by another thread, which looks into the table
// when its turn comes and would find the next connection in this one's place.
void UringStream::leave_table() {
  left_ = true;
  io_uring_sqe* sqe = ring_.prepare(UringOp::other, this);
  if (sqe == nullptr) return;
  io_uring_prep_close_direct(sqe, file_);
  use();
}

void UringStream::on_done() {
  if (!left_ && --calls_ == 0 && closed_) leave_table();
  unuse();
}

void UringStream::unuse() {
  if (--uses_ == 0 && closed_) ring_.release(*this);
}

void UringStream::drop_pieces() {
  copied_.reset();
  held_ = 0;
  while (first_ != UringRing::kNoBuffer) {
    const uint16_t done = first_;
    first_ = ring_.next(done);
    ring_.recycle(done);
  }
}

void UringStream::start_receiving() {
  if (receiving_ || ended_ || broken_ || closed_ || !is_watched()) return;
  receiving_ = true;
  stopping_ = false;
  use();
  ring_.start_receiving(*this, file_);
}

void UringStream::stop_receiving() {
  stopping_ = true;
  if (io_uring_sqe* sqe = ring_.prepare(UringOp::ignored, uint64_t{0}))
    io_uring_prep_cancel64(sqe, UringRing::user_data(UringOp::receive, this), 0);
}

void UringStream::receive_again() {
  if (held_ < kMostHeld) start_receiving();
  unuse();
}

void UringStream::on_receive(int result, uint32_t flags) {
  if (flags & IORING_CQE_F_BUFFER) {
    const auto id = static_cast<uint16_t>(flags >> IORING_CQE_BUFFER_SHIFT);
    if (closed_ || result <= 0) {
      ring_.recycle(id);
    } else {
      ring_.set_length(id, static_cast<uint16_t>(result));
      ring_.next(id) = UringRing::kNoBuffer;
      (first_ == UringRing::kNoBuffer ? first_ : ring_.next(last_)) = id;
      last_ = id;
      held_ += static_cast<uint32_t>(result);
      if (!listed_) {
        listed_ = true;
        use();
        ring_.copy_out_later(*this);
      }
    }
  }
  const bool over = (flags & IORING_CQE_F_MORE) == 0;
  if (over) {
    receiving_ = false;
    if (result == 0) ended_ = true;
    if (result < 0 && result != -ENOBUFS && result != -ECANCELED && result != -EAGAIN &&
        result != -EINTR)
      broken_ = true;
    if (!closed_ && !ended_ && !broken_) {
      // No free buffer, or stopped for what is held: again when that has changed.
      use();
      ring_.receive_later(*this);
    }
  } else if (held_ >= kMostHeld && !stopping_ && !closed_) {
    stop_receiving();
  }
  if (!closed_) changed();
  if (over) unuse();
}

void UringStream::copy_out() {
  listed_ = false;
  if (first_ != UringRing::kNoBuffer) {
    if (!copied_) copied_ = std::make_unique<std::string>();
    while (first_ != UringRing::kNoBuffer) {
      copied_->append(as_text(ring_.piece(first_).subspan(skip_)));
      skip_ = 0;
      const uint16_t done = first_;
      first_ = ring_.next(done);
      ring_.recycle(done);
    }
  }
  unuse();
}

void UringStream::wait_writable() {
  if (waiting_ || closed_) return;
  io_uring_sqe* sqe = ring_.prepare(UringOp::writable, this);
  if (sqe == nullptr) return;
  io_uring_prep_poll_add(sqe, static_cast<int>(file_), POLLOUT);
  sqe->flags |= IOSQE_FIXED_FILE;
  waiting_ = true;
  use();
}

void UringStream::on_writable() {
  waiting_ = false;
  writable_ = true;  // also after an error: the next write tells which
  if (!closed_) changed();
  unuse();
}

uint32_t UringStream::ready() const {
  uint32_t events = 0;
  if (held_ > 0 || ended_ || broken_) events |= EPOLLIN;
  if (ended_ || broken_) events |= EPOLLRDHUP;
  if (broken_) events |= EPOLLERR | EPOLLHUP;
  if (writable_ || broken_) events |= EPOLLOUT;
  return events;
}

void UringStream::on_interest() {
  if (!is_watched()) return;
  if (held_ == 0) start_receiving();
  if ((interest() & EPOLLOUT) != 0 && !writable_) wait_writable();
}

}  // namespace strims::net
