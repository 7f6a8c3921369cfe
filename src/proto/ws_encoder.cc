#include "proto/ws_encoder.h"

#include <algorithm>

#include "base/bytes.h"

namespace strims::proto {
namespace {

constexpr uint8_t kFin = 0x80;
constexpr uint8_t kRsv1 = 0x40;
constexpr uint8_t kMasked = 0x80;

bool is_control(WsOpcode opcode) {
  return static_cast<uint8_t>(opcode) >= 8;
}

// The longest start of `text` that has at most `limit` bytes and ends between two characters.
std::string_view cut_between_characters(std::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t end = limit;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::string one_frame(WsOpcode opcode, std::string_view payload) {
  std::string out;
  append_frame(out, opcode, payload);
  return out;
}

}  // namespace

size_t write_frame_header(uint8_t* to, WsOpcode opcode, size_t payload, bool fin, bool rsv1) {
  to[0] =
      static_cast<uint8_t>((fin ? kFin : 0) | (rsv1 ? kRsv1 : 0) | static_cast<uint8_t>(opcode));
  const size_t size = frame_header_size(payload);
  if (size == 2) {
    to[1] = static_cast<uint8_t>(payload);
  } else if (size == 4) {
    to[1] = 126;
    store_be16(to + 2, static_cast<uint16_t>(payload));
  } else {
    to[1] = 127;
    store_be64(to + 2, payload);
  }
  return size;
}

void append_frame(std::string& out, WsOpcode opcode, std::string_view payload, bool fin,
                  bool rsv1) {
  if (is_control(opcode)) {
    payload = payload.substr(0, kMaxControlPayload);
    fin = true;
    rsv1 = false;
  }
  uint8_t header[10];
  const size_t size = write_frame_header(header, opcode, payload.size(), fin, rsv1);
  // Room for both, but still doubling when many frames are appended.
  const size_t need = out.size() + size + payload.size();
  if (need > out.capacity()) out.reserve(out.empty() ? need : std::max(need, out.capacity() * 2));
  out.append(reinterpret_cast<const char*>(header), size);
  out.append(payload);
}

std::string text_frame(std::string_view payload) {
  return one_frame(WsOpcode::text, payload);
}
std::string binary_frame(std::string_view payload) {
  return one_frame(WsOpcode::binary, payload);
}
std::string ping_frame(std::string_view payload) {
  return one_frame(WsOpcode::ping, payload);
}
std::string pong_frame(std::string_view payload) {
  return one_frame(WsOpcode::pong, payload);
}

std::string close_frame(uint16_t code, std::string_view reason) {
  if (!is_wire_close_code(code)) return one_frame(WsOpcode::close, {});
  uint8_t bytes[2];
  store_be16(bytes, code);
  std::string payload(as_text(bytes));
  payload += cut_between_characters(reason, kMaxCloseReason);
  return one_frame(WsOpcode::close, payload);
}

size_t frame_length_at(std::span<const uint8_t> bytes) {
  if (bytes.size() < 2) return 0;
  const size_t mask = (bytes[1] & kMasked) != 0 ? 4 : 0;
  const uint8_t length = bytes[1] & 0x7f;
  if (length < 126) return 2 + mask + length;
  if (length == 126) return bytes.size() < 4 ? 0 : 4 + mask + load_be16(&bytes[2]);
  if (bytes.size() < 10) return 0;
  const uint64_t wide = load_be64(&bytes[2]);
  return wide >> 63 != 0 ? 0 : 10 + mask + wide;
}

std::string_view frame_payload(std::string_view frame) {
  const auto length = static_cast<uint8_t>(frame[1]);
  return frame.substr(length < 126 ? 2 : length == 126 ? 4 : 10);
}

}  // namespace strims::proto
