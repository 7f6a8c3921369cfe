#include "bench/stream/http_client.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>

namespace strims::stream_load {

HttpClient::HttpClient(EpollSet& epoll, size_t token, uint16_t port, const Identity& identity)
    : epoll_(epoll),
      token_(token),
      port_(port),
      source_(identity.source),
      tail_(fmt::format(" HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUser-Agent: {}\r\nAccept: */*\r\n\r\n",
                        port, identity.agent)) {}

void HttpClient::get(std::string_view path) {
  request_ = "GET ";
  request_ += path;
  request_ += tail_;
  if (reader_.closes()) close();
  bytes_ = 0;
  waits_ = true;
  reader_.reset();
  if (socket_.fd() < 0) {
    open();
  } else {
    sent_ = 0;
    write();
  }
}

// The first event says that it is connected, or why not.
void HttpClient::open() {
  sent_ = 0;
  used_ = false;
  if (socket_.connect(port_, source_, false)) epoll_.add(socket_.fd(), token_);
}

HttpClient::Outcome HttpClient::on_event() {
  if (socket_.fd() < 0) return Outcome::pending;  // closed meanwhile
  if (waits_ && !write()) return lost();
  return read();
}

bool HttpClient::write() {
  while (sent_ < request_.size()) {
    const ssize_t put = socket_.write(std::string_view(request_).substr(sent_));
    if (put < 0) return errno == EAGAIN || errno == ENOTCONN;
    sent_ += static_cast<size_t>(put);
  }
  return true;
}

HttpClient::Outcome HttpClient::read() {
  static std::array<char, 256 * 1024> bytes;
  for (;;) {
    const ssize_t got = socket_.read(bytes.data(), bytes.size());
    if (got < 0 && errno == EAGAIN) return Outcome::pending;
    if (got <= 0 || !waits_) return lost();
    bytes_ += static_cast<uint64_t>(got);
    switch (reader_.feed({bytes.data(), static_cast<size_t>(got)})) {
      case HttpReader::Progress::incomplete:
        continue;
      case HttpReader::Progress::broken:
        close();
        return Outcome::failed;
      case HttpReader::Progress::complete:
        waits_ = false;
        used_ = true;
        return Outcome::answered;
    }
  }
}

// The server may close a connection that nothing happens on, also while a request is on its way.
HttpClient::Outcome HttpClient::lost() {
  const bool again = waits_ && used_ && bytes_ == 0;
  const bool fails = waits_ && !again;
  close();
  if (again) {
    ++renewals_;
    waits_ = true;
    open();
  }
  return fails ? Outcome::failed : Outcome::pending;
}

void HttpClient::close() {
  socket_.close();
  waits_ = false;
}

}  // namespace strims::stream_load
