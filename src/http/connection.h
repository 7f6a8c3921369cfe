// One HTTP connection on one shard: socket to parser to handler to socket (RFC 9112 sections 9.3
// to 9.6).
//
// One request is handled at a time. While it is, and while its answer is being written, nothing is
// read, so a client that pipelines is answered in order and held back by TCP; what has been read
// ahead is never more than ConnectionLimits::read_bytes. An idle connection holds no buffers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/cidr.h"
#include "http/connection_table.h"
#include "http/server.h"
#include "http/step.h"
#include "http/upgrade.h"
#include "net/reactor.h"
#include "net/socket.h"
#include "proto/http_parser.h"

namespace strims::http {

class Connection final : public net::EventHandler {
 public:
  Connection(ShardServer& server, net::Socket socket, const IpAddress& peer, uint16_t peer_port,
             const ListenerProfile& profile, ConnectionTable::Lease lease);
  ~Connection() override;

  // Begins to watch the socket. False when the kernel refuses; the connection is of no use then.
  bool start(ShardServer::Key key);
  void on_event(uint32_t epoll_events) override;

  // The answer to the request `serial`. Ignored unless exactly that request waits for one.
  void answer(uint32_t serial, proto::Response response);
  // More of an answer's body, `serial` being what it was when it was asked for. Empty: there is
  // none although it was promised, which ends the connection.
  void more(uint32_t serial, std::string piece);
  // Of the request being handled.
  uint32_t serial() const { return serial_; }
  Exchange& exchange() { return work_->exchange; }
  // Closes when idle, else after the current answer.
  void drain();
  // Ends the HTTP connection and hands its socket over. Only while a request is handled.
  Upgrade take_over(RequestContext context);
  void close();

 private:
  enum class Phase : uint8_t {
    reading,    // a request, or the wait for one
    handling,   // a handler has it
    writing,    // the answer
    fetching,   // a lane reads what of the answer comes next
    lingering,  // after the last answer: input is read and dropped until the client closes
    dead,       // removed; destroyed at the end of the turn
  };
  // What a connection needs only while there is a request.
  struct Work {
    explicit Work(const proto::HttpLimits& limits) : parser(limits) {}
    proto::HttpParser parser;
    std::string input;  // read, not yet consumed from `consumed` on
    size_t consumed = 0;
    Exchange exchange;
    Router::Match match;
    std::string head;  // of the answer
    std::string body;
    std::shared_ptr<const std::string> shared_body;
    std::string_view content() const { return shared_body ? *shared_body : body; }
    size_t written = 0;  // of head and body
    std::shared_ptr<const proto::BodyRest> rest;
    uint64_t rest_read = 0;  // of it
    bool head_only = false;
    std::string_view pending_input() const { return std::string_view(input).substr(consumed); }
  };

  // Somebody else is to give what comes next: nothing is read or written meanwhile.
  bool waits() const { return phase_ == Phase::handling || phase_ == Phase::fetching; }

  // connection.cc: life, events, time
  void want(uint32_t events);
  void unwatch();
  void set_deadline(int64_t ms);
  void arm(int64_t ms);
  void on_timer();
  void on_timeout();
  void rest_until_request();

  // connection_io.cc: each step returns true when the next one can go on at once
  void run();
  bool step_read();
  bool read_more();
  void write_prepared();
  bool step_write();
  void fetch();
  bool step_linger();
  void answer_written();

  // connection_request.cc
  void consume_input();
  void begin_message();
  void on_head();
  void on_request();
  void refuse(const proto::HttpError& error);
  void fill_exchange(const proto::Request& request);

  const ConnectionLimits& limits() const;

  ShardServer& server_;
  net::Socket socket_;
  IpAddress peer_;
  ConnectionTable::Lease lease_;
  const ListenerProfile& profile_;
  ShardServer::Key key_{};
  net::TimerId timer_ = net::kNoTimer;
  MonoMs deadline_ = 0;
  MonoMs armed_for_ = 0;
  std::unique_ptr<Work> work_;
  size_t linger_left_ = 0;
  uint32_t serial_ = 0;
  uint32_t requests_ = 0;
  uint32_t interest_ = 0;
  uint16_t peer_port_ = 0;
  uint8_t reads_left_ = 0;  // in this event
  uint8_t doublings_ = 0;   // of the time to the next try, see on_timer()
  Phase phase_ = Phase::reading;
  bool watched_ = false;
  bool running_ = false;
  bool in_message_ = false;   // a byte of the next request has come
  bool last_answer_ = false;  // close after what is being written
};

}  // namespace strims::http
