#include "media/live_window.h"

#include <algorithm>
#include <utility>

namespace strims::media {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
// How far ahead a request may name a segment (RFC 8216bis section 6.2.5.2).
constexpr uint64_t kMaxAhead = 2;
// A playlist is at least so many target durations long (section 6.2.2).
constexpr int64_t kMinTargetDurations = 3;

int64_t bits_per_second(size_t bytes, int64_t duration_us) {
  return duration_us > 0 ? static_cast<int64_t>(bytes) * 8 * kSecondUs / duration_us : 0;
}

}  // namespace

LiveWindow::LiveWindow(Options options)
    : options_(std::move(options)),
      discontinuity_sequence_(options_.discontinuities),
      target_duration_s_(options_.target_duration_s) {}

void LiveWindow::add(const Init& init) {
  inits_.push_back(init);
  ++version_;
}

void LiveWindow::add(const Part& part) {
  ++version_;
  state_ = State::live;
  if (!segments_.empty() && segments_.back().number != part.segment) complete_last();
  if (segments_.empty() || segments_.back().complete) {
    // Numbers in a playlist have no gaps. The packager makes none; should one come, what is before
    // it is given up.
    if (!segments_.empty() && segments_.back().number + 1 != part.segment)
      slide_to(segments_.size());
    segments_.push_back({.number = part.segment,
                         .init = part.init,
                         .wall_ms = part.wall_ms,
                         .discontinuity = part.discontinuity});
  }
  Segment& segment = segments_.back();
  segment.duration_us += part.duration_us;
  segment.bytes += part.bytes->size();
  segment.parts.push_back(part);
  if (part.ends_segment) complete_last();
}

void LiveWindow::set_state(State state) {
  if (state == state_) return;
  ++version_;
  state_ = state;
  if (state != State::live) complete_last();
}

void LiveWindow::complete_last() {
  if (segments_.empty() || segments_.back().complete) return;
  Segment& last = segments_.back();
  last.complete = true;
  // Rounded, as the standard compares it.
  const auto seconds = static_cast<int>((last.duration_us + kSecondUs / 2) / kSecondUs);
  target_duration_s_ = std::max(target_duration_s_, seconds);

  slide_to(first_to_list());
}

size_t LiveWindow::first_to_list() const {
  int64_t listed_us = 0;
  size_t bytes = 0;
  for (const Segment& segment : listed()) {
    listed_us += segment.duration_us;
    bytes += segment.bytes;
  }
  size_t first = first_listed_;
  for (; first + 1 < segments_.size(); ++first) {
    listed_us -= segments_[first].duration_us;
    const bool long_enough = listed_us >= kMinTargetDurations * target_duration_s_ * kSecondUs;
    const bool enough = segments_.size() - first > options_.segments && long_enough;
    if (!enough && bytes <= options_.max_bytes) break;
    bytes -= segments_[first].bytes;
  }
  return first;
}

void LiveWindow::slide_to(size_t first) {
  for (; first_listed_ < first; ++first_listed_)
    if (segments_[first_listed_].discontinuity) ++discontinuity_sequence_;
  // Behind a gap nothing older is worth keeping.
  const size_t keep = first == segments_.size() ? 0 : options_.behind;
  if (first_listed_ <= keep) return;
  const size_t old = first_listed_ - keep;
  segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(old));
  first_listed_ = keep;
  if (segments_.empty()) return;
  std::erase_if(inits_, [this](const Init& i) { return i.number < segments_.front().init; });
}

const LiveWindow::Segment* LiveWindow::find(uint64_t msn) const {
  if (segments_.empty() || msn < segments_.front().number) return nullptr;
  const uint64_t at = msn - segments_.front().number;
  return at < segments_.size() ? &segments_[static_cast<size_t>(at)] : nullptr;
}

LiveWindow::Wait LiveWindow::playlist_wait(uint64_t msn, std::optional<uint32_t> part) const {
  if (state_ != State::live) return Wait::ready;
  if (segments_.empty()) return Wait::hold;
  const Segment& last = segments_.back();
  if (msn < last.number) return Wait::ready;
  if (msn - last.number > kMaxAhead) return Wait::too_far;
  if (msn > last.number) return Wait::hold;
  if (!part) return last.complete ? Wait::ready : Wait::hold;
  // A part that its segment did not come to have is the first one of the next.
  return *part < last.parts.size() ? Wait::ready : Wait::hold;
}

LiveWindow::Wait LiveWindow::part_wait(uint64_t msn, uint32_t index) const {
  if (part(msn, index)) return Wait::ready;
  if (state_ != State::live || segments_.empty()) return Wait::gone;
  const Segment& last = segments_.back();
  const bool hinted = last.complete ? msn == last.number + 1 && index == 0
                                    : msn == last.number && index == last.parts.size();
  return hinted ? Wait::hold : Wait::gone;
}

const Init* LiveWindow::init(uint32_t number) const {
  const auto found = std::ranges::find(inits_, number, &Init::number);
  return found == inits_.end() ? nullptr : &*found;
}

SharedBytes LiveWindow::part(uint64_t msn, uint32_t index) const {
  const Segment* segment = find(msn);
  return segment && index < segment->parts.size() ? segment->parts[index].bytes : nullptr;
}

const Part* LiveWindow::newest_independent_part() const {
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment)
    for (auto part = segment->parts.rbegin(); part != segment->parts.rend(); ++part)
      if (part->independent) return &*part;
  return nullptr;
}

std::vector<SharedBytes> LiveWindow::segment(uint64_t msn) const {
  std::vector<SharedBytes> bytes;
  const Segment* segment = find(msn);
  if (!segment || !segment->complete) return bytes;
  for (const Part& part : segment->parts) bytes.push_back(part.bytes);
  return bytes;
}

std::span<const LiveWindow::Segment> LiveWindow::listed() const {
  return std::span(segments_).subspan(first_listed_);
}

uint64_t LiveWindow::peak_bandwidth() const {
  int64_t peak = 0;
  for (const Segment& segment : listed()) {
    // What was cut short by the end of a session holds little more than a keyframe.
    if (segment.duration_us < kSecondUs && listed().size() > 1) continue;
    peak = std::max(peak, bits_per_second(segment.bytes, segment.duration_us));
  }
  return static_cast<uint64_t>(std::max(peak, static_cast<int64_t>(average_bandwidth())));
}

uint64_t LiveWindow::average_bandwidth() const {
  size_t bytes = 0;
  int64_t duration_us = 0;
  for (const Segment& segment : listed()) {
    bytes += segment.bytes;
    duration_us += segment.duration_us;
  }
  return static_cast<uint64_t>(bits_per_second(bytes, duration_us));
}

}  // namespace strims::media
