// For tests only: frames as a client sends them, and a sink that writes down what comes out of the
// decoder.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "proto/ws_decoder.h"
#include "proto/ws_frame.h"

namespace strims::proto::ws_testing {

struct FrameShape {
  bool fin = true;
  uint8_t rsv = 0;  // the three reserved bits as a number, rsv1 = 4
  bool masked = true;
  uint8_t key[4] = {0x37, 0xfa, 0x21, 0x3d};
  int length_bytes = -1;  // 0, 2 or 8 bytes of extended length; -1: as few as possible
};

// One frame from a client; `opcode` may be a reserved one.
inline std::string client_frame(uint8_t opcode, std::string_view payload,
                                const FrameShape& shape = {}) {
  std::string out;
  out += static_cast<char>((shape.fin ? 0x80 : 0) | shape.rsv << 4 | opcode);
  const size_t n = payload.size();
  const int extended = shape.length_bytes >= 0 ? shape.length_bytes
                       : n < 126               ? 0
                       : n <= 0xffff           ? 2
                                               : 8;
  const size_t second = extended == 8 ? 127 : extended == 2 ? 126 : n;
  out += static_cast<char>((shape.masked ? 0x80 : 0) | second);
  for (int i = extended - 1; i >= 0; --i) out += static_cast<char>(n >> (8 * i));
  if (shape.masked) out.append(reinterpret_cast<const char*>(shape.key), 4);
  for (size_t i = 0; i < n; ++i)
    out += static_cast<char>(shape.masked ? payload[i] ^ shape.key[i % 4] : payload[i]);
  return out;
}

inline std::string client_frame(WsOpcode opcode, std::string_view payload,
                                const FrameShape& shape = {}) {
  return client_frame(static_cast<uint8_t>(opcode), payload, shape);
}

// "text(hello)", "close(1000,bye)", "error(1002)".
inline std::string describe(const WsDecoder::Event& event) {
  const std::string payload(event.payload);
  switch (event.kind) {
    case WsDecoder::Event::text:
      return "text(" + payload + ")";
    case WsDecoder::Event::binary:
      return "binary(" + payload + ")";
    case WsDecoder::Event::ping:
      return "ping(" + payload + ")";
    case WsDecoder::Event::pong:
      return "pong(" + payload + ")";
    case WsDecoder::Event::close:
      return "close(" + std::to_string(event.close_code) + "," + payload + ")";
    case WsDecoder::Event::error:
      return "error(" + std::to_string(event.close_code) + ")";
  }
  return "?";
}

class Recorder final : public WsDecoder::Sink {
 public:
  bool on_event(const WsDecoder::Event& event) override {
    seen.push_back(describe(event));
    where.push_back(event.payload.data());
    return !stop_at_each;
  }
  std::vector<std::string> seen;
  std::vector<const char*> where;
  bool stop_at_each = false;
};

// Feeds `wire` in pieces of `piece` bytes (0: all at once), each from its own exact heap block so
// that a sanitizer sees every access past its end, and resumes whenever the sink stopped.
inline void feed_all(WsDecoder& decoder, std::string_view wire, size_t piece, Recorder& sink,
                     WsInflater* inflater = nullptr) {
  if (piece == 0) piece = wire.size();
  while (!wire.empty()) {
    const std::string_view part = wire.substr(0, piece);
    wire.remove_prefix(part.size());
    std::vector<uint8_t> bytes(part.begin(), part.end());
    std::span<uint8_t> rest(bytes);
    while (!rest.empty()) rest = rest.subspan(decoder.feed(rest, sink, inflater));
  }
}

}  // namespace strims::proto::ws_testing
