#include "media/start_buffer.h"

#include <algorithm>

#include "base/bytes.h"

namespace strims::media {
namespace {

// Four seconds at the largest bit rate that is let in.
constexpr size_t kMaxBytes = 16 << 20;
constexpr size_t kMaxUnits = 4096;
// Audio ahead of the keyframe that is awaited belongs to it; what is older than this does not. Also
// longer than the wait for a header, so that audio which turns out to be alone loses nothing.
constexpr int64_t kAudioAheadMs = 2'000;

}  // namespace

size_t StartBuffer::add(const Unit& unit) {
  if (!first_ms_) first_ms_ = newest_ms_ = unit.time_ms;
  newest_ms_ = std::max(newest_ms_, unit.time_ms);
  if ((unit.video && !unit.keyframe && !has_keyframe_) || full_) return 1;
  size_t dropped = 0;
  if (total_ + unit.data.size() > kMaxBytes || units_.size() == kMaxUnits) {
    if (has_keyframe_) {
      full_ = true;
      return 1;
    }
    dropped = clear();
  }
  has_keyframe_ = has_keyframe_ || unit.video;
  bytes_.emplace_back(as_text(unit.data));
  total_ += unit.data.size();
  units_.push_back(unit);
  units_.back().data = as_bytes(bytes_.back());
  return has_keyframe_ ? dropped : dropped + prune();
}

size_t StartBuffer::prune() {
  size_t old = 0;
  for (; units_.front().time_ms < newest_ms_ - kAudioAheadMs; ++old) {
    total_ -= bytes_.front().size();
    units_.pop_front();
    bytes_.pop_front();
    if (units_.empty()) return old + 1;
  }
  return old;
}

const Unit* StartBuffer::anchor(bool with_video) const {
  const auto found = std::ranges::find_if(
      units_, [with_video](const Unit& unit) { return !with_video || unit.video; });
  return found == units_.end() ? nullptr : &*found;
}

size_t StartBuffer::clear() {
  const size_t count = units_.size();
  units_.clear();
  bytes_.clear();
  total_ = 0;
  has_keyframe_ = full_ = false;
  return count;
}

size_t StartBuffer::reset() {
  first_ms_.reset();
  return clear();
}

}  // namespace strims::media
