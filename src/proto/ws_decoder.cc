#include "proto/ws_decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/utf8.h"
#include "proto/ws_inflate.h"

namespace strims::proto {
namespace {

constexpr uint8_t kFin = 0x80;
constexpr uint8_t kRsv1 = 0x40;
constexpr uint8_t kRsv23 = 0x30;
constexpr uint8_t kOpcodeBits = 0x0f;
constexpr uint8_t kMasked = 0x80;
constexpr size_t kMaskSize = 4;
constexpr size_t kMaxMessage = size_t{1} << 30;
constexpr size_t kFirstBlock = 512;

std::string_view view(const uint8_t* bytes, size_t n) {
  return {reinterpret_cast<const char*>(bytes), n};
}

bool is_data_start(WsOpcode opcode) {
  return opcode == WsOpcode::text || opcode == WsOpcode::binary;
}

// How many bytes of extended length follow the second byte (RFC 6455 section 5.2).
size_t extended_size(uint8_t second) {
  const uint8_t length = second & 0x7f;
  return length == 127 ? 8 : length == 126 ? 2 : 0;
}

}  // namespace

WsDecoder::WsDecoder(Limits limits, bool deflate)
    : max_message_(static_cast<uint32_t>(std::min(limits.max_message, kMaxMessage))),
      deflate_(deflate) {}

size_t WsDecoder::feed(std::span<uint8_t> bytes, Sink& sink, WsInflater* inflater) {
  size_t pos = 0;
  bool go_on = true;
  while (go_on && pos < bytes.size() && stage_ != Stage::finished) {
    if (stage_ == Stage::header && take_header(bytes, pos, sink) != HeaderResult::ready) break;
    // A frame without payload ends here, even when no byte is left.
    go_on = is_control() ? take_control(bytes, pos, sink) : take_data(bytes, pos, sink, inflater);
  }
  return stage_ == Stage::finished ? bytes.size() : pos;
}

WsDecoder::HeaderResult WsDecoder::take_header(std::span<uint8_t> bytes, size_t& pos, Sink& sink) {
  const auto rest = bytes.subspan(pos);
  size_t length = 0;
  if (header_size_ == 0) {
    const HeaderResult result = parse_header(rest, length, sink);
    if (result == HeaderResult::ready) {
      pos += length;
    } else if (result == HeaderResult::need_more) {
      std::memcpy(header_, rest.data(), rest.size());
      header_size_ = static_cast<uint8_t>(rest.size());
      pos = bytes.size();
    }
    return result;
  }
  // The header was cut: complete it in our own copy.
  const size_t take = std::min(sizeof header_ - header_size_, rest.size());
  std::memcpy(header_ + header_size_, rest.data(), take);
  const HeaderResult result = parse_header({header_, header_size_ + take}, length, sink);
  if (result == HeaderResult::ready) {
    pos += length - header_size_;
    header_size_ = 0;
  } else if (result == HeaderResult::need_more) {
    header_size_ = static_cast<uint8_t>(header_size_ + take);
    pos += take;
  }
  return result;
}

// Reads the header at the start of `bytes`; `length` becomes its size when it is there. Checks each
// field as soon as its bytes are there, so a cut changes nothing about the outcome.
WsDecoder::HeaderResult WsDecoder::parse_header(std::span<const uint8_t> bytes, size_t& length,
                                                Sink& sink) {
  const auto broken = [&](std::string_view why) {
    fail(kCloseProtocolError, why, sink);
    return HeaderResult::failed;
  };
  if (const char* why = check_first(bytes[0])) return broken(why);
  if (bytes.size() < 2) return HeaderResult::need_more;
  if (const char* why = check_second(bytes[0], bytes[1])) return broken(why);
  const size_t extended = extended_size(bytes[1]);
  if (bytes.size() < 2 + extended) return HeaderResult::need_more;

  uint64_t payload = bytes[1] & 0x7f;
  if (extended == 2) {
    payload = load_be16(&bytes[2]);
    if (payload < 126) return broken("frame length is not minimal");
  } else if (extended == 8) {
    payload = load_be64(&bytes[2]);
    if (payload >> 63 != 0) return broken("frame length has the highest bit set");
    if (payload <= 0xffff) return broken("frame length is not minimal");
  }
  const auto opcode = static_cast<WsOpcode>(bytes[0] & kOpcodeBits);
  const bool control = static_cast<uint8_t>(opcode) >= 8;
  const bool compressed = is_data_start(opcode) ? (bytes[0] & kRsv1) != 0 : message_compressed_;
  if (!control && payload > wire_limit(compressed) - size_) {
    fail(kCloseMessageTooBig, "message is too long", sink);
    return HeaderResult::failed;
  }
  length = 2 + extended + kMaskSize;
  if (bytes.size() < length) return HeaderResult::need_more;

  std::memcpy(&key_, &bytes[2 + extended], sizeof key_);
  frame_left_ = static_cast<uint32_t>(payload);
  opcode_ = opcode;
  fin_ = (bytes[0] & kFin) != 0;
  stage_ = Stage::payload;
  if (is_data_start(opcode)) {
    in_message_ = true;
    message_text_ = opcode == WsOpcode::text;
    message_compressed_ = compressed;
    utf8_.reset();
  }
  return HeaderResult::ready;
}

// What is wrong with the first byte of a header, or null.
const char* WsDecoder::check_first(uint8_t first) const {
  const uint8_t code = first & kOpcodeBits;
  const auto opcode = static_cast<WsOpcode>(code);
  if ((code > 2 && code < 8) || code > 10) return "reserved opcode";
  if ((first & kRsv23) != 0) return "reserved bit is set";
  // RFC 7692 section 6: only the first frame of a data message carries the bit.
  if ((first & kRsv1) != 0 && !(deflate_ && is_data_start(opcode))) return "reserved bit is set";
  if (code >= 8) return (first & kFin) == 0 ? "control frame is fragmented" : nullptr;
  if (opcode == WsOpcode::continuation && !in_message_) return "continuation without a message";
  if (is_data_start(opcode) && in_message_) return "new message inside a fragmented one";
  return nullptr;
}

// The same for the second byte.
const char* WsDecoder::check_second(uint8_t first, uint8_t second) const {
  if ((second & kMasked) == 0) return "frame is not masked";
  if ((first & kOpcodeBits) >= 8 && (second & 0x7f) > kMaxControlPayload)
    return "control frame is too long";
  return nullptr;
}

bool WsDecoder::take_control(std::span<uint8_t> bytes, size_t& pos, Sink& sink) {
  const auto rest = bytes.subspan(pos);
  if (control_size_ == 0 && rest.size() >= frame_left_) {
    const size_t n = std::exchange(frame_left_, 0);
    ws_mask(rest.data(), rest.data(), n, key_);
    pos += n;
    stage_ = Stage::header;
    return deliver_control(view(rest.data(), n), sink);
  }
  // Cut: collect it behind the message that it may have interrupted.
  const size_t n = std::min<size_t>(rest.size(), frame_left_);
  if (n == 0) return true;
  const size_t message = in_message_ ? wire_limit(message_compressed_) : 0;
  const size_t at = size_ + control_size_;
  ws_mask(room_for(at, n, message + kMaxControlPayload), rest.data(), n, key_);
  key_ = ws_mask_after(key_, n);
  pos += n;
  control_size_ = static_cast<uint8_t>(control_size_ + n);
  frame_left_ -= static_cast<uint32_t>(n);
  if (frame_left_ > 0) return true;
  stage_ = Stage::header;
  const size_t size = std::exchange(control_size_, uint8_t{0});
  const bool go_on = deliver_control(view(block_.get() + size_, size), sink);
  if (size_ == 0) drop_block();
  return go_on;
}

bool WsDecoder::take_data(std::span<uint8_t> bytes, size_t& pos, Sink& sink, WsInflater* inflater) {
  const auto rest = bytes.subspan(pos);
  if (fin_ && opcode_ != WsOpcode::continuation && size_ == 0 && rest.size() >= frame_left_) {
    const size_t n = std::exchange(frame_left_, 0);
    ws_mask(rest.data(), rest.data(), n, key_);
    pos += n;
    stage_ = Stage::header;
    in_message_ = false;
    return deliver_message(view(rest.data(), n), /*checked=*/false, sink, inflater);
  }
  const size_t n = std::min<size_t>(rest.size(), frame_left_);
  if (n > 0) {
    const size_t ceiling = fin_ ? size_ + frame_left_ : wire_limit(message_compressed_);
    uint8_t* to = room_for(size_, n, ceiling);
    ws_mask(to, rest.data(), n, key_);
    key_ = ws_mask_after(key_, n);
    pos += n;
    size_ += static_cast<uint32_t>(n);
    frame_left_ -= static_cast<uint32_t>(n);
    if (message_text_ && !message_compressed_ && !utf8_.feed(view(to, n)))
      return fail(kCloseInvalidPayload, "text is not UTF-8", sink);
  }
  if (frame_left_ > 0) return true;
  stage_ = Stage::header;
  return fin_ ? deliver_block(sink, inflater) : true;
}

bool WsDecoder::deliver_control(std::string_view payload, Sink& sink) {
  if (opcode_ == WsOpcode::close) return deliver_close(payload, sink);
  return sink.on_event({opcode_ == WsOpcode::ping ? Event::ping : Event::pong, payload, 0});
}

// RFC 6455 sections 5.5.1 and 7.4.
bool WsDecoder::deliver_close(std::string_view payload, Sink& sink) {
  if (payload.empty()) {
    stage_ = Stage::finished;
    sink.on_event({Event::close, {}, kCloseNoStatus});
  } else if (payload.size() == 1) {
    return fail(kCloseProtocolError, "close payload of one byte", sink);
  } else {
    const uint16_t code = load_be16(as_bytes(payload).data());
    const std::string_view reason = payload.substr(2);
    if (!is_wire_close_code(code)) return fail(kCloseProtocolError, "invalid close code", sink);
    if (!valid_utf8(reason)) return fail(kCloseInvalidPayload, "close reason is not UTF-8", sink);
    stage_ = Stage::finished;
    sink.on_event({Event::close, reason, code});
  }
  drop_block();  // last: the reason may lie in it
  return false;
}

// `checked`: the UTF-8 of an uncompressed text has been looked at piece by piece.
bool WsDecoder::deliver_message(std::string_view payload, bool checked, Sink& sink,
                                WsInflater* inflater) {
  if (message_compressed_) {
    if (inflater == nullptr) return fail(kCloseInternalError, "no inflater", sink);
    const auto inflated = inflater->inflate(payload, max_message_);
    if (!inflated) {
      const Errc why = inflated.error().code;
      if (why == Errc::too_large) return fail(kCloseMessageTooBig, "message is too long", sink);
      if (why == Errc::invalid) return fail(kCloseInvalidPayload, "bad compressed data", sink);
      return fail(kCloseInternalError, "cannot inflate", sink);
    }
    payload = *inflated;
    checked = false;
  }
  if (message_text_ && !checked && !valid_utf8(payload))
    return fail(kCloseInvalidPayload, "text is not UTF-8", sink);
  return sink.on_event({message_text_ ? Event::text : Event::binary, payload, 0});
}

bool WsDecoder::deliver_block(Sink& sink, WsInflater* inflater) {
  in_message_ = false;
  if (message_text_ && !message_compressed_ && !utf8_.complete())
    return fail(kCloseInvalidPayload, "text is not UTF-8", sink);
  const auto block = std::move(block_);
  const size_t size = size_;
  drop_block();
  return deliver_message(view(block.get(), size), /*checked=*/true, sink, inflater);
}

bool WsDecoder::fail(uint16_t code, std::string_view why, Sink& sink) {
  stage_ = Stage::finished;
  drop_block();
  sink.on_event({Event::error, why, code});
  return false;
}

// Most payload bytes of one message on the wire. Data that cannot be compressed grows a little, and
// a sender may flush in between; the limit of what comes out is the inflater's.
size_t WsDecoder::wire_limit(bool compressed) const {
  return compressed ? size_t{max_message_} + max_message_ / 8 + 64 : max_message_;
}

// Where `n` bytes at offset `at` of the block can be written. The block doubles with what has
// really arrived, so that many small fragments cost linear time and an announced length costs
// nothing; `ceiling` is the most that may ever be needed.
uint8_t* WsDecoder::room_for(size_t at, size_t n, size_t ceiling) {
  const size_t end = at + n;
  if (end > capacity_) {
    const size_t doubled = std::min(std::max<size_t>(capacity_ * size_t{2}, kFirstBlock), ceiling);
    const size_t capacity = std::max(end, doubled);
    auto larger = std::make_unique_for_overwrite<uint8_t[]>(capacity);
    if (at > 0) std::memcpy(larger.get(), block_.get(), at);
    block_ = std::move(larger);
    capacity_ = static_cast<uint32_t>(capacity);
  }
  return block_.get() + at;
}

void WsDecoder::drop_block() {
  block_.reset();
  capacity_ = 0;
  size_ = 0;
}

}  // namespace strims::proto
