// Bytes of an RTMP chunk stream to messages (RTMP 1.0, section 5.3). Sans-I/O; all calls on one
// thread.
//
// Set Chunk Size and Abort concern this layer alone: they are obeyed here and not handed out.
// Memory is taken for bytes that have come, never for a length that was announced.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "media/rtmp/message.h"

namespace strims::media {

class RtmpChunkReader {
 public:
  struct Limits {
    size_t max_media = size_t{4} << 20;  // bytes of an audio, video or aggregate message
    size_t max_other = 64 * 1024;        // of any other
    size_t max_held = size_t{5} << 20;   // of unfinished messages in all chunk streams together
    uint32_t max_chunk_size = 1U << 20;
    size_t max_chunk_streams = 64;
  };

  explicit RtmpChunkReader(const Limits& limits) : limits_(limits) {}

  // Takes bytes from the front of `bytes`, until a message is complete or they are used up; the
  // result then holds nothing. The body of a message is valid until the next call, and as long as
  // the bytes: a message that lies in one chunk in one piece is not copied. Pieces may be cut
  // anywhere; the messages are the same.
  //
  // Errors, after which the connection is of no use: "bad_chunk", "bad_control", "chunk_size",
  // "message_too_big", "too_many_chunk_streams".
  Result<std::optional<RtmpMessage>> next(std::span<const uint8_t>& bytes);

  // Frees the body of the last message; next() does so, too.
  void release() { done_ = std::vector<uint8_t>(); }
  // From the next message on.
  void set_max_media(size_t bytes) { limits_.max_media = bytes; }

  // Heap bytes held now for bodies.
  size_t held_bytes() const;

 private:
  // What the next chunk of a chunk stream may refer to.
  struct Stream {
    uint32_t id = 0;
    uint32_t length = 0;
    uint32_t stream_id = 0;
    uint32_t timestamp = 0;
    uint32_t time_field = 0;  // timestamp or delta of the last header that had one
    RtmpType type = RtmpType::command_amf0;
    bool extended = false;  // that field was the extended one
    bool open = false;      // a message has begun and is not complete
    std::vector<uint8_t> body;
  };

  bool take_header(std::span<const uint8_t>& bytes);
  size_t header_size() const;
  uint32_t chunk_stream_id() const;
  size_t find(uint32_t id) const;
  Result<void> begin_chunk();
  Result<void> begin_message(Stream& stream);
  // True when the message of the current chunk stream is complete, `body` being its bytes.
  bool take_payload(std::span<const uint8_t>& bytes, std::span<const uint8_t>& body);
  // True when the message was one of this layer.
  Result<bool> obey(const RtmpMessage& message);
  void abort(uint32_t id);

  Limits limits_;
  std::vector<Stream> streams_;
  std::vector<uint8_t> done_;  // the body of the message handed out last, unless it was not copied
  size_t held_ = 0;            // bytes of the bodies of all streams
  size_t current_ = 0;         // index of the stream whose chunk is being read
  uint32_t chunk_size_ = kRtmpFirstChunkSize;
  uint32_t chunk_left_ = 0;  // payload bytes of the chunk that are still to come
  bool in_chunk_ = false;
  uint8_t header_size_ = 0;
  uint8_t header_[18];  // basic header, message header, extended timestamp
};

}  // namespace strims::media
