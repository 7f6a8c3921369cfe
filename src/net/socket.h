// A non-blocking stream socket: a descriptor, plain or with TLS, or a Stream. Owns what it holds.
// 24 bytes, move-only. Used by one thread at a time; the caller waits with a Reactor.
//
// Rules for the caller:
//  * read: after `would_block` wait for EPOLLIN; after `want_write` wait for EPOLLOUT and
//    read again. With TLS, decrypted bytes may be left inside the session, for which no event will
//    come: read again while has_buffered_input() is true.
//  * write: after `would_block` wait for EPOLLOUT. With TLS a record may then be under way: while
//    owed() > 0 the next write must start with the same bytes (their address may change, more may
//    follow). Another beginning is answered with `error` instead of corrupting the stream.
//  * after `closed` or `error` only close() makes sense.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "net/io_result.h"
#include "net/stream.h"

struct ssl_st;  // OpenSSL's SSL

namespace strims::net {

class Socket {
 public:
  Socket() = default;
  // A plain socket. Takes the descriptor, which must be non-blocking.
  explicit Socket(int fd) : fd_(fd) {}
  // Takes the stream.
  explicit Socket(Stream& stream) : held_(&stream), fd_(stream.handle()), flags_(kStream) {}
  Socket(Socket&& other) noexcept { swap(other); }
  Socket& operator=(Socket&& other) noexcept {
    Socket taken(std::move(other));
    swap(taken);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(); }

  // Reads up to into.size() bytes. TLS: runs the handshake first where it is not finished, and
  // fills `into` with as many records as have arrived. An empty `into` is `error`.
  IoResult read(std::span<uint8_t> into);
  // Writes a prefix of `bytes` without raising SIGPIPE; `ok` with fewer bytes than given is normal.
  // Writing nothing is `ok` with 0 bytes. TLS: `error` before the handshake is done, since only
  // read() drives the handshake.
  IoResult write(std::span<const uint8_t> bytes);
  // As write, for the parts one after the other. Plain: one system call for the first 1,024 parts.
  // TLS: small parts share records.
  IoResult writev(std::span<const iovec> parts);

  // What a Reactor watches: the descriptor or the stream's handle; -1 when not valid.
  int fd() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // Gives the descriptor away; the socket is not valid any more. -1 when there is none (not valid,
  // TLS, a stream).
  int release();
  bool is_stream() const { return (flags_ & kStream) != 0; }
  Stream& stream() const { return *static_cast<Stream*>(held_); }  // only when is_stream()
  // True when its writes may be put into a SendBatch.
  bool sends_in_batches() const { return is_stream() && stream().sends_in_batches(); }
  bool is_tls() const { return held_ != nullptr && !is_stream(); }
  // True for a plain socket and for a TLS one whose handshake is finished.
  bool is_established() const { return !is_tls() || (flags_ & kEstablished) != 0; }
  // True when a read would give bytes (or the end) that were received already, so that epoll stays
  // silent.
  bool has_buffered_input() const;
  // Bytes that the next write must repeat (see above); always 0 for a plain socket. At most 16 KiB.
  size_t owed() const { return owed_; }
  // True when the kernel encrypts what is sent (kTLS); known once the handshake is done.
  bool uses_ktls_send() const { return (flags_ & kKtlsSend) != 0; }

  // Sends the end of the stream (TLS: close_notify first). Reading goes on. With a stream of an
  // io_uring this and closing happen when its reactor next waits.
  void shutdown_write();
  // From now on what has come is told when it is so many bytes, or the end: for who reads from time
  // to time anyway (SO_RCVLOWAT). Not for a stream, which tells as before.
  void set_receive_low_water(int bytes);
  // Makes close() send RST and drop what is unsent: for a reader that was cut off (SO_LINGER with 0
  // seconds).
  void reset_on_close();
  // TLS: sends close_notify when that is possible without waiting. Does nothing the second time.
  void close();

 private:
  friend class TlsContext;
  enum Flags : uint8_t {
    kEstablished = 1,
    kKtlsSend = 2,
    kBroken = 4,  // a fatal TLS error: no close_notify may follow
    kReset = 8,
    kNotifySent = 16,
    kStream = 32,  // `held_` is a Stream
  };
  Socket(int fd, ssl_st* ssl) : held_(ssl), fd_(fd) {}
  void swap(Socket& other) noexcept {
    std::swap(held_, other.held_);
    std::swap(fd_, other.fd_);
    std::swap(owed_hash_, other.owed_hash_);
    std::swap(owed_, other.owed_);
    std::swap(flags_, other.flags_);
  }
  ssl_st* ssl() const { return static_cast<ssl_st*>(held_); }
  // What read, write and writev do when there is more than a descriptor.
  IoResult held_read(std::span<uint8_t> into);
  IoResult held_writev(std::span<const iovec> parts);
  IoResult send_parts(std::span<const iovec> parts);
  // tls_socket.cc
  IoResult tls_handshake();
  IoResult tls_read(std::span<uint8_t> into);
  IoResult tls_write_record(std::span<const uint8_t> record);
  IoResult tls_writev(std::span<const iovec> parts);
  IoResult tls_failure(int ssl_result, bool reading);
  void tls_notify();
  void tls_free();

  void* held_ = nullptr;  // an OpenSSL session or, with kStream, a Stream; null: a plain descriptor
  int fd_ = -1;
  uint32_t owed_hash_ = 0;
  uint16_t owed_ = 0;
  uint8_t flags_ = 0;
};

}  // namespace strims::net
