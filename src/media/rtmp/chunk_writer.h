// Messages to the bytes of an RTMP chunk stream (RTMP 1.0, sections 5.3 and 5.4). Every message has
// a full header, so the writer keeps no state. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "media/rtmp/message.h"

namespace strims::media {

// Chunk streams that we send on: 2 is for control messages by the specification.
inline constexpr uint8_t kRtmpControlChunks = 2;
inline constexpr uint8_t kRtmpCommandChunks = 3;
inline constexpr uint8_t kRtmpMediaChunks = 4;

// Appends one message on chunk stream `chunk_stream` (2 to 63), at most 16,777,215 bytes long.
void append_message(std::string& out, uint8_t chunk_stream, const RtmpMessage& message,
                    uint32_t chunk_size = kRtmpFirstChunkSize);

// Set Chunk Size, Abort, Acknowledgement or Window Acknowledgement Size.
void append_control(std::string& out, RtmpType type, uint32_t value);
// Set Peer Bandwidth with the limit type "dynamic".
void append_peer_bandwidth(std::string& out, uint32_t window);
void append_user_control(std::string& out, RtmpEvent event, uint32_t value);

}  // namespace strims::media
