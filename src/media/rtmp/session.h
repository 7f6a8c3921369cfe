// One publisher's RTMP connection: bytes in, a request to publish and FLV tags out, and the bytes
// to answer with (RTMP 1.0, server side; of its commands only those that publish). Sans-I/O and
// without a clock; all calls on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "media/rtmp/chunk_reader.h"
#include "media/rtmp/handshake.h"
#include "media/rtmp/publish_request.h"
#include "media/tag.h"

namespace strims::media {

struct RtmpCommand;

struct RtmpLimits {
  // Until a publish is accepted, media is held to `max_other`, too: a stranger gets no megabytes.
  RtmpChunkReader::Limits chunks;
  size_t max_pending = size_t{1} << 20;  // input that came while a publish waited for its answer
  // Answers that wait in output() at the end of a message. A client that asks more than it reads
  // meets this one.
  size_t max_output = 64 * 1024;
};

class RtmpSession {
 public:
  // Must not destroy the session, nor call its receive().
  class Sink {
   public:
    // At most once. To be answered by accept_publish() or refuse_publish(), at once or later.
    virtual void on_publish(const PublishRequest& request) = 0;
    // Only after accept_publish(). A data tag's body begins with its name, "onMetaData" mostly;
    // what follows has not been looked at. Never with an empty body.
    virtual void on_tag(const Tag& tag) = 0;
    // At most once: the publisher has ended its stream on purpose. No tag follows. It may still
    // have commands to send, so let it close the connection and do so only when it does not.
    virtual void on_end() = 0;

   protected:
    ~Sink() = default;
  };

  explicit RtmpSession(Sink& sink, const RtmpLimits& limits = {});
  RtmpSession(const RtmpSession&) = delete;
  RtmpSession& operator=(const RtmpSession&) = delete;

  // Takes all of `bytes`, which may be cut anywhere. An error means: close the connection. Reasons:
  // those of RtmpChunkReader, "version", "bad_amf", "bad_aggregate", "bad_command",
  // "pending_too_big" and "output_too_big". When finished() the bytes are dropped.
  Result<void> receive(std::span<const uint8_t> bytes);

  // Answers on_publish(). Input that has come since is taken now, with errors as of receive().
  Result<void> accept_publish();
  // Answers on_publish(), or ends an accepted publish: the client is told `code` (such as
  // "NetStream.Publish.BadName") and a sentence, which encoders show. Then the session is finished:
  // send what is in output() and close the connection. Without a publish it does nothing.
  void refuse_publish(std::string_view code, std::string_view description);

  // False while on_publish() waits for its answer, and when finished(): whoever stops to read then
  // holds nothing here. Input that comes all the same is held up to RtmpLimits::max_pending.
  bool wants_input() const { return state_ != State::pending && state_ != State::finished; }
  // True after an error or a refusal.
  bool finished() const { return state_ == State::finished; }

  // Bytes to send. The owner takes them out after every call.
  std::string& output() { return output_; }
  // Heap bytes held now, but for output() and a few hundred for the chunk streams.
  size_t held_bytes() const;

 private:
  enum class State : uint8_t {
    connecting,  // handshake, then connect
    connected,
    pending,  // on_publish() has been called and not been answered
    publishing,
    ended,  // on_end() has been called
    finished,
  };
  using CommandHandler = Result<void> (RtmpSession::*)(RtmpCommand&);

  // session.cc
  Result<void> run(std::span<const uint8_t> bytes);
  Result<void> take(std::span<const uint8_t>& bytes);
  Result<void> hold(std::span<const uint8_t> bytes);
  Result<void> on_message(const RtmpMessage& message);
  Result<void> on_control(const RtmpMessage& message);
  Result<void> on_aggregate(const RtmpMessage& message);
  void on_media(TagKind kind, const RtmpMessage& message);
  void acknowledge();
  void finish();

  // session_commands.cc
  static CommandHandler find_handler(std::string_view name);
  Result<void> on_command(const RtmpMessage& message);
  Result<void> on_connect(RtmpCommand& command);
  Result<void> on_call(RtmpCommand& command);
  Result<void> on_fc_publish(RtmpCommand& command);
  Result<void> on_create_stream(RtmpCommand& command);
  Result<void> on_publish(RtmpCommand& command);
  Result<void> on_play(RtmpCommand& command);
  Result<void> on_fc_unpublish(RtmpCommand& command);
  Result<void> on_delete_stream(RtmpCommand& command);
  Result<void> on_close_stream(RtmpCommand& command);
  Result<void> on_answer(RtmpCommand& command);
  Result<void> on_unknown(RtmpCommand& command);
  void end_publish();
  void append_stream_status(std::string_view level, std::string_view code,
                            std::string_view description);

  Sink& sink_;
  RtmpLimits limits_;
  RtmpHandshake handshake_{RtmpHandshake::Side::server};
  RtmpChunkReader reader_;
  std::string output_;
  std::string pending_;  // input that came while a publish waited for its answer
  std::string app_;
  std::string tc_url_;
  std::string flash_version_;
  uint32_t received_ = 0;  // bytes since the handshake; wraps, as the protocol has it
  uint32_t window_ = 0;    // an acknowledgement is due after so many bytes; 0: never
  size_t until_acknowledgement_ = SIZE_MAX;
  uint32_t announced_window_ = 0;  // what we asked the client to acknowledge
  uint32_t last_stream_ = 0;       // the stream id that createStream gave last
  uint32_t publish_stream_ = 0;    // the one that is published on
  State state_ = State::connecting;
  bool running_ = false;     // receive() is on the stack
  bool fc_publish_ = false;  // the client has called FCPublish
};

}  // namespace strims::media
