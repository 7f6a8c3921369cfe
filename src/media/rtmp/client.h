// The other side of RtmpSession: a publisher, for tests and for load tools. It takes the way of
// real encoders (connect, releaseStream, FCPublish, createStream, publish). Sans-I/O; all calls on
// one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"
#include "media/rtmp/chunk_reader.h"
#include "media/rtmp/handshake.h"
#include "media/tag.h"

namespace strims::media {

struct RtmpCommand;

class RtmpClient {
 public:
  struct Options {
    std::string app = "live";
    std::string tc_url = "rtmp://127.0.0.1/live";
    std::string name;  // of the stream, with its query: "slug?key=..."
    std::string flash_version = "FMLE/3.0 (compatible; strims)";
    uint32_t chunk_size = 4096;  // of what it sends
  };
  enum class State : uint8_t { connecting, publishing, refused };

  // Its first bytes are in output() at once.
  explicit RtmpClient(Options options);

  // Takes all of `bytes`. Errors: those of RtmpHandshake, RtmpChunkReader and parse_command().
  Result<void> receive(std::span<const uint8_t> bytes);
  // Publishing: send() may be called. Refused: before or after it had been accepted.
  State state() const { return state_; }
  // The code that refused, such as "NetStream.Publish.BadName", and the sentence with it.
  const std::string& refusal_code() const { return refusal_code_; }
  const std::string& refusal_text() const { return refusal_text_; }

  // Appends a tag to output(). A data tag begins with its name, "onMetaData".
  void send(const Tag& tag);
  // Ends the stream on purpose. Whoever just closes the connection looks lost.
  void stop();

  // Bytes to send; the owner takes them out.
  std::string& output() { return output_; }

 private:
  void connect();
  void create_stream();
  void publish();
  Result<void> on_message(const RtmpMessage& message);
  void on_result(const RtmpCommand& command);
  void on_information(RtmpCommand& command);
  void send_command(uint32_t stream_id, const std::string& body);

  Options options_;
  RtmpHandshake handshake_{RtmpHandshake::Side::client};
  RtmpChunkReader reader_{RtmpChunkReader::Limits()};
  std::string output_;
  std::string refusal_code_;
  std::string refusal_text_;
  uint32_t stream_id_ = 0;
  State state_ = State::connecting;
};

}  // namespace strims::media
