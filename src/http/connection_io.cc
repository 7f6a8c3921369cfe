#include <sys/epoll.h>

#include <algorithm>

#include "base/bytes.h"
#include "http/connection.h"

// Reading and writing: the loop that goes on until the socket or a handler makes it wait.

namespace strims::http {
namespace {

constexpr uint8_t kReadsPerEvent = 4;

iovec as_iovec(std::string_view bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size()};
}

}  // namespace

void Connection::run() {
  if (running_) return;  // an answer from within a handler: the outer loop goes on
  running_ = true;
  reads_left_ = kReadsPerEvent;
  const uint32_t first = requests_;
  bool more = true;
  while (more) {
    switch (phase_) {
      case Phase::reading:
        more = step_read();
        break;
      case Phase::writing:
        more = step_write();
        break;
      case Phase::lingering:
        more = step_linger();
        break;
      case Phase::handling:
        want(0);
        set_deadline(limits().response_deadline_ms);
        more = false;
        break;
      case Phase::fetching:
      case Phase::dead:
        more = false;
        break;
    }
    // Many pipelined requests: the others get their turn. A writable socket wakes us at once.
    if (more && phase_ == Phase::reading && requests_ - first >= limits().requests_per_turn) {
      want(EPOLLOUT);
      more = false;
    }
  }
  running_ = false;
}

bool Connection::step_read() {
  if (work_ && !work_->pending_input().empty()) {
    if (!in_message_) begin_message();
    consume_input();
    return true;
  }
  return read_more();
}

bool Connection::read_more() {
  if (reads_left_ == 0) {
    // The event comes again by itself, but not for what is buffered inside a TLS session.
    want(socket_.has_buffered_input() ? EPOLLOUT : EPOLLIN);
    return false;
  }
  --reads_left_;
  const auto scratch = server_.reactor_.scratch();
  const net::IoResult got =
      socket_.read(scratch.first(std::min(scratch.size(), limits().read_bytes)));
  switch (got.status) {
    case net::IoStatus::ok:
      if (!work_) work_ = std::make_unique<Work>(limits().parser);
      work_->input.assign(as_text(scratch.first(got.bytes)));
      work_->consumed = 0;
      return true;
    case net::IoStatus::would_block:
      rest_until_request();
      want(EPOLLIN);
      return false;
    case net::IoStatus::want_write:
      want(EPOLLOUT);
      return false;
    case net::IoStatus::closed:
    case net::IoStatus::error:
      close();
      return false;
  }
  return false;
}

// Between requests nothing is kept but the connection itself.
void Connection::rest_until_request() {
  if (!in_message_) work_.reset();
}

// From now on head and body go out; a reader has so long for them.
void Connection::write_prepared() {
  phase_ = Phase::writing;
  const auto size = static_cast<int64_t>(work_->head.size() + work_->content().size());
  set_deadline(limits().write_timeout_ms +
               size * 1000 / std::max<int64_t>(limits().min_write_rate, 1));
  run();
}

// The socket takes bytes faster than a disk may give them: nothing of a rest is held but the piece
// that is being sent.
void Connection::fetch() {
  phase_ = Phase::fetching;
  want(0);
  set_deadline(limits().response_deadline_ms);
  server_.read_rest(key_, serial_, work_->rest, work_->rest_read);
}

void Connection::more(uint32_t serial, std::string piece) {
  if (phase_ != Phase::fetching || serial != serial_) return;
  Work& w = *work_;
  if (piece.empty()) {
    socket_.reset_on_close();  // a length was promised: nobody must take this for the end
    return close();
  }
  w.rest_read += piece.size();
  w.head = std::string();
  w.shared_body.reset();
  w.body = std::move(piece);
  w.written = 0;
  write_prepared();
}

bool Connection::step_write() {
  Work& w = *work_;
  const std::string_view head = std::string_view(w.head).substr(std::min(w.written, w.head.size()));
  const size_t of_body = w.written - (w.head.size() - head.size());
  const std::string_view body = w.content().substr(of_body);
  if (head.empty() && body.empty()) {
    if (w.rest && w.rest_read < w.rest->length) {
      fetch();
      return false;
    }
    answer_written();
    return true;
  }
  const iovec parts[] = {as_iovec(head), as_iovec(body)};
  const net::IoResult put = head.empty() ? socket_.write(as_bytes(body))
                                         : socket_.writev({parts, body.empty() ? 1u : 2u});
  switch (put.status) {
    case net::IoStatus::ok:
      w.written += put.bytes;
      return true;
    case net::IoStatus::would_block:
      want(EPOLLOUT);
      return false;
    default:
      close();
      return false;
  }
}

void Connection::answer_written() {
  work_->head = std::string();
  work_->body = std::string();
  work_->shared_body.reset();
  work_->rest.reset();
  work_->written = 0;
  work_->head_only = false;
  work_->exchange = Exchange();
  work_->match = Router::Match();
  in_message_ = false;
  if (!last_answer_ && !server_.draining_) {
    phase_ = Phase::reading;
    set_deadline(limits().idle_timeout_ms);
    return;
  }
  // RFC 9112 section 9.6: closing at once, with input unread, would reset the connection and could
  // take the answer from the client.
  work_.reset();
  socket_.shutdown_write();
  phase_ = Phase::lingering;
  linger_left_ = limits().linger_bytes;
  set_deadline(limits().linger_timeout_ms);
}

bool Connection::step_linger() {
  if (reads_left_ == 0) {
    want(EPOLLIN);
    return false;
  }
  --reads_left_;
  const net::IoResult got = socket_.read(server_.reactor_.scratch());
  switch (got.status) {
    case net::IoStatus::ok:
      if (got.bytes >= linger_left_) {
        close();
        return false;
      }
      linger_left_ -= got.bytes;
      return true;
    case net::IoStatus::would_block:
      want(EPOLLIN);
      return false;
    default:
      close();
      return false;
  }
}

}  // namespace strims::http
