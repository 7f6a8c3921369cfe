// The TLS half of Socket.
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <string_view>

#include "base/bytes.h"
#include "net/socket.h"

namespace strims::net {
namespace {

constexpr size_t kRecordBytes =
    16 * 1024;  // the largest plaintext of one record (RFC 8446 section 5.1)

uint32_t fingerprint(std::span<const uint8_t> bytes) {
  return static_cast<uint32_t>(std::hash<std::string_view>{}(as_text(bytes)));
}

// Walks over parts and hands out runs of at most one record. A run inside one part is not copied.
class Gather {
 public:
  explicit Gather(std::span<const iovec> parts) : parts_(parts) { skip_empty(); }
  bool done() const { return part_ == parts_.size(); }

  // The next bytes without consuming them. Valid until the next call, on this thread.
  std::span<const uint8_t> peek() const {
    const std::span<const uint8_t> first = rest_of(part_, offset_);
    if (first.size() >= kRecordBytes) return first.first(kRecordBytes);
    if (part_ + 1 == parts_.size()) return first;
    static thread_local std::array<uint8_t, kRecordBytes> joined;
    size_t filled = 0;
    for (size_t i = part_; i < parts_.size() && filled < kRecordBytes; ++i) {
      const auto rest = rest_of(i, i == part_ ? offset_ : 0);
      const size_t n = std::min(rest.size(), kRecordBytes - filled);
      if (n > 0) std::memcpy(joined.data() + filled, rest.data(), n);
      filled += n;
    }
    return {joined.data(), filled};
  }
  void consume(size_t n) {
    while (n > 0) {
      const size_t step = std::min(n, parts_[part_].iov_len - offset_);
      offset_ += step;
      n -= step;
      skip_empty();
    }
  }

 private:
  std::span<const uint8_t> rest_of(size_t part, size_t offset) const {
    return {static_cast<const uint8_t*>(parts_[part].iov_base) + offset,
            parts_[part].iov_len - offset};
  }
  void skip_empty() {
    while (part_ < parts_.size() && offset_ == parts_[part_].iov_len) {
      ++part_;
      offset_ = 0;
    }
  }
  std::span<const iovec> parts_;
  size_t part_ = 0;
  size_t offset_ = 0;
};

}  // namespace

bool Socket::has_buffered_input() const {
  if (!is_tls() || !is_established()) return false;
  // After a broken record or the peer's close_notify the kernel may stay silent, but a read would
  // tell.
  return SSL_pending(ssl()) > 0 || (flags_ & kBroken) != 0 ||
         (SSL_get_shutdown(ssl()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

IoResult Socket::tls_failure(int ssl_result, bool reading) {
  const int saved_errno = errno;
  switch (SSL_get_error(ssl(), ssl_result)) {
    case SSL_ERROR_WANT_READ:
      return {IoStatus::would_block, 0};
    case SSL_ERROR_WANT_WRITE:
      return {reading ? IoStatus::want_write : IoStatus::would_block, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {IoStatus::closed, 0};
    case SSL_ERROR_SYSCALL:
      flags_ |= kBroken;
      ERR_clear_error();
      if (saved_errno == 0 || saved_errno == ECONNRESET || saved_errno == EPIPE) {
        return {IoStatus::closed, 0};
      }
      return {IoStatus::error, 0};
    default:
      flags_ |= kBroken;
      ERR_clear_error();
      return {IoStatus::error, 0};
  }
}

IoResult Socket::tls_handshake() {
  ERR_clear_error();
  errno = 0;
  const int result = SSL_accept(ssl());
  if (result != 1) return tls_failure(result, true);
  flags_ |= kEstablished;
  if (BIO_get_ktls_send(SSL_get_wbio(ssl()))) flags_ |= kKtlsSend;
  return {IoStatus::ok, 0};
}

IoResult Socket::tls_read(std::span<uint8_t> into) {
  if (flags_ & kBroken) return {IoStatus::error, 0};
  if (!is_established()) {
    const IoResult handshake = tls_handshake();
    if (handshake.status != IoStatus::ok) return handshake;
  }
  size_t total = 0;
  while (total < into.size()) {
    ERR_clear_error();
    errno = 0;
    size_t n = 0;
    const int result = SSL_read_ex(ssl(), into.data() + total, into.size() - total, &n);
    if (result != 1) {
      // After some bytes the failure waits: the session remembers it, and has_buffered_input()
      // points to it.
      const IoResult failure = tls_failure(result, true);
      if (total == 0) return failure;
      break;
    }
    total += n;
  }
  return {IoStatus::ok, total};
}

IoResult Socket::tls_write_record(std::span<const uint8_t> record) {
  if (owed_ > 0) {
    if (record.size() < owed_ || fingerprint(record.first(owed_)) != owed_hash_) {
      flags_ |= kBroken;
      return {IoStatus::error, 0};
    }
    record = record.first(owed_);
  }
  ERR_clear_error();
  errno = 0;
  size_t n = 0;
  const int result = SSL_write_ex(ssl(), record.data(), record.size(), &n);
  if (result == 1) {
    owed_ = 0;
    return {IoStatus::ok, n};
  }
  const IoResult failure = tls_failure(result, false);
  if (failure.status == IoStatus::would_block && owed_ == 0) {
    // The record is encrypted and partly sent: these very bytes must come again.
    owed_ = static_cast<uint16_t>(record.size());
    owed_hash_ = fingerprint(record);
  }
  return failure;
}

IoResult Socket::tls_writev(std::span<const iovec> parts) {
  if (!is_established() || (flags_ & (kBroken | kNotifySent)) != 0) return {IoStatus::error, 0};
  Gather gather(parts);
  size_t total = 0;
  while (!gather.done()) {
    const IoResult result = tls_write_record(gather.peek());
    if (result.status != IoStatus::ok) {
      if (total == 0) return result;
      break;
    }
    gather.consume(result.bytes);
    total += result.bytes;
  }
  return {IoStatus::ok, total};
}

void Socket::tls_notify() {
  // Not while a record is half sent: the alert would have to wait behind it, and nobody waits here.
  if (!is_established() || owed_ > 0 || (flags_ & (kBroken | kNotifySent)) != 0) return;
  flags_ |= kNotifySent;
  ERR_clear_error();
  SSL_shutdown(ssl());
  ERR_clear_error();
}

void Socket::tls_free() {
  SSL_free(ssl());
  held_ = nullptr;
}

}  // namespace strims::net
