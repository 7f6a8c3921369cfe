#include "media/box_reader.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/bytes.h"
#include "media/moof_reader.h"

namespace strims::media {
namespace {

// Read at a time: a `prft`, a `moof` of half a second and the head of `mdat` fit.
constexpr size_t kChunk = 4096;
constexpr size_t kLongHead = 16;

// What may stand between fragments; a name that nobody knows is more likely damage.
constexpr std::array<std::string_view, 5> kPassedOver = {"styp", "sidx", "free", "skip", "emsg"};

}  // namespace

BoxReader::BoxReader(uint64_t file_size) : file_size_(file_size), wanted_(kLongHead) {}

std::optional<BoxReader::Want> BoxReader::want() const {
  if (wanted_ == 0 || at_ >= file_size_) return std::nullopt;
  const size_t length = std::max(wanted_, kChunk);
  return Want{at_, static_cast<size_t>(std::min(uint64_t{length}, file_size_ - at_))};
}

void BoxReader::give(std::span<const uint8_t> bytes) {
  const auto expected = want();
  if (!expected) return;
  wanted_ = 0;
  bytes = bytes.first(std::min(bytes.size(), expected->length));
  if (bytes.size() < expected->length) file_size_ = at_ + bytes.size();
  while (!bytes.empty()) {
    const auto head = parse_box_head(bytes);
    if (!head) {
      // No head, or one that the end of `bytes` cuts off and the next look shows whole.
      if (bytes.size() < kLongHead && at_ + bytes.size() < file_size_) wanted_ = kLongHead;
      return;
    }
    if (head->size > file_size_ - at_) return;
    const bool needs_body = head->type == "moov" || head->type == "moof" || head->type == "prft";
    if (needs_body && head->size > bytes.size()) {
      if (head->size <= kMaxWant) wanted_ = static_cast<size_t>(head->size);
      return;
    }
    const auto body =
        needs_body ? bytes.subspan(head->length, static_cast<size_t>(head->size) - head->length)
                   : std::span<const uint8_t>();
    if (!take(head->type, body, head->size - head->length, at_ + head->size)) return;
    at_ += head->size;
    if (head->size >= bytes.size()) break;
    bytes = bytes.subspan(static_cast<size_t>(head->size));
  }
  wanted_ = kLongHead;
}

bool BoxReader::take(std::string_view type, std::span<const uint8_t> body, uint64_t body_size,
                     uint64_t end) {
  if (init_length_ == 0) {
    if (type == "ftyp") {
      has_ftyp_ = true;
      return at_ == 0;
    }
    if (type != "moov" || !has_ftyp_) return false;
    tracks_ = parse_moov(body);
    if (tracks_.empty()) return false;
    init_length_ = valid_length_ = end;
    return true;
  }
  if (type == "prft") {
    wall_ms_ = parse_prft(body);
    return true;
  }
  if (type == "moof") {
    if (moof_) return false;
    moof_ = parse_moof(body, tracks_);
    return moof_.has_value();
  }
  if (type == "mdat") return take_fragment(body_size, end);
  return std::ranges::find(kPassedOver, type) != kPassedOver.end();
}

bool BoxReader::take_fragment(uint64_t data_size, uint64_t end) {
  if (!moof_ || moof_->data_size != data_size) return false;
  fragments_.push_back({.offset = valid_length_,
                        .length = end - valid_length_,
                        .start_us = moof_->start_us,
                        .duration_us = moof_->duration_us,
                        .wall_ms = wall_ms_,
                        .keyframe = moof_->keyframe});
  valid_length_ = end;
  moof_.reset();
  wall_ms_ = 0;
  return true;
}

}  // namespace strims::media
