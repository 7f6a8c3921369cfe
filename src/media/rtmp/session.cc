#include "media/rtmp/session.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "media/rtmp/aggregate.h"
#include "media/rtmp/chunk_writer.h"
#include "media/rtmp/command.h"

namespace strims::media {
namespace {

// A client that asks for an acknowledgement of every byte gets one of so many.
constexpr uint32_t kSmallestWindow = 4096;

RtmpChunkReader::Limits before_acceptance(RtmpChunkReader::Limits limits) {
  limits.max_media = std::min(limits.max_media, limits.max_other);
  return limits;
}

}  // namespace

RtmpSession::RtmpSession(Sink& sink, const RtmpLimits& limits)
    : sink_(sink), limits_(limits), reader_(before_acceptance(limits.chunks)) {}

size_t RtmpSession::held_bytes() const {
  const size_t pending = pending_.empty() ? 0 : pending_.capacity();
  return handshake_.held_bytes() + reader_.held_bytes() + pending;
}

Result<void> RtmpSession::receive(std::span<const uint8_t> bytes) {
  if (state_ == State::finished) return {};
  if (state_ == State::pending) return hold(bytes);
  return run(bytes);
}

Result<void> RtmpSession::accept_publish() {
  if (state_ != State::pending) return {};
  state_ = State::publishing;
  reader_.set_max_media(limits_.chunks.max_media);
  append_user_control(output_, RtmpEvent::stream_begin, publish_stream_);
  if (fc_publish_)
    append_status(output_, "onFCPublish", 0, "status", "NetStream.Publish.Start", "Publishing.");
  append_stream_status("status", "NetStream.Publish.Start", "Publishing.");
  if (running_) return {};  // run() goes on by itself
  const std::string pending = std::exchange(pending_, {});
  return run(as_bytes(pending));
}

void RtmpSession::refuse_publish(std::string_view code, std::string_view description) {
  if (state_ != State::pending && state_ != State::publishing) return;
  append_stream_status("error", code, description);
  finish();
}

Result<void> RtmpSession::run(std::span<const uint8_t> bytes) {
  running_ = true;
  Result<void> result;
  while (result && wants_input() && !bytes.empty()) {
    result = handshake_.done() ? take(bytes) : handshake_.receive(bytes, output_);
    if (result && output_.size() > limits_.max_output)
      result = fail(Errc::too_large, "output_too_big", "the client asks more than it reads");
  }
  running_ = false;
  reader_.release();
  if (result && state_ == State::pending) result = hold(bytes);
  if (!result) finish();
  return result;
}

// Input is cut where an acknowledgement is due, so that it stands at the same place among the
// answers however the input came.
Result<void> RtmpSession::take(std::span<const uint8_t>& bytes) {
  auto part = bytes.first(std::min(bytes.size(), until_acknowledgement_));
  const size_t before = part.size();
  auto message = reader_.next(part);
  const auto taken = static_cast<uint32_t>(before - part.size());
  bytes = bytes.subspan(taken);
  received_ += taken;
  until_acknowledgement_ -= taken;
  if (!message) return std::unexpected(std::move(message).error());
  if (*message) STRIMS_CHECK_OK(on_message(**message));
  if (until_acknowledgement_ == 0) acknowledge();
  return {};
}

Result<void> RtmpSession::hold(std::span<const uint8_t> bytes) {
  if (pending_.size() + bytes.size() > limits_.max_pending) {
    finish();
    return fail(Errc::too_large, "pending_too_big",
                "the client has sent too much before its publish was answered");
  }
  pending_ += as_text(bytes);
  return {};
}

Result<void> RtmpSession::on_message(const RtmpMessage& message) {
  switch (message.type) {
    case RtmpType::user_control:
    case RtmpType::window_ack_size:
    case RtmpType::set_peer_bandwidth:
      return on_control(message);
    case RtmpType::command_amf0:
    case RtmpType::command_amf3:
      return on_command(message);
    case RtmpType::audio:
      on_media(TagKind::audio, message);
      return {};
    case RtmpType::video:
      on_media(TagKind::video, message);
      return {};
    case RtmpType::data_amf0:
    case RtmpType::data_amf3:
      on_media(TagKind::data, message);
      return {};
    case RtmpType::aggregate:
      return on_aggregate(message);
    case RtmpType::set_chunk_size:
    case RtmpType::abort:
    case RtmpType::acknowledgement:
      break;
  }
  // Shared objects, and what nobody has heard of.
  return {};
}

Result<void> RtmpSession::on_control(const RtmpMessage& message) {
  const auto body = message.body;
  const bool event = message.type == RtmpType::user_control;
  if (body.size() < (event ? 2 : 4))
    return fail(Errc::invalid, "bad_control", "a control message is cut");
  if (event) {
    if (load_be16(body.data()) != static_cast<uint16_t>(RtmpEvent::ping_request)) return {};
    if (body.size() < 6) return fail(Errc::invalid, "bad_control", "a ping is cut");
    append_user_control(output_, RtmpEvent::ping_response, load_be32(body.data() + 2));
    return {};
  }
  const uint32_t window = load_be32(body.data());
  if (message.type == RtmpType::window_ack_size) {
    // Nothing is acknowledged before the client has asked for it. Few do; and the others may close
    // with an acknowledgement unread, which resets the connection and loses the end of the stream.
    window_ = std::max(window, kSmallestWindow);
    until_acknowledgement_ = window_;
  } else if (window != announced_window_) {
    // Section 5.4.5: the answer to Set Peer Bandwidth, when it changes anything.
    announced_window_ = window;
    append_control(output_, RtmpType::window_ack_size, window);
  }
  return {};
}

Result<void> RtmpSession::on_aggregate(const RtmpMessage& message) {
  RtmpAggregateReader reader(message);
  while (state_ == State::publishing) {
    STRIMS_TRY(const std::optional<Tag> tag, reader.next());
    if (!tag) break;
    // A data tag has the same form as a message of the type of the same number.
    on_media(tag->kind, {static_cast<RtmpType>(tag->kind), tag->timestamp_ms, 0, tag->body});
  }
  return {};
}

// The message stream is not looked at: a connection publishes one stream, so all media is its.
void RtmpSession::on_media(TagKind kind, const RtmpMessage& message) {
  if (state_ != State::publishing) return;
  const auto body = kind == TagKind::data ? script_data(message) : message.body;
  // Some encoders begin with an empty message.
  if (!body.empty()) sink_.on_tag({kind, message.timestamp_ms, body});
}

void RtmpSession::acknowledge() {
  append_control(output_, RtmpType::acknowledgement, received_);
  until_acknowledgement_ = window_;
}

void RtmpSession::finish() {
  state_ = State::finished;
  pending_ = std::string();
}

}  // namespace strims::media
