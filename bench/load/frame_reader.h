// Frames from a server, without trusting it: the tool's own parser, so that a fault in the server's
// framing cannot hide in shared code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace strims::load {

struct FrameHead {
  uint8_t opcode = 0;
  bool fin = false;
  bool compressed = false;  // RSV1
  size_t head = 0;          // bytes of the header
  uint64_t payload = 0;     // bytes behind it

  bool control() const { return opcode >= 8; }
};

enum class HeadStatus : uint8_t { ok, incomplete, broken };

// Reads one header; `size` may be less than it needs. Broken: masked, RSV2 or RSV3, a fragmented or
// long control frame, a length that is not the shortest form or above 64 MiB.
HeadStatus read_head(const uint8_t* bytes, size_t size, FrameHead& head);

// Hands over each whole frame: `on_frame(const FrameHead&, std::string_view payload)` returns false
// to stop for good.
class WholeFrames {
 public:
  // False when the stream broke or the callback stopped.
  template <class OnFrame>
  bool feed(std::string_view bytes, OnFrame&& on_frame) {
    if (rest_.empty()) {
      const size_t used = walk(bytes, on_frame);
      if (used == kBroken) return false;
      rest_.assign(bytes.substr(used));
      return true;
    }
    rest_ += bytes;
    if (rest_.size() < wanted_) return true;
    const size_t used = walk(rest_, on_frame);
    if (used == kBroken) return false;
    rest_.erase(0, used);
    if (rest_.empty()) rest_.shrink_to_fit();
    return true;
  }
  void clear() { rest_.clear(); }

 private:
  static constexpr size_t kBroken = SIZE_MAX;

  template <class OnFrame>
  size_t walk(std::string_view bytes, OnFrame&& on_frame) {
    size_t at = 0;
    wanted_ = 0;
    while (at < bytes.size()) {
      FrameHead head;
      const auto* data = reinterpret_cast<const uint8_t*>(bytes.data()) + at;
      const HeadStatus status = read_head(data, bytes.size() - at, head);
      if (status == HeadStatus::broken) return kBroken;
      if (status == HeadStatus::incomplete) break;
      if (bytes.size() - at < head.head + head.payload) {
        wanted_ = head.head + static_cast<size_t>(head.payload);
        break;
      }
      if (!on_frame(head, bytes.substr(at + head.head, static_cast<size_t>(head.payload))))
        return kBroken;
      at += head.head + static_cast<size_t>(head.payload);
    }
    return at;
  }

  std::string rest_;
  size_t wanted_ = 0;  // bytes that the frame at the front of rest_ needs, when known
};

// Looks at the headers alone and skips the payload of data frames; control frames are handed over
// whole.
class FrameHeads {
 public:
  // on_data(const FrameHead&) at each data frame's header, on_control(const FrameHead&,
  // std::string_view). False when the stream broke or on_control stopped.
  template <class OnData, class OnControl>
  bool feed(std::string_view bytes, OnData&& on_data, OnControl&& on_control) {
    if (skip_ >= bytes.size()) {
      skip_ -= bytes.size();
      return true;
    }
    bytes.remove_prefix(static_cast<size_t>(skip_));
    skip_ = 0;
    if (partial_.empty()) return walk(bytes, on_data, on_control);
    std::string joined = std::move(partial_);
    partial_.clear();
    joined += bytes;
    return walk(joined, on_data, on_control);
  }
  bool between_frames() const { return skip_ == 0 && partial_.empty(); }
  void clear() {
    skip_ = 0;
    partial_.clear();
  }

 private:
  template <class OnData, class OnControl>
  bool walk(std::string_view bytes, OnData&& on_data, OnControl&& on_control) {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    const size_t size = bytes.size();
    for (size_t at = 0; at < size;) {
      FrameHead head;
      const HeadStatus status = read_head(data + at, size - at, head);
      if (status == HeadStatus::broken) return false;
      if (status == HeadStatus::incomplete) {
        partial_.assign(bytes.substr(at));
        return true;
      }
      const size_t left = size - at - head.head;
      if (head.control()) {
        if (left < head.payload) {
          partial_.assign(bytes.substr(at));
          return true;
        }
        if (!on_control(head, bytes.substr(at + head.head, static_cast<size_t>(head.payload))))
          return false;
      } else {
        on_data(head);
        if (left < head.payload) {
          skip_ = head.payload - left;
          return true;
        }
      }
      at += head.head + static_cast<size_t>(head.payload);
    }
    return true;
  }

  uint64_t skip_ = 0;    // payload bytes still to come of a data frame
  std::string partial_;  // a header, or a control frame, that is not complete
};

inline HeadStatus read_head(const uint8_t* bytes, size_t size, FrameHead& head) {
  if (size < 2) return HeadStatus::incomplete;
  head.opcode = bytes[0] & 0x0f;
  head.fin = (bytes[0] & 0x80) != 0;
  head.compressed = (bytes[0] & 0x40) != 0;
  head.head = 2;
  head.payload = bytes[1];
  if ((bytes[0] & 0x30) != 0 || (bytes[1] & 0x80) != 0) return HeadStatus::broken;
  if (head.opcode > 10 || (head.opcode > 2 && head.opcode < 8)) return HeadStatus::broken;
  if (head.control() && (!head.fin || head.payload > 125)) return HeadStatus::broken;
  if (head.payload < 126) return HeadStatus::ok;
  if (head.payload == 126) {
    if (size < 4) return HeadStatus::incomplete;
    head.head = 4;
    head.payload = uint64_t{bytes[2]} << 8 | bytes[3];
    return head.payload < 126 ? HeadStatus::broken : HeadStatus::ok;
  }
  if (size < 10) return HeadStatus::incomplete;
  head.head = 10;
  head.payload = 0;
  for (int i = 2; i < 10; ++i) head.payload = head.payload << 8 | bytes[i];
  return head.payload <= 0xffff || head.payload > (64u << 20) ? HeadStatus::broken : HeadStatus::ok;
}

}  // namespace strims::load
