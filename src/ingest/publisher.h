// One publisher: a socket that speaks RTMP, and where its tags go. Lives on its shard, owned by the
// PublisherServer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/cidr.h"
#include "base/clock.h"
#include "ingest/publisher_server.h"
#include "media/rtmp/session.h"
#include "net/event_handler.h"
#include "net/socket.h"

namespace strims::ingest {

class Publisher final : public net::EventHandler, private media::RtmpSession::Sink {
 public:
  Publisher(PublisherServer& server, uint64_t id, net::Socket socket, const IpAddress& peer,
            Strangers::Place place);
  ~Publisher() override;

  void start();
  // The owner of the broadcasts has decided.
  void answered(Result<stream::Admission> answer);
  // Tells it why, and closes; the owner knows.
  void throw_out(EndReason reason);
  // Closes at once; the owner is told.
  void cut(stream::Loss how);
  void check_time(MonoMs now);
  // Reads what has come of a publisher's media; false: it sends none.
  bool read_in_pace();
  SessionId session() const { return admission_.session; }

  void on_event(uint32_t events) override;

 private:
  enum class Phase : uint8_t {
    greeting,  // handshake and commands
    asking,    // the owner is asked; nothing is read
    refused,   // the answer waits, so that keys cannot be tried out quickly
    publishing,
    goodbye,  // what is left is sent, then the socket is closed
  };

  // RtmpSession::Sink.
  void on_publish(const media::PublishRequest& request) override;
  void on_tag(const media::Tag& tag) override;
  void on_end() override;

  void read_some();
  void receive(std::span<const uint8_t> bytes);
  void send();
  void want(uint32_t events);
  void refuse(std::string_view code, std::string_view sentence);
  void leave(stream::Loss how);
  void close();
  void declare_tracks(std::span<const uint8_t> body);
  bool is_too_fast(size_t bytes, MonoMs now);

  PublisherServer& server_;
  const uint64_t id_;
  net::Socket socket_;
  const IpAddress peer_;
  std::optional<Strangers::Place> place_;  // until a good key was shown
  media::RtmpSession rtmp_;
  stream::Admission admission_;
  std::string refusal_;  // the sentence of a refusal that waits
  std::string_view refusal_code_;
  Phase phase_ = Phase::greeting;
  MonoMs since_ = 0;        // of the phase
  MonoMs last_tag_ = 0;     // 0: none yet
  MonoMs window_from_ = 0;  // of the bytes counted
  uint64_t window_bytes_ = 0;
  uint32_t wanted_ = 0;
  bool closed_ = false;
  bool in_pace_ = false;  // its media is read from time to time
  bool stopped_ = false;  // on purpose
};

}  // namespace strims::ingest
