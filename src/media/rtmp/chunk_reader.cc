#include "media/rtmp/chunk_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "media/rtmp/wire.h"

namespace strims::media {
namespace {

constexpr uint32_t kNoTime = 0xffffff;               // the time is in the extended timestamp
constexpr size_t kMessageHeader[4] = {11, 7, 3, 0};  // by the chunk's type
constexpr size_t kExtendedTime = 4;
constexpr size_t kNoStream = SIZE_MAX;
constexpr size_t kFirstBody = 1024;

uint8_t chunk_type(uint8_t first) {
  return first >> 6;
}

// Chunk stream ids from 64 on need a byte more, from 320 on two (section 5.3.1.1).
size_t basic_size(uint8_t first) {
  const uint8_t id = first & 0x3f;
  return id == 0 ? 2 : id == 1 ? 3 : 1;
}

bool is_media(RtmpType type) {
  return type == RtmpType::audio || type == RtmpType::video || type == RtmpType::aggregate;
}

}  // namespace

Result<std::optional<RtmpMessage>> RtmpChunkReader::next(std::span<const uint8_t>& bytes) {
  release();
  for (;;) {
    if (!in_chunk_) {
      if (!take_header(bytes)) return std::nullopt;
      STRIMS_CHECK_OK(begin_chunk());
    }
    std::span<const uint8_t> body;
    const bool complete = take_payload(bytes, body);
    if (!complete) {
      if (in_chunk_) return std::nullopt;
      continue;
    }
    const Stream& stream = streams_[current_];
    const RtmpMessage message{stream.type, stream.timestamp, stream.stream_id, body};
    STRIMS_TRY(const bool obeyed, obey(message));
    if (!obeyed) return message;
  }
}

size_t RtmpChunkReader::held_bytes() const {
  size_t held = done_.capacity();
  for (const Stream& stream : streams_) held += stream.body.capacity();
  return held;
}

// Collects the header of a chunk. How long it is becomes clear from its first bytes.
bool RtmpChunkReader::take_header(std::span<const uint8_t>& bytes) {
  for (size_t size = header_size(); header_size_ < size; size = header_size()) {
    const size_t n = std::min(bytes.size(), size - header_size_);
    if (n == 0) return false;
    std::memcpy(header_ + header_size_, bytes.data(), n);
    header_size_ = static_cast<uint8_t>(header_size_ + n);
    bytes = bytes.subspan(n);
  }
  return true;
}

// As far as the bytes that are there tell.
size_t RtmpChunkReader::header_size() const {
  if (header_size_ == 0) return 1;
  const size_t basic = basic_size(header_[0]);
  if (header_size_ < basic) return basic;
  const uint8_t type = chunk_type(header_[0]);
  const size_t size = basic + kMessageHeader[type];
  if (header_size_ < size) return size;
  bool extended = false;
  if (type == 3) {
    // The specification has it that a type 3 chunk repeats the extended timestamp, and publishers
    // do so.
    const size_t at = find(chunk_stream_id());
    extended = at != kNoStream && streams_[at].extended;
  } else {
    extended = load_be24(header_ + basic) == kNoTime;
  }
  return extended ? size + kExtendedTime : size;
}

uint32_t RtmpChunkReader::chunk_stream_id() const {
  switch (basic_size(header_[0])) {
    case 2:
      return 64U + header_[1];
    case 3:
      return 64U + header_[1] + 256U * header_[2];
    default:
      return header_[0] & 0x3f;
  }
}

size_t RtmpChunkReader::find(uint32_t id) const {
  for (size_t i = 0; i < streams_.size(); ++i)
    if (streams_[i].id == id) return i;
  return kNoStream;
}

Result<void> RtmpChunkReader::begin_chunk() {
  const uint8_t type = chunk_type(header_[0]);
  const uint32_t id = chunk_stream_id();
  current_ = find(id);
  if (current_ == kNoStream) {
    // There are publishers that begin with type 1; types 2 and 3 would have nothing to refer to.
    if (type > 1) return fail(Errc::invalid, "bad_chunk", "a chunk refers to one that never came");
    if (streams_.size() >= limits_.max_chunk_streams)
      return fail(Errc::too_large, "too_many_chunk_streams", "there are too many chunk streams");
    current_ = streams_.size();
    streams_.emplace_back().id = id;
  }
  Stream& stream = streams_[current_];
  if (!stream.open) {
    STRIMS_CHECK_OK(begin_message(stream));
  } else if (type != 3) {
    return fail(Errc::invalid, "bad_chunk", "a message began inside another one");
  }
  header_size_ = 0;
  in_chunk_ = true;
  chunk_left_ = std::min(chunk_size_, static_cast<uint32_t>(stream.length - stream.body.size()));
  // By what the chunk will bring, so that it makes no difference how it is cut.
  if (held_ + chunk_left_ > limits_.max_held)
    return fail(Errc::too_large, "message_too_big", "unfinished messages are too long together");
  return {};
}

// Section 5.3.1.2. A type 3 chunk that begins a message repeats the header before it: after a type
// 0 the delta is the timestamp itself.
Result<void> RtmpChunkReader::begin_message(Stream& stream) {
  const uint8_t type = chunk_type(header_[0]);
  const uint8_t* p = header_ + basic_size(header_[0]);
  if (type <= 2) {
    stream.time_field = load_be24(p);
    stream.extended = stream.time_field == kNoTime;
    if (stream.extended) stream.time_field = load_be32(p + kMessageHeader[type]);
  }
  if (type <= 1) {
    stream.length = load_be24(p + 3);
    stream.type = static_cast<RtmpType>(p[6]);
  }
  if (type == 0) stream.stream_id = load_le32(p + 7);
  stream.timestamp = type == 0 ? stream.time_field : stream.timestamp + stream.time_field;
  if (stream.length > (is_media(stream.type) ? limits_.max_media : limits_.max_other))
    return fail(Errc::too_large, "message_too_big", "a message is too long");
  stream.open = true;
  return {};
}

bool RtmpChunkReader::take_payload(std::span<const uint8_t>& bytes,
                                   std::span<const uint8_t>& body) {
  Stream& stream = streams_[current_];
  const auto part = bytes.first(std::min<size_t>(bytes.size(), chunk_left_));
  bytes = bytes.subspan(part.size());
  chunk_left_ -= static_cast<uint32_t>(part.size());
  in_chunk_ = chunk_left_ > 0;
  if (part.size() == stream.length) {
    body = part;
    stream.open = false;
    return true;
  }
  std::vector<uint8_t>& to = stream.body;
  const size_t size = to.size() + part.size();
  // Doubling, so that long messages are not copied for each chunk, but not past the end.
  if (size > to.capacity())
    to.reserve(std::min<size_t>(stream.length, std::max({size, 2 * to.capacity(), kFirstBody})));
  to.insert(to.end(), part.begin(), part.end());
  held_ += part.size();
  if (size < stream.length) return false;
  held_ -= size;
  done_ = std::exchange(to, {});
  body = done_;
  stream.open = false;
  return true;
}

Result<bool> RtmpChunkReader::obey(const RtmpMessage& message) {
  if (message.type != RtmpType::set_chunk_size && message.type != RtmpType::abort) return false;
  if (message.body.size() < 4)
    return fail(Errc::invalid, "bad_control", "a control message is cut");
  const uint32_t value = load_be32(message.body.data());
  if (message.type == RtmpType::abort) {
    abort(value);
  } else if (value == 0 || value > limits_.max_chunk_size) {
    return fail(Errc::too_large, "chunk_size", "the chunk size is 0 or too large");
  } else {
    chunk_size_ = value;
  }
  return true;
}

// Section 5.4.2: the rest of the message will not come.
void RtmpChunkReader::abort(uint32_t id) {
  const size_t at = find(id);
  if (at == kNoStream) return;
  Stream& stream = streams_[at];
  held_ -= stream.body.size();
  stream.body = std::vector<uint8_t>();
  stream.open = false;
}

}  // namespace strims::media
