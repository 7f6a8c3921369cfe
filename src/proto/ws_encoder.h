// WebSocket frames from a server: never masked (RFC 6455 section 5.1). Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "proto/ws_frame.h"

namespace strims::proto {

// Header bytes of an unmasked frame with that payload: 2, 4 or 10.
constexpr size_t frame_header_size(size_t payload) {
  return payload < 126 ? 2 : payload <= 0xffff ? 4 : 10;
}

// Writes that header to `to`, which has room for 10 bytes; returns its size.
size_t write_frame_header(uint8_t* to, WsOpcode opcode, size_t payload, bool fin = true,
                          bool rsv1 = false);

// Appends one frame (RFC 6455 section 5.2). `rsv1` marks the first frame of a compressed message
// (RFC 7692 section 6). A control frame's payload is cut to 125 bytes, and control frames are
// always final.
void append_frame(std::string& out, WsOpcode opcode, std::string_view payload, bool fin = true,
                  bool rsv1 = false);

// One unfragmented frame.
std::string text_frame(std::string_view payload);
std::string binary_frame(std::string_view payload);
std::string ping_frame(std::string_view payload);
std::string pong_frame(std::string_view payload);

// A close frame (RFC 6455 section 5.5.1). The reason is cut to 123 bytes, never inside a character.
// A code that may not be on the wire, such as kCloseNoStatus, gives an empty close frame.
std::string close_frame(uint16_t code, std::string_view reason = {});

// Whole length, header and payload, of the frame that starts here, for walking a run of frames; it
// may be more than `bytes` holds. 0 when `bytes` ends before the length is known or the length
// breaks section 5.2 (the highest of its 64 bits is set). Masked frames are understood too.
size_t frame_length_at(std::span<const uint8_t> bytes);

// The payload of one whole, unmasked frame, as append_frame() makes them.
std::string_view frame_payload(std::string_view frame);

}  // namespace strims::proto
