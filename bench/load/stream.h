// One outgoing TCP connection, plain or TLS, non-blocking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sys/types.h>

extern "C" {
struct ssl_st;
}

namespace strims::load {

class Stream {
 public:
  Stream() = default;
  ~Stream() { close(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Begins to connect to 127.0.0.1:`port` from 127.0.0.`source`; false when the kernel refuses at
  // once. `receive_buffer`: SO_RCVBUF, 0 for the kernel's choice.
  bool connect(uint16_t port, uint8_t source, bool tls, int receive_buffer = 0);
  // Whether the connection has come about; an error counts as failed.
  bool connected();
  // Goes on with the TLS handshake: 1 done (always for plain), 0 later, -1 failed.
  int handshake();
  // As recv and send: bytes, 0 at the end, -1 with EAGAIN when it would block.
  ssize_t read(char* to, size_t size);
  ssize_t write(std::string_view bytes);
  // Reads and throws away without copying (plain) or by reading (TLS).
  ssize_t discard(size_t size);
  void close();
  void reset();  // closes with RST
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
  ssl_st* tls_ = nullptr;
};

}  // namespace strims::load
