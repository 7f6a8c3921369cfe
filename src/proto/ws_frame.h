// What both directions of the WebSocket framing share (RFC 6455 sections 5.2, 5.3 and 7.4).
#pragma once

#include <cstddef>
#include <cstdint>

namespace strims::proto {

// RFC 6455 section 5.2; every other value is reserved.
enum class WsOpcode : uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xa,
};

// RFC 6455 section 7.4.1 and the IANA registry of close codes.
inline constexpr uint16_t kCloseNormal = 1000;
inline constexpr uint16_t kCloseGoingAway = 1001;
inline constexpr uint16_t kCloseProtocolError = 1002;
inline constexpr uint16_t kCloseUnsupportedData = 1003;
inline constexpr uint16_t kCloseNoStatus = 1005;  // never on the wire: the close frame was empty
inline constexpr uint16_t kCloseAbnormal = 1006;  // never on the wire: there was no close frame
inline constexpr uint16_t kCloseInvalidPayload = 1007;
inline constexpr uint16_t kClosePolicyViolation = 1008;
inline constexpr uint16_t kCloseMessageTooBig = 1009;
inline constexpr uint16_t kCloseInternalError = 1011;
inline constexpr uint16_t kCloseServiceRestart = 1012;
inline constexpr uint16_t kCloseTryAgainLater = 1013;

// Longest payload of a control frame (RFC 6455 section 5.5) and longest reason of a close frame, in
// bytes.
inline constexpr size_t kMaxControlPayload = 125;
inline constexpr size_t kMaxCloseReason = kMaxControlPayload - 2;

// True for the codes that may stand in a close frame: 1000-1003, 1007-1014 and 3000-4999.
constexpr bool is_wire_close_code(uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

// RFC 6455 section 5.3: to[i] = from[i] xor key[i % 4] for `n` bytes. `key` holds the four key
// bytes in memory order (memcpy from the frame). `to` and `from` are the same place or do not
// overlap. Masking is its own inverse.
void ws_mask(uint8_t* to, const uint8_t* from, size_t n, uint32_t key);

// The key for the bytes that come after `n` bytes masked with `key`.
uint32_t ws_mask_after(uint32_t key, size_t n);

}  // namespace strims::proto
