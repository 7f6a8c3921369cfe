#include "media/rtmp/chunk_writer.h"

#include <algorithm>

#include "base/bytes.h"
#include "media/rtmp/wire.h"

namespace strims::media {
namespace {

constexpr uint32_t kNoTime = 0xffffff;
constexpr uint8_t kContinuation = 3 << 6;
constexpr uint8_t kDynamic = 2;

void append_control_body(std::string& out, RtmpType type, const std::string& body) {
  append_message(out, kRtmpControlChunks, {.type = type, .body = as_bytes(body)});
}

}  // namespace

void append_message(std::string& out, uint8_t chunk_stream, const RtmpMessage& message,
                    uint32_t chunk_size) {
  const bool extended = message.timestamp_ms >= kNoTime;
  out += static_cast<char>(chunk_stream);
  append_be(out, std::min(message.timestamp_ms, kNoTime), 3);
  append_be(out, message.body.size(), 3);
  out += static_cast<char>(message.type);
  append_le32(out, message.stream_id);
  if (extended) append_be(out, message.timestamp_ms, 4);
  auto rest = as_text(message.body);
  out += rest.substr(0, chunk_size);
  while (rest.size() > chunk_size) {
    rest.remove_prefix(chunk_size);
    out += static_cast<char>(kContinuation | chunk_stream);
    if (extended) append_be(out, message.timestamp_ms, 4);
    out += rest.substr(0, chunk_size);
  }
}

void append_control(std::string& out, RtmpType type, uint32_t value) {
  std::string body;
  append_be(body, value, 4);
  append_control_body(out, type, body);
}

void append_peer_bandwidth(std::string& out, uint32_t window) {
  std::string body;
  append_be(body, window, 4);
  body += static_cast<char>(kDynamic);
  append_control_body(out, RtmpType::set_peer_bandwidth, body);
}

void append_user_control(std::string& out, RtmpEvent event, uint32_t value) {
  std::string body;
  append_be(body, static_cast<uint16_t>(event), 2);
  append_be(body, value, 4);
  append_control_body(out, RtmpType::user_control, body);
}

}  // namespace strims::media
