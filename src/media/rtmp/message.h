// One RTMP message, put together from its chunks (RTMP 1.0, sections 5.4, 6.1 and 7.1).
#pragma once

#include <cstdint>
#include <span>

namespace strims::media {

// Message type ids. A message may carry any other number, too; those are ignored.
enum class RtmpType : uint8_t {
  set_chunk_size = 1,
  abort = 2,
  acknowledgement = 3,
  user_control = 4,
  window_ack_size = 5,
  set_peer_bandwidth = 6,
  audio = 8,
  video = 9,
  data_amf3 = 15,
  command_amf3 = 17,
  data_amf0 = 18,
  command_amf0 = 20,
  aggregate = 22,
};

struct RtmpMessage {
  RtmpType type = RtmpType::command_amf0;
  uint32_t timestamp_ms = 0;  // absolute; wraps
  uint32_t stream_id = 0;     // 0: the connection itself
  std::span<const uint8_t> body;
};

// The chunk size of both sides until they say otherwise (section 5.4.1).
inline constexpr uint32_t kRtmpFirstChunkSize = 128;

// Events of a User Control message (section 7.1.7).
enum class RtmpEvent : uint16_t { stream_begin = 0, ping_request = 6, ping_response = 7 };

}  // namespace strims::media
