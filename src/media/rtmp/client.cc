#include "media/rtmp/client.h"

#include <utility>

#include "base/bytes.h"
#include "media/rtmp/chunk_writer.h"
#include "media/rtmp/command.h"

namespace strims::media {
namespace {

// Transaction ids: always the same, because a client connects and publishes once.
constexpr double kConnect = 1;
constexpr double kReleaseStream = 2;
constexpr double kFcPublish = 3;
constexpr double kCreateStream = 4;
constexpr double kPublish = 5;
constexpr double kFcUnpublish = 6;
constexpr double kDeleteStream = 7;

std::string call(std::string_view name, double transaction, std::string_view argument) {
  std::string body;
  Amf0Writer(body).string(name).number(transaction).null().string(argument);
  return body;
}

}  // namespace

RtmpClient::RtmpClient(Options options) : options_(std::move(options)) {
  RtmpHandshake::begin(output_);
}

Result<void> RtmpClient::receive(std::span<const uint8_t> bytes) {
  if (!handshake_.done()) {
    STRIMS_CHECK_OK(handshake_.receive(bytes, output_));
    if (handshake_.done()) connect();
  }
  while (handshake_.done()) {
    STRIMS_TRY(const auto message, reader_.next(bytes));
    if (!message) break;
    STRIMS_CHECK_OK(on_message(*message));
  }
  return {};
}

void RtmpClient::connect() {
  append_control(output_, RtmpType::set_chunk_size, options_.chunk_size);
  std::string body;
  Amf0Writer writer(body);
  writer.string("connect").number(kConnect).begin_object();
  writer.key("app").string(options_.app).key("type").string("nonprivate");
  writer.key("flashVer").string(options_.flash_version);
  writer.key("tcUrl").string(options_.tc_url).end();
  send_command(0, body);
}

Result<void> RtmpClient::on_message(const RtmpMessage& message) {
  if (message.type == RtmpType::user_control) {
    const auto body = message.body;
    if (body.size() >= 6 &&
        load_be16(body.data()) == static_cast<uint16_t>(RtmpEvent::ping_request))
      append_user_control(output_, RtmpEvent::ping_response, load_be32(body.data() + 2));
    return {};
  }
  if (message.type != RtmpType::command_amf0) return {};
  STRIMS_TRY(RtmpCommand command, parse_command(message));
  if (command.name == "_result") {
    on_result(command);
  } else if (command.name == "onStatus" || command.name == "_error") {
    on_information(command);
  }
  return {};
}

void RtmpClient::on_result(const RtmpCommand& command) {
  if (command.transaction == kConnect) {
    create_stream();
  } else if (command.transaction == kCreateStream) {
    Amf0Reader arguments = command.arguments;
    const auto id = arguments.value();
    if (id && id->is_number() && id->number >= 0 && id->number <= 0xffffffff)
      stream_id_ = static_cast<uint32_t>(id->number);
    publish();
  }
}

void RtmpClient::create_stream() {
  send_command(0, call("releaseStream", kReleaseStream, options_.name));
  send_command(0, call("FCPublish", kFcPublish, options_.name));
  std::string body;
  Amf0Writer(body).string("createStream").number(kCreateStream).null();
  send_command(0, body);
}

void RtmpClient::publish() {
  std::string body = call("publish", kPublish, options_.name);
  Amf0Writer(body).string("live");
  send_command(stream_id_, body);
}

void RtmpClient::on_information(RtmpCommand& command) {
  const auto information = command.arguments.value();
  if (!information) return;
  const auto text = [&](std::string_view name) {
    const auto value = information->property(name);
    return value && value->is_string() ? std::string(value->text) : std::string();
  };
  const std::string code = text("code");
  if (text("level") == "error") {
    state_ = State::refused;
    refusal_code_ = code;
    refusal_text_ = text("description");
  } else if (code == "NetStream.Publish.Start") {
    state_ = State::publishing;
  }
}

void RtmpClient::send(const Tag& tag) {
  std::string body;
  auto bytes = tag.body;
  if (tag.kind == TagKind::data) {
    Amf0Writer(body).string("@setDataFrame");
    body += as_text(tag.body);
    bytes = as_bytes(body);
  }
  append_message(output_, kRtmpMediaChunks,
                 {static_cast<RtmpType>(tag.kind), tag.timestamp_ms, stream_id_, bytes},
                 options_.chunk_size);
}

void RtmpClient::stop() {
  send_command(0, call("FCUnpublish", kFcUnpublish, options_.name));
  std::string body;
  Amf0Writer(body).string("deleteStream").number(kDeleteStream).null().number(stream_id_);
  send_command(0, body);
}

void RtmpClient::send_command(uint32_t stream_id, const std::string& body) {
  append_message(output_, kRtmpCommandChunks,
                 {.type = RtmpType::command_amf0, .stream_id = stream_id, .body = as_bytes(body)},
                 options_.chunk_size);
}

}  // namespace strims::media
