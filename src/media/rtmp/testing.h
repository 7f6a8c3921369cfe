// For tests only: chunks of every shape, what a client sends, and an owner of a session that writes
// down what comes out of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "media/rtmp/amf0.h"
#include "media/rtmp/chunk_writer.h"
#include "media/rtmp/handshake.h"
#include "media/rtmp/session.h"
#include "media/rtmp/wire.h"

namespace strims::media::rtmp_testing {

// One chunk as its fields say, sensible or not.
struct Chunk {
  uint8_t type = 0;
  uint32_t id = 4;
  uint32_t time = 0;
  uint32_t length = 0;
  RtmpType message_type = RtmpType::video;
  uint32_t stream_id = 1;
  bool extended = false;  // of a type 3 chunk: the extended timestamp follows
};

inline std::string chunk(const Chunk& c, std::string_view payload = {}) {
  std::string out;
  const bool extended = c.type == 3 ? c.extended : c.time >= 0xffffff;
  if (c.id < 64) {
    append_be(out, c.type << 6 | c.id, 1);
  } else if (c.id < 320) {
    append_be(out, c.type << 6, 1);
    append_be(out, c.id - 64, 1);
  } else {
    append_be(out, c.type << 6 | 1, 1);
    append_be(out, (c.id - 64) & 0xff, 1);
    append_be(out, (c.id - 64) >> 8, 1);
  }
  if (c.type <= 2) append_be(out, extended ? 0xffffff : c.time, 3);
  if (c.type <= 1) append_be(out, c.length, 3);
  if (c.type <= 1) append_be(out, static_cast<uint8_t>(c.message_type), 1);
  if (c.type == 0) append_le32(out, c.stream_id);
  if (extended) append_be(out, c.time, 4);
  return out.append(payload);
}

// A message as append_message() makes it.
inline std::string message(RtmpType type, std::string_view body, uint32_t time = 0,
                           uint32_t stream_id = 1, uint8_t chunk_stream = 4) {
  std::string out;
  append_message(out, chunk_stream, {type, time, stream_id, as_bytes(body)});
  return out;
}

inline std::string control(RtmpType type, uint32_t value) {
  std::string out;
  append_control(out, type, value);
  return out;
}

// C0, C1 and, not waiting for the answer, C2.
inline std::string client_handshake() {
  std::string out;
  RtmpHandshake::begin(out);
  return out.append(1536, 'e');
}

inline std::string command_body(std::string_view name, double transaction,
                                std::string_view argument = {}, std::string_view type = {}) {
  std::string body;
  Amf0Writer writer(body);
  writer.string(name).number(transaction).null();
  if (!argument.empty()) writer.string(argument);
  if (!type.empty()) writer.string(type);
  return body;
}

inline std::string command(std::string_view name, double transaction,
                           std::string_view argument = {}, uint32_t stream_id = 0) {
  return message(RtmpType::command_amf0, command_body(name, transaction, argument), 0, stream_id,
                 kRtmpCommandChunks);
}

inline std::string connect_command(std::string_view app = "live") {
  std::string body;
  Amf0Writer writer(body);
  writer.string("connect").number(1).begin_object();
  writer.key("app").string(app).key("flashVer").string("FMLE/3.0");
  writer.key("tcUrl").string("rtmp://host/live").end();
  return message(RtmpType::command_amf0, body, 0, 0, kRtmpCommandChunks);
}

// Everything up to and including publish.
inline std::string publish_wire(std::string_view name) {
  return client_handshake() + connect_command() + command("releaseStream", 2, name) +
         command("FCPublish", 3, name) + command("createStream", 4) +
         command("publish", 5, name, 1);
}

// "video@40(abc)".
inline std::string describe(const Tag& tag) {
  const std::string_view kind = tag.kind == TagKind::audio   ? "audio"
                                : tag.kind == TagKind::video ? "video"
                                                             : "data";
  return std::string(kind) + "@" + std::to_string(tag.timestamp_ms) + "(" +
         std::string(as_text(tag.body)) + ")";
}

class Owner final : public RtmpSession::Sink {
 public:
  enum class Answer : uint8_t { at_once, later, refuse_at_once, refuse_later };

  explicit Owner(Answer answer = Answer::at_once, const RtmpLimits& limits = {})
      : session(*this, limits), answer_(answer) {}

  void on_publish(const PublishRequest& request) override {
    seen.push_back("publish(" + std::string(request.app) + "," + std::string(request.name) + "," +
                   std::string(request.query) + ")");
    asked_ = true;
    if (answer_ == Answer::at_once || answer_ == Answer::refuse_at_once) answer();
  }
  void on_tag(const Tag& tag) override {
    seen.push_back(describe(tag));
    if (refuse_at_tag) session.refuse_publish("NetStream.Publish.Rejected", "not this");
  }
  void on_end() override { seen.emplace_back("end"); }

  // Feeds `wire` in pieces of `piece` bytes (0: all at once), each from its own exact heap block so
  // that a sanitizer sees every access past its end, and drains the output after each.
  void feed(std::string_view wire, size_t piece = 0) {
    while (!wire.empty() && error.empty()) {
      const std::string_view part = wire.substr(0, piece == 0 ? wire.size() : piece);
      wire.remove_prefix(part.size());
      const std::vector<uint8_t> bytes(part.begin(), part.end());
      take(session.receive(bytes));
      if (asked_) answer();
    }
  }

  RtmpSession session;
  std::vector<std::string> seen;
  std::string output;
  std::string error;  // the reason word, once there was an error
  bool refuse_at_tag = false;

 private:
  void answer() {
    asked_ = false;
    if (answer_ == Answer::at_once || answer_ == Answer::later) {
      take(session.accept_publish());
    } else {
      session.refuse_publish("NetStream.Publish.BadName", "wrong key");
      take({});
    }
  }
  void take(const Result<void>& result) {
    if (!result) error = result.error().reason;
    output += session.output();
    session.output().clear();
  }

  const Answer answer_;
  bool asked_ = false;
};

}  // namespace strims::media::rtmp_testing
