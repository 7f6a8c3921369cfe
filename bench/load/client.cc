#include "load/client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace strims::load {
namespace {

constexpr size_t kMaxFrame = 64 << 20;

uint64_t number_after(std::string_view text, std::string_view key) {
  const size_t at = text.rfind(key);
  if (at == std::string_view::npos) return 0;
  uint64_t value = 0;
  const char* begin = text.data() + at + key.size();
  std::from_chars(begin, text.data() + text.size(), value);
  return value;
}

}  // namespace

Client::~Client() {
  if (fd_ >= 0) close(fd_);
}

bool Client::connect(uint16_t port, uint8_t source, const std::string& path,
                     const std::string& cookie) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return false;
  const int one = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(0x7f000000u | source);
  if (bind(fd_, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0) return false;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
    return false;
  out_ = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n" +
         (cookie.empty() ? "" : "Cookie: " + cookie + "\r\n") + "\r\n";
  return true;
}

void Client::cut() {
  if (fd_ < 0) return;
  const linger hard{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close(fd_);
  fd_ = -1;
  state_ = State::failed;
}

void Client::fail(Totals& totals) {
  if (state_ == State::failed) return;
  if (state_ == State::open) --totals.open;
  state_ = State::failed;
  ++totals.failed;
  close(fd_);
  fd_ = -1;
}

void Client::send(std::string_view text) {
  // Masked with zeros: allowed, and it costs the tool nothing.
  std::string frame;
  frame += static_cast<char>(0x81);
  if (text.size() < 126) {
    frame += static_cast<char>(0x80 | text.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(text.size() >> 8);
    frame += static_cast<char>(text.size());
  }
  frame.append(4, '\0');
  frame += text;
  out_ += frame;
  flush();
}

void Client::flush() {
  while (!out_.empty()) {
    const ssize_t n = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    out_.erase(0, static_cast<size_t>(n));
  }
}

void Client::on_event(uint32_t events, Totals& totals, int64_t now_us) {
  if (state_ == State::failed) return;
  if (state_ == State::connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail(totals);
    if (events & EPOLLOUT) state_ = State::handshake;
  }
  if (events & EPOLLOUT) flush();
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_some(totals, now_us);
}

void Client::read_some(Totals& totals, int64_t now_us) {
  static thread_local char buffer[256 * 1024];
  const ssize_t n = recv(fd_, buffer, sizeof buffer, 0);
  if (n == 0 || (n < 0 && errno != EAGAIN)) return fail(totals);
  if (n < 0) return;
  totals.bytes += static_cast<uint64_t>(n);
  std::string_view bytes(buffer, static_cast<size_t>(n));
  if (!rest_.empty() || state_ == State::handshake) {
    rest_ += bytes;
    if (state_ == State::handshake) take_head(totals);
    if (state_ != State::open) return;
    rest_.erase(0, take_frames(rest_, totals, now_us));
    if (rest_.empty()) rest_.shrink_to_fit();
    return;
  }
  const size_t used = take_frames(bytes, totals, now_us);
  if (used < bytes.size()) rest_ = bytes.substr(used);
}

void Client::take_head(Totals& totals) {
  const size_t end = rest_.find("\r\n\r\n");
  if (end == std::string::npos) return;
  if (!rest_.starts_with("HTTP/1.1 101")) return fail(totals);
  rest_.erase(0, end + 4);
  state_ = State::open;
  ++totals.open;
}

size_t Client::take_frames(std::string_view bytes, Totals& totals, int64_t now_us) {
  size_t pos = 0;
  while (bytes.size() - pos >= 2) {
    const auto* p = reinterpret_cast<const unsigned char*>(bytes.data()) + pos;
    size_t head = 2;
    uint64_t size = p[1] & 0x7f;
    if (size == 126) {
      if (bytes.size() - pos < 4) break;
      size = uint64_t{p[2]} << 8 | p[3];
      head = 4;
    } else if (size == 127) {
      if (bytes.size() - pos < 10) break;
      size = 0;
      for (int i = 2; i < 10; ++i) size = size << 8 | p[i];
      head = 10;
    }
    if (size > kMaxFrame) {
      fail(totals);
      return bytes.size();
    }
    if (bytes.size() - pos < head + size) break;
    const std::string_view payload = bytes.substr(pos + head, static_cast<size_t>(size));
    const int opcode = p[0] & 0x0f;
    if (opcode == 1) {
      on_text(payload, totals, now_us);
    } else if (opcode == 9) {
      std::string pong;
      pong += static_cast<char>(0x8a);
      pong += static_cast<char>(0x80 | payload.size());
      pong.append(4, '\0');
      pong += payload;
      out_ += pong;
      flush();
    } else if (opcode == 8) {
      fail(totals);
      return bytes.size();
    }
    pos += head + static_cast<size_t>(size);
  }
  return pos;
}

void Client::on_text(std::string_view text, Totals& totals, int64_t now_us) {
  if (text.starts_with("ACK ")) ++totals.acks;
  if (text.starts_with("ERR ")) ++totals.refused;
  const uint64_t seq = text.starts_with("HISTORY ") ? 0 : number_after(text, "\"seq\":");
  if (seq == 0 || text.starts_with("ACK ")) return;
  if (first_seq_ == 0) {
    first_seq_ = seq;
  } else if (seq <= last_seq_) {
    ++totals.doubled;
  } else {
    totals.lost += seq - last_seq_ - 1;
  }
  last_seq_ = seq;
  if (!text.starts_with("MSG ")) return;
  ++messages_;
  ++totals.messages;
  if (!totals.record_latency) return;
  const uint64_t sent = number_after(text, "\"data\":\"t");
  if (sent > 0 && now_us > static_cast<int64_t>(sent))
    totals.latency_us.push_back(static_cast<uint32_t>(now_us - static_cast<int64_t>(sent)));
}

}  // namespace strims::load
