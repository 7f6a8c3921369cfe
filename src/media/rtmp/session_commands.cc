// The commands of a session (RTMP 1.0, section 7.2), and those that encoders of Adobe's kind send
// besides: releaseStream, FCPublish and FCUnpublish.
#include <algorithm>

#include "media/rtmp/chunk_writer.h"
#include "media/rtmp/command.h"
#include "media/rtmp/session.h"

namespace strims::media {
namespace {

// What we ask the client to acknowledge by. We send so little that it never comes to it, but
// clients wait for these messages.
constexpr uint32_t kWindow = 2'500'000;
// Longer names of applications and programs belong to no encoder.
constexpr size_t kMaxConnectText = 2048;

std::string_view text_of(const Amf0Value& object, std::string_view name) {
  const auto value = object.property(name);
  return value && value->is_string() ? value->text : std::string_view();
}

}  // namespace

// Sorted by what a client sends first.
RtmpSession::CommandHandler RtmpSession::find_handler(std::string_view name) {
  struct Entry {
    std::string_view name;
    CommandHandler handler;
  };
  static constexpr Entry kEntries[] = {
      {"connect", &RtmpSession::on_connect},
      {"releaseStream", &RtmpSession::on_call},
      {"FCPublish", &RtmpSession::on_fc_publish},
      {"createStream", &RtmpSession::on_create_stream},
      {"publish", &RtmpSession::on_publish},
      {"FCUnpublish", &RtmpSession::on_fc_unpublish},
      {"deleteStream", &RtmpSession::on_delete_stream},
      {"closeStream", &RtmpSession::on_close_stream},
      {"play", &RtmpSession::on_play},
      {"play2", &RtmpSession::on_play},
      {"_result", &RtmpSession::on_answer},
      {"_error", &RtmpSession::on_answer},
      {"onStatus", &RtmpSession::on_answer},
  };
  for (const Entry& entry : kEntries)
    if (entry.name == name) return entry.handler;
  return &RtmpSession::on_unknown;
}

Result<void> RtmpSession::on_command(const RtmpMessage& message) {
  STRIMS_TRY(RtmpCommand command, parse_command(message));
  if ((command.name == "connect") != (state_ == State::connecting))
    return fail(Errc::invalid, "bad_command", "connect was not the first command, or came twice");
  return (this->*find_handler(command.name))(command);
}

Result<void> RtmpSession::on_connect(RtmpCommand& command) {
  app_ = text_of(command.object, "app");
  tc_url_ = text_of(command.object, "tcUrl");
  flash_version_ = text_of(command.object, "flashVer");
  if (std::max({app_.size(), tc_url_.size(), flash_version_.size()}) > kMaxConnectText)
    return fail(Errc::too_large, "bad_command", "a text in connect is too long");
  state_ = State::connected;
  announced_window_ = kWindow;
  append_control(output_, RtmpType::window_ack_size, kWindow);
  append_peer_bandwidth(output_, kWindow);
  append_user_control(output_, RtmpEvent::stream_begin, 0);
  append_connected(output_, command.transaction);
  return {};
}

// A call that means nothing to us and whose sender waits for the answer.
Result<void> RtmpSession::on_call(RtmpCommand& command) {
  if (command.transaction != 0) append_result(output_, command.transaction);
  return {};
}

Result<void> RtmpSession::on_fc_publish(RtmpCommand& command) {
  fc_publish_ = true;
  return on_call(command);
}

Result<void> RtmpSession::on_create_stream(RtmpCommand& command) {
  append_created(output_, command.transaction, ++last_stream_);
  return {};
}

Result<void> RtmpSession::on_publish(RtmpCommand& command) {
  STRIMS_TRY(const Amf0Value name, command.arguments.value());
  if (!name.is_string()) return fail(Errc::invalid, "bad_amf", "publish names no stream");
  Amf0Value type;
  if (!command.arguments.at_end()) {
    STRIMS_TRY(type, command.arguments.value());
  }
  if (state_ != State::connected) {
    append_status(output_, "onStatus", command.stream_id, "error", "NetStream.Publish.BadName",
                  "A connection publishes one stream.");
    return {};
  }
  const size_t question = std::min(name.text.find('?'), name.text.size());
  state_ = State::pending;
  publish_stream_ = command.stream_id;
  sink_.on_publish({
      .app = app_,
      .tc_url = tc_url_,
      .flash_version = flash_version_,
      .name = name.text.substr(0, question),
      .query = name.text.substr(std::min(question + 1, name.text.size())),
      .type = type.text,
  });
  return {};
}

Result<void> RtmpSession::on_play(RtmpCommand& command) {
  append_status(output_, "onStatus", command.stream_id, "error", "NetStream.Play.StreamNotFound",
                "Streams are not played by RTMP here.");
  return {};
}

Result<void> RtmpSession::on_fc_unpublish(RtmpCommand& command) {
  append_status(output_, "onFCUnpublish", 0, "status", "NetStream.Unpublish.Success",
                "The stream has ended.");
  STRIMS_CHECK_OK(on_call(command));
  end_publish();
  return {};
}

// No answer: section 7.2.2.3.
Result<void> RtmpSession::on_delete_stream(RtmpCommand& command) {
  STRIMS_TRY(const Amf0Value stream, command.arguments.value());
  if (stream.is_number() && stream.number == publish_stream_) end_publish();
  return {};
}

Result<void> RtmpSession::on_close_stream(RtmpCommand& command) {
  if (command.stream_id == publish_stream_) end_publish();
  return {};
}

// We call nothing at the client, so there is nothing that it could answer.
Result<void> RtmpSession::on_answer(RtmpCommand&) {
  return {};
}

Result<void> RtmpSession::on_unknown(RtmpCommand& command) {
  if (command.transaction != 0)
    append_error(output_, command.transaction, "NetConnection.Call.Failed",
                 "There is no such method here.");
  return {};
}

void RtmpSession::end_publish() {
  if (state_ != State::publishing) return;
  state_ = State::ended;
  append_stream_status("status", "NetStream.Unpublish.Success", "The stream has ended.");
  sink_.on_end();
}

void RtmpSession::append_stream_status(std::string_view level, std::string_view code,
                                       std::string_view description) {
  append_status(output_, "onStatus", publish_stream_, level, code, description);
}

}  // namespace strims::media
