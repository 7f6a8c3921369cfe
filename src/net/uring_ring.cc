#include "net/uring_ring.h"

#include <fmt/format.h>
#include <liburing.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "net/uring_acceptor.h"
#include "net/uring_sockopt.h"
#include "net/uring_stream.h"

namespace strims::net {
namespace {

constexpr unsigned kSubmissions = 512;
constexpr unsigned kCompletions = 8'192;
constexpr int kBufferGroup = 0;
constexpr uint64_t kOpBits = 3;
constexpr uint64_t kOpMask = (uint64_t{1} << kOpBits) - 1;
constexpr int kNotDone = INT_MIN;
constexpr int kSendFlags = MSG_NOSIGNAL | MSG_DONTWAIT;  // never waits: EAGAIN instead

std::unexpected<Error> unavailable(std::string_view what, int error) {
  return fail(Errc::unavailable, "io_uring", fmt::format("{}: {}", what, std::strerror(error)));
}

IoResult to_result(int result) {
  if (result == kNotDone) return {IoStatus::error, 0};
  if (result > 0) return {IoStatus::ok, static_cast<size_t>(result)};
  switch (-result) {
    case 0:
    case EPIPE:
    case ECONNRESET:
      return {IoStatus::closed, 0};
    case EAGAIN:
    case EINTR:
    case ECANCELED:
      return {IoStatus::would_block, 0};
    default:
      return {IoStatus::error, 0};
  }
}

template <class T>
T& target_of(uint64_t user_data) {
  return *reinterpret_cast<T*>(user_data & ~kOpMask);
}

}  // namespace

void UringRing::Exit::operator()(io_uring* ring) const {
  const std::unique_ptr<io_uring> owned(ring);
  io_uring_queue_exit(ring);
}

void UringRing::Unmap::operator()(io_uring_buf_ring* ring) const {
  ::munmap(ring, kBuffers * sizeof(io_uring_buf));
}

UringRing::UringRing(unsigned files) : files_(files) {}

UringRing::~UringRing() {
  ring_.reset();  // first: it may still write into the buffers
}

Result<std::unique_ptr<UringRing>> UringRing::open(unsigned files) {
  std::unique_ptr<UringRing> made(new UringRing(files));
  STRIMS_CHECK_OK(made->set_up());
  return made;
}

Result<void> UringRing::set_up() {
  auto ring = std::make_unique<io_uring>();
  io_uring_params params{};
  params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                 IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_R_DISABLED | IORING_SETUP_SUBMIT_ALL |
                 IORING_SETUP_CQSIZE;
  params.cq_entries = kCompletions;
  if (const int made = io_uring_queue_init_params(kSubmissions, ring.get(), &params); made < 0)
    return unavailable("io_uring_setup", -made);
  ring_.reset(ring.release());
  if (const int done = io_uring_register_files_sparse(ring_.get(), files_); done < 0)
    return unavailable(fmt::format("a table of {} connections", files_), -done);

  void* memory = ::mmap(nullptr, kBuffers * sizeof(io_uring_buf), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return unavailable("buffers", errno);
  buffer_ring_.reset(static_cast<io_uring_buf_ring*>(memory));
  io_uring_buf_ring_init(buffer_ring_.get());
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<uintptr_t>(memory);
  registration.ring_entries = kBuffers;
  registration.bgid = kBufferGroup;
  if (const int done = io_uring_register_buf_ring(ring_.get(), &registration, 0); done < 0)
    return unavailable("provided buffers", -done);
  buffers_ = std::make_unique_for_overwrite<uint8_t[]>(kBuffers * kBufferBytes);
  for (size_t i = 0; i < kBuffers; ++i) recycle(static_cast<uint16_t>(i));
  return {};
}

void UringRing::enable() {
  if (std::exchange(enabled_, true)) return;
  // liburing 2.3 declares io_uring_enable_rings() but does not export it.
  if (::syscall(__NR_io_uring_register, ring_->ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) <
      0)
    dead_ = true;
}

int UringRing::fd() const {
  return ring_->ring_fd;
}

uint64_t UringRing::user_data(UringOp op, const void* target) {
  return reinterpret_cast<uintptr_t>(target) | static_cast<uint64_t>(op);
}

io_uring_sqe* UringRing::prepare(UringOp op, const void* target) {
  return prepare_raw(user_data(op, target));
}

io_uring_sqe* UringRing::prepare(UringOp op, uint64_t number) {
  return prepare_raw(number << kOpBits | static_cast<uint64_t>(op));
}

io_uring_sqe* UringRing::prepare_raw(uint64_t user_data) {
  io_uring_sqe* sqe = io_uring_get_sqe(ring_.get());
  if (sqe == nullptr) {
    // Full. Before the ring has its thread nothing can be submitted; after that one's end, neither.
    if (!enabled_ || dead_) return nullptr;
    if (io_uring_submit(ring_.get()) < 0) dead_ = true;
    sqe = io_uring_get_sqe(ring_.get());
    if (sqe == nullptr) return nullptr;
  }
  sqe->user_data = user_data;
  return sqe;
}

bool UringRing::has_unsubmitted() const {
  return io_uring_sq_ready(ring_.get()) > 0;
}

bool UringRing::has_completions() const {
  const unsigned flags = __atomic_load_n(ring_->sq.kflags, __ATOMIC_RELAXED);
  return io_uring_cq_ready(ring_.get()) > 0 ||
         (flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
}

void UringRing::turn(int timeout_ms) {
  if (dead_) return;
  if (timeout_ms != 0) {
    __kernel_timespec time{.tv_sec = timeout_ms / 1'000,
                           .tv_nsec = (timeout_ms % 1'000) * 1'000'000LL};
    io_uring_cqe* first = nullptr;
    io_uring_submit_and_wait_timeout(ring_.get(), &first, 1, timeout_ms < 0 ? nullptr : &time,
                                     nullptr);
  } else if (has_unsubmitted() || has_completions()) {
    io_uring_submit_and_get_events(ring_.get());
  }
  reap();
}

void UringRing::submit() {
  if (!enabled_ || dead_) return;
  if (has_unsubmitted()) io_uring_submit(ring_.get());
  reap();
}

std::vector<uint64_t> UringRing::take_signals() {
  return std::exchange(signals_, {});
}

void UringRing::reap() {
  io_uring_cqe* cqe = nullptr;
  unsigned head = 0;
  unsigned count = 0;
  // In the order of the ring; none of what is called here submits.
  io_uring_for_each_cqe(ring_.get(), head, cqe) {
    const io_uring_cqe copy = *cqe;
    ++count;
    on_completion(copy);
  }
  io_uring_cq_advance(ring_.get(), count);
}

void UringRing::on_completion(const io_uring_cqe& cqe) {
  const uint64_t data = cqe.user_data;
  switch (static_cast<UringOp>(data & kOpMask)) {
    case UringOp::ignored:
      break;
    case UringOp::receive:
      target_of<UringStream>(data).on_receive(cqe.res, cqe.flags);
      break;
    case UringOp::writable:
      target_of<UringStream>(data).on_writable();
      break;
    case UringOp::other:
      target_of<UringStream>(data).on_done();
      break;
    case UringOp::accept:
      target_of<UringAcceptor>(data).on_accept(*this, cqe.res, cqe.flags);
      break;
    case UringOp::peer:
      target_of<PeerLookup>(data).acceptor.on_peer(target_of<PeerLookup>(data), cqe.res);
      break;
    case UringOp::inline_op:
      results_[data >> kOpBits] = cqe.res;
      if (results_due_ > 0) --results_due_;
      break;
    case UringOp::signal:
      signals_.push_back(data >> kOpBits);
      break;
  }
}

// Submits `count` operations that do not wait and takes their results. What else is done by then is
// noted down.
void UringRing::finish_inline(unsigned count) {
  results_due_ = count;
  std::fill_n(results_.begin(), count, kNotDone);
  if (io_uring_submit(ring_.get()) < 0) dead_ = true;  // another thread's: nothing is ever sent
  reap();
  // Only a completion queue that had run over makes this necessary.
  for (int tries = 0; results_due_ > 0 && !dead_ && tries < 1'000; ++tries) {
    io_uring_get_events(ring_.get());
    reap();
  }
  results_due_ = 0;
}

Result<void> UringRing::test_kernel() {
  STRIMS_TRY(const auto ring, open(1));
  ring->enable();
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int placed = io_uring_register_files_update(ring->ring_.get(), 0, &fd, 1);
  ::close(fd);
  if (placed != 1) return unavailable("direct descriptors", -placed);
  int type = 0;
  prepare_sockopt(*ring->prepare(UringOp::inline_op, uint64_t{0}), kUringGetSockopt, 0, SO_TYPE,
                  &type, sizeof type);
  ring->finish_inline(1);
  if (ring->results_[0] < 0)
    return unavailable("socket options (Linux 6.7 or later is needed)", -ring->results_[0]);
  return {};
}

IoResult UringRing::receive(uint32_t file, std::span<uint8_t> into) {
  io_uring_sqe* sqe = enabled_ ? prepare(UringOp::inline_op, uint64_t{0}) : nullptr;
  if (sqe == nullptr) return {IoStatus::error, 0};
  io_uring_prep_recv(sqe, static_cast<int>(file), into.data(), into.size(), MSG_DONTWAIT);
  sqe->flags |= IOSQE_FIXED_FILE;
  finish_inline(1);
  return to_result(results_[0]);
}

IoResult UringRing::send(uint32_t file, std::span<const iovec> parts) {
  io_uring_sqe* sqe = enabled_ ? prepare(UringOp::inline_op, uint64_t{0}) : nullptr;
  if (sqe == nullptr) return {IoStatus::error, 0};
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());  // sendmsg only reads it
  message.msg_iovlen = std::min<size_t>(parts.size(), IOV_MAX);
  if (parts.size() == 1) {
    io_uring_prep_send(sqe, static_cast<int>(file), parts[0].iov_base, parts[0].iov_len,
                       kSendFlags);
  } else {
    io_uring_prep_sendmsg(sqe, static_cast<int>(file), &message, kSendFlags);
  }
  sqe->flags |= IOSQE_FIXED_FILE;
  finish_inline(1);
  return to_result(results_[0]);
}

void UringRing::send_all(std::span<Poller::Send* const> sends) {
  std::array<msghdr, kBatch> messages;
  // Room for all of them, so that none is submitted before the results are expected.
  if (io_uring_sq_space_left(ring_.get()) < sends.size()) submit();
  unsigned count = 0;
  for (Poller::Send* send : sends) {
    io_uring_sqe* sqe = enabled_ ? prepare(UringOp::inline_op, uint64_t{count}) : nullptr;
    if (sqe == nullptr) break;
    const int file = static_cast<int>(static_cast<UringStream*>(send->stream)->file());
    if (send->parts.size() == 1) {
      io_uring_prep_send(sqe, file, send->parts[0].iov_base, send->parts[0].iov_len, kSendFlags);
    } else {
      messages[count] = {};
      messages[count].msg_iov = const_cast<iovec*>(send->parts.data());
      messages[count].msg_iovlen = std::min<size_t>(send->parts.size(), IOV_MAX);
      io_uring_prep_sendmsg(sqe, file, &messages[count], kSendFlags);
    }
    sqe->flags |= IOSQE_FIXED_FILE;
    ++count;
  }
  finish_inline(count);
  for (unsigned i = 0; i < sends.size(); ++i) {
    sends[i]->result = i < count ? to_result(results_[i]) : IoResult{};
    size_t wanted = 0;
    for (const iovec& part : sends[i]->parts) wanted += part.iov_len;
    static_cast<UringStream*>(sends[i]->stream)->sent(sends[i]->result, wanted);
  }
}

void UringRing::recycle(uint16_t id) {
  io_uring_buf_ring_add(buffer_ring_.get(), buffers_.get() + id * kBufferBytes, kBufferBytes, id,
                        io_uring_buf_ring_mask(kBuffers), 0);
  io_uring_buf_ring_advance(buffer_ring_.get(), 1);
}

void UringRing::start_receiving(UringStream& stream, uint32_t file) {
  io_uring_sqe* sqe = prepare(UringOp::receive, &stream);
  if (sqe == nullptr) return;
  io_uring_prep_recv(sqe, static_cast<int>(file), nullptr, 0, 0);
  sqe->ioprio |= IORING_RECV_MULTISHOT;
  sqe->flags |= IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
  sqe->buf_group = kBufferGroup;
}

void UringRing::end_turn() {
  for (UringStream* stream : std::exchange(holding_, {})) stream->copy_out();
  for (UringStream* stream : std::exchange(starved_, {})) stream->receive_again();
}

void UringRing::adopt(std::unique_ptr<UringStream> stream) {
  stream->place = static_cast<uint32_t>(streams_.size());
  streams_.push_back(std::move(stream));
}

void UringRing::release(UringStream& stream) {
  const uint32_t place = stream.place;
  streams_.back()->place = place;
  std::swap(streams_[place], streams_.back());
  streams_.pop_back();
  left_place();
}

}  // namespace strims::net
