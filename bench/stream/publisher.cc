#include "bench/stream/publisher.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>

namespace strims::stream_load {
namespace {

// So much waits of a server that does not read: some ten seconds of what is usual.
constexpr size_t kMostWaiting = size_t{4} << 20;

}  // namespace

bool Publisher::connect(uint16_t port, const std::string& app) {
  media::RtmpClient::Options options;
  options.app = app;
  options.tc_url = fmt::format("rtmp://127.0.0.1:{}/{}", port, app);
  options.name = name_;
  client_.emplace(std::move(options));
  state_ = State::connecting;
  if (socket_.connect(port, 1, false)) return true;
  end(tally_.failed, "no connection");
  return false;
}

void Publisher::on_event(int64_t now_us) {
  if (state_ == State::idle || state_ == State::over) return;
  if (state_ == State::connecting) {
    if (!socket_.connected()) return end(tally_.failed, "no connection");
    state_ = State::greeting;
  }
  read(now_us);
  if (state_ != State::over) flush(now_us);
}

void Publisher::read(int64_t now_us) {
  std::array<char, 16 * 1024> bytes;
  for (;;) {
    const ssize_t got = socket_.read(bytes.data(), bytes.size());
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0)
      return state_ == State::publishing ? end(tally_.dropped, "the server closed the connection")
                                         : end(tally_.failed, "closed before it was accepted");
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    if (const auto done = client_->receive({data, static_cast<size_t>(got)}); !done)
      return end(tally_.dropped, done.error().detail);
    if (client_->state() == media::RtmpClient::State::refused)
      return end(tally_.refused, client_->refusal_code() + ": " + client_->refusal_text());
    if (state_ == State::greeting && client_->state() == media::RtmpClient::State::publishing) {
      state_ = State::publishing;
      began_us_ = now_us;
    }
  }
}

int64_t Publisher::due_us() const {
  return began_us_ + int64_t{1000} * (base_ms_ + file_.items()[next_].time_ms);
}

void Publisher::send_due(int64_t now_us) {
  if (state_ != State::publishing) return;
  bool sent = false;
  for (int64_t due = due_us(); due <= now_us; due = due_us()) {
    const FlvFile::Item& item = file_.items()[next_];
    if (!item.once || base_ms_ == 0) {
      client_->send({item.kind, base_ms_ + item.time_ms, item.body});
      ++tally_.tags;
      if (waiting_since_us_ == 0) waiting_since_us_ = due;
      sent = true;
    }
    if (++next_ < file_.items().size()) continue;
    next_ = 0;
    base_ms_ += file_.length_ms();
  }
  if (sent) flush(now_us);
}

void Publisher::flush(int64_t now_us) {
  std::string& output = client_->output();
  size_t done = 0;
  while (done < output.size()) {
    const ssize_t put = socket_.write(std::string_view(output).substr(done));
    if (put < 0 && errno == EAGAIN) break;
    if (put <= 0)
      return end(state_ == State::publishing ? tally_.dropped : tally_.failed,
                 "the server closed the connection");
    done += static_cast<size_t>(put);
  }
  tally_.bytes += done;
  output.erase(0, done);
  if (output.size() > kMostWaiting) return end(tally_.choked, "the server reads too slowly");
  if (!output.empty() || waiting_since_us_ == 0) return;
  tally_.late.record(now_us - waiting_since_us_);
  waiting_since_us_ = 0;
}

void Publisher::end(uint64_t& why, const std::string& words) {
  ++why;
  if (tally_.trouble.empty()) tally_.trouble = name_.substr(0, name_.find('?')) + ": " + words;
  close();
}

void Publisher::stop() {
  if (state_ != State::publishing) return;
  client_->stop();
  flush(began_us_);
}

void Publisher::close() {
  state_ = State::over;
  socket_.close();
}

}  // namespace strims::stream_load
