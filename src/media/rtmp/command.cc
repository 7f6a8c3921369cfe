#include "media/rtmp/command.h"

#include "base/bytes.h"
#include "media/rtmp/chunk_writer.h"

namespace strims::media {
namespace {

// The AMF3 messages begin with a byte that says in which format the rest is; clients send AMF0.
bool is_amf3(RtmpType type) {
  return type == RtmpType::command_amf3 || type == RtmpType::data_amf3;
}

void append_command(std::string& out, uint32_t stream_id, const std::string& body) {
  append_message(out, kRtmpCommandChunks,
                 {.type = RtmpType::command_amf0, .stream_id = stream_id, .body = as_bytes(body)});
}

// level, code and description: the "information object" of section 7.2.
Amf0Writer& begin_information(Amf0Writer& to, std::string_view level, std::string_view code,
                              std::string_view description) {
  return to.begin_object()
      .key("level")
      .string(level)
      .key("code")
      .string(code)
      .key("description")
      .string(description);
}

}  // namespace

Result<RtmpCommand> parse_command(const RtmpMessage& message) {
  std::span<const uint8_t> body = message.body;
  if (is_amf3(message.type)) {
    if (body.empty() || body[0] != 0)
      return fail(Errc::invalid, "bad_amf", "a command is not in AMF0");
    body = body.subspan(1);
  }
  Amf0Reader reader(body);
  STRIMS_TRY(const Amf0Value name, reader.value());
  STRIMS_TRY(const Amf0Value transaction, reader.value());
  if (!name.is_string() || !transaction.is_number())
    return fail(Errc::invalid, "bad_amf", "a command has no name or no transaction id");
  Amf0Value object;
  if (!reader.at_end()) {
    STRIMS_TRY(object, reader.value());
  }
  return RtmpCommand{name.text, transaction.number, object, reader, message.stream_id};
}

std::span<const uint8_t> script_data(const RtmpMessage& message) {
  std::span<const uint8_t> body = message.body;
  if (is_amf3(message.type)) {
    if (body.empty() || body[0] != 0) return {};
    body = body.subspan(1);
  }
  Amf0Reader reader(body);
  const auto first = reader.value();
  if (!first || !first->is_string() || first->text == "@clearDataFrame") return {};
  return first->text == "@setDataFrame" ? reader.rest() : body;
}

void append_created(std::string& out, double transaction, uint32_t stream_id) {
  std::string body;
  Amf0Writer(body).string("_result").number(transaction).null().number(stream_id);
  append_command(out, 0, body);
}

void append_result(std::string& out, double transaction) {
  std::string body;
  Amf0Writer(body).string("_result").number(transaction).null().undefined();
  append_command(out, 0, body);
}

void append_error(std::string& out, double transaction, std::string_view code,
                  std::string_view description) {
  std::string body;
  Amf0Writer writer(body);
  writer.string("_error").number(transaction).null();
  begin_information(writer, "error", code, description).end();
  append_command(out, 0, body);
}

void append_connected(std::string& out, double transaction) {
  std::string body;
  Amf0Writer writer(body);
  writer.string("_result").number(transaction);
  // Encoders look for a version of this form; the capabilities are those of Adobe's server.
  writer.begin_object().key("fmsVer").string("FMS/3,0,1,123").key("capabilities").number(31).end();
  begin_information(writer, "status", "NetConnection.Connect.Success", "Connection succeeded.")
      .key("objectEncoding")
      .number(0)
      .end();
  append_command(out, 0, body);
}

void append_status(std::string& out, std::string_view name, uint32_t stream_id,
                   std::string_view level, std::string_view code, std::string_view description) {
  std::string body;
  Amf0Writer writer(body);
  writer.string(name).number(0).null();
  begin_information(writer, level, code, description).end();
  append_command(out, stream_id, body);
}

}  // namespace strims::media
