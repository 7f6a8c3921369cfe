// A keep-alive connection that asks for one thing at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/stream/epoll_set.h"
#include "bench/stream/http_reader.h"
#include "load/stream.h"

namespace strims::stream_load {

class HttpClient {
 public:
  enum class Outcome : uint8_t { pending, answered, failed };

  // Who asks: from 127.0.0.`source`, with `agent` as its User-Agent.
  struct Identity {
    uint8_t source = 1;
    std::string agent;
  };

  // Its events come with `token`.
  HttpClient(EpollSet& epoll, size_t token, uint16_t port, const Identity& identity);

  // Not while it waits. Connects when it has to.
  void get(std::string_view path);
  bool waits() const { return waits_; }
  // Reads and writes what it can.
  Outcome on_event();
  // After `answered`, until the next get().
  const HttpReader& answer() const { return reader_; }
  // Of the last answer or failure: bytes read for it.
  uint64_t bytes() const { return bytes_; }
  // Connections that the server had closed between two requests, which is its right.
  uint64_t renewals() const { return renewals_; }
  void close();

 private:
  void open();
  bool write();
  Outcome read();
  Outcome lost();

  EpollSet& epoll_;
  const size_t token_;
  const uint16_t port_;
  const uint8_t source_;
  std::string tail_;  // of every request
  std::string request_;
  size_t sent_ = 0;
  load::Stream socket_;
  HttpReader reader_;
  uint64_t bytes_ = 0;
  uint64_t renewals_ = 0;
  bool waits_ = false;
  bool used_ = false;  // the connection has given an answer
};

}  // namespace strims::stream_load
