#include "load/client.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

#include "load/message_text.h"
#include "load/now.h"

namespace strims::load {
namespace {

constexpr size_t kMaxWaiting = 16 << 20;
constexpr size_t kReadBytes = 256 * 1024;
constexpr std::string_view kKey = "MDEyMzQ1Njc4OWFiY2RlZg==";
constexpr std::string_view kAccept = "\r\nsec-websocket-accept: bacsccjpnqyz+uboqmh89vmuroa=\r\n";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

}  // namespace

Client::Client(bool reader, std::unique_ptr<SenderLog> sender) {
  if (!reader && !sender) return;
  full_ = std::make_unique<Full>();
  full_->sender = std::move(sender);
}

bool Client::connect(const Plan& plan, uint8_t source, std::string_view path,
                     std::string_view cookie) {
  heads_.clear();
  deflate_ = Agreed::plain;
  if (full_) {
    full_->frames.clear();
    full_->inflater.reset();
    full_->message.clear();
  }
  started_us_ = now_us();
  if (!stream_.connect(plan.port, source, plan.tls, sender() ? 0 : plan.receive_buffer))
    return false;
  state_ = State::connecting;
  out_.assign("GET ").append(path);
  out_ += " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(plan.port) +
          "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
          "13\r\nSec-WebSocket-Key: ";
  out_.append(kKey).append("\r\n");
  if (plan.deflate) out_ += "Sec-WebSocket-Extensions: " + plan.offer + "\r\n";
  if (!cookie.empty()) out_.append("Cookie: ").append(cookie).append("\r\n");
  out_ += "\r\n";
  return true;
}

void Client::reset() {
  stream_.reset();
  state_ = State::closed;
}

void Client::close() {
  stream_.close();
  state_ = State::closed;
}

void Client::end(Counter& why, Crowd& crowd) {
  if (state_ == State::closed) return;
  if (state_ == State::open) crowd.tally.open.set(crowd.tally.open.get() - 1);
  why.add();
  out_.clear();
  out_.shrink_to_fit();
  close();
}

bool Client::send(std::string_view frames) {
  if (state_ != State::open || out_.size() + frames.size() > kMaxWaiting) return false;
  if (!out_.empty()) {
    out_ += frames;
    return true;
  }
  while (!frames.empty()) {
    const ssize_t n = stream_.write(frames);
    if (n <= 0) break;
    frames.remove_prefix(static_cast<size_t>(n));
  }
  out_ += frames;
  return true;
}

void Client::flush() {
  size_t done = 0;
  while (done < out_.size()) {
    const ssize_t n = stream_.write(std::string_view(out_).substr(done));
    if (n <= 0) break;
    done += static_cast<size_t>(n);
  }
  out_.erase(0, done);
  if (out_.empty()) out_.shrink_to_fit();
}

void Client::on_event(uint32_t events, Crowd& crowd) {
  if (state_ == State::connecting) {
    if (!stream_.connected()) return end(crowd.tally.retried, crowd);
    if (events & EPOLLOUT) state_ = State::securing;
  }
  if (state_ == State::securing) {
    const int done = stream_.handshake();
    if (done < 0) return end(crowd.tally.retried, crowd);
    if (done == 0) return;
    flush();
    if (!out_.empty())
      return end(crowd.tally.retried, crowd);  // a fresh socket takes a request whole
    state_ = State::upgrading;
  }
  if (events & EPOLLOUT && state_ >= State::upgraded && state_ != State::closed) flush();
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP) && state_ >= State::upgrading &&
      !paused_)
    read_all(crowd);
}

// Edge-triggered: until the socket is empty.
void Client::read_all(Crowd& crowd) {
  while (read_once(kReadBytes, crowd)) {
  }
}

void Client::trickle(size_t bytes, Crowd& crowd) {
  if (state_ == State::open) (void)read_once(std::min(bytes, kReadBytes), crowd);
}

// Whether more may be there. A read that did not fill the buffer has emptied the socket.
bool Client::read_once(size_t size, Crowd& crowd) {
  static char buffer[kReadBytes];
  if (state_ == State::closed) return false;
  const bool blind = crowd.bytes_only && !full_ && state_ == State::open && heads_.between_frames();
  const ssize_t n = blind ? stream_.discard(size) : stream_.read(buffer, size);
  if (n < 0 && errno == EAGAIN) return false;
  if (n <= 0) {
    end(state_ < State::open ? crowd.tally.retried : crowd.tally.closed, crowd);
    return false;
  }
  if (full_) crowd.now_us = now_us();
  crowd.tally.bytes.add(static_cast<uint64_t>(n));
  window_bytes_ += static_cast<uint64_t>(n);
  if (!blind && !take({buffer, static_cast<size_t>(n)}, crowd)) {
    end(crowd.tally.broken, crowd);
    return false;
  }
  // Inside TLS a record may be left though the buffer was not filled.
  return static_cast<size_t>(n) == size || crowd.plan.tls;
}

bool Client::take(std::string_view bytes, Crowd& crowd) {
  if (state_ == State::upgrading) {
    take_head(bytes, crowd);
    return true;
  }
  if (full_)
    return full_->frames.feed(bytes, [&](const FrameHead& head, std::string_view payload) {
      return read_frame(head, payload, crowd);
    });
  return heads_.feed(
      bytes, [&](const FrameHead& head) { count(head, crowd); },
      [&](const FrameHead& head, std::string_view payload) {
        return on_control(head, payload, crowd);
      });
}

void Client::take_head(std::string_view bytes, Crowd& crowd) {
  out_ += bytes;
  const size_t end_of_head = out_.find("\r\n\r\n");
  if (end_of_head == std::string::npos && out_.size() < 16 * 1024) return;
  const std::string answer = std::move(out_);
  out_.clear();
  if (end_of_head == std::string::npos || !answer.starts_with("HTTP/1.1 101") ||
      !agree(lower(answer.substr(0, end_of_head + 2)), crowd))
    return end(crowd.tally.retried, crowd);
  state_ = State::upgraded;
  if (answer.size() > end_of_head + 4 &&
      !take(std::string_view(answer).substr(end_of_head + 4), crowd))
    end(crowd.tally.broken, crowd);
}

// The server's answer to the upgrade, in lower case.
bool Client::agree(std::string_view head, Crowd& crowd) {
  if (head.find(kAccept) == std::string_view::npos) return false;
  const size_t at = head.find("\r\nsec-websocket-extensions:");
  if (at == std::string_view::npos) return true;
  const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
  if (!crowd.plan.deflate || line.find("permessage-deflate") == std::string_view::npos)
    return false;
  deflate_ = line.find("server_no_context_takeover") == std::string_view::npos ? Agreed::keeping
                                                                               : Agreed::resetting;
  crowd.tally.compressing.add();
  return true;
}

void Client::count(const FrameHead& head, Crowd& crowd) {
  if (state_ == State::upgraded) {
    state_ = State::open;
    crowd.tally.open.add();
    crowd.tally.connect.record(now_us() - started_us_);
  }
  crowd.tally.compressed.add(head.compressed);
  if (!head.fin) return;
  crowd.tally.frames.add();
  ++window_frames_;
}

bool Client::read_frame(const FrameHead& head, std::string_view payload, Crowd& crowd) {
  if (head.control()) return on_control(head, payload, crowd);
  count(head, crowd);
  return read_data(head, payload, crowd);
}

bool Client::read_data(const FrameHead& head, std::string_view payload, Crowd& crowd) {
  const bool fresh = head.opcode != 0;
  if (fresh) full_->message_compressed = head.compressed;
  if (head.compressed && (!fresh || deflate_ == Agreed::plain)) return false;
  if (!head.fin || !fresh) {
    full_->message += payload;
    if (!head.fin) return true;
    payload = full_->message;
  }
  std::string_view text = payload;
  if (full_->message_compressed) {
    if (!full_->inflater) full_->inflater = std::make_unique<Inflater>();
    const auto inflated = full_->inflater->inflate(payload, deflate_ == Agreed::keeping);
    if (!inflated) return false;
    text = *inflated;
  }
  full_->transcript.on_text(text, crowd.now_us, crowd.tally, crowd.table, sender(),
                            crowd.measuring);
  full_->message.clear();
  return true;
}

bool Client::on_control(const FrameHead& head, std::string_view payload, Crowd& crowd) {
  if (head.opcode == 10 || state_ == State::closed) return true;
  std::string answer;
  append_client_frame(answer, head.opcode == 9 ? 10 : 8, payload);
  (void)send(answer);
  if (head.opcode == 9) return true;
  end(state_ < State::open ? crowd.tally.retried : crowd.tally.closed, crowd);
  return false;
}

void Client::reset_window() {
  window_frames_ = 0;
  window_bytes_ = 0;
  if (full_) full_->transcript.reset_window();
}

}  // namespace strims::load
