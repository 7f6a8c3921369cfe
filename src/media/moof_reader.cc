#include "media/moof_reader.h"

#include <algorithm>
#include <limits>

#include "base/bytes.h"
#include "media/fragment_flags.h"

namespace strims::media {
namespace {

constexpr uint32_t kSampleIsNotSync = 0x10000;

// tf_flags (section 8.8.7).
constexpr uint32_t kBaseDataOffset = 0x1;
constexpr uint32_t kDescriptionIndex = 0x2;
constexpr uint32_t kDefaultDuration = 0x8;
constexpr uint32_t kDefaultSize = 0x10;
constexpr uint32_t kDefaultFlags = 0x20;

// Fields in a row. Reading past the end gives zeros and is remembered.
class Fields {
 public:
  explicit Fields(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  uint32_t u32() {
    const auto p = take(4);
    return p.empty() ? 0 : load_be32(p.data());
  }
  uint64_t u64() {
    const auto p = take(8);
    return p.empty() ? 0 : load_be64(p.data());
  }
  void skip(size_t n) { take(n); }
  size_t left() const { return bytes_.size(); }
  bool ok() const { return ok_; }

 private:
  std::span<const uint8_t> take(size_t n) {
    if (bytes_.size() < n) {
      ok_ = false;
      bytes_ = {};
      return {};
    }
    const auto taken = bytes_.first(n);
    bytes_ = bytes_.subspan(n);
    return taken;
  }

  std::span<const uint8_t> bytes_;
  bool ok_ = true;
};

// The bodies of a box's children, by callback; stops at one that is not whole.
template <class Take>
void for_children(std::span<const uint8_t> body, Take take) {
  while (const auto head = parse_box_head(body)) {
    if (head->size > body.size()) return;
    const auto size = static_cast<size_t>(head->size);
    take(head->type, body.subspan(head->length, size - head->length));
    body = body.subspan(size);
  }
}

// tkhd and mdhd have times of 32 or 64 bits by their version; behind them is what is asked for.
uint32_t behind_times(std::span<const uint8_t> body) {
  Fields in(body);
  const uint32_t version = in.u32() >> 24;
  in.skip(version == 1 ? 16 : 8);
  return in.u32();
}

FileTrack parse_trak(std::span<const uint8_t> body, bool& known) {
  FileTrack track;
  for_children(body, [&](std::string_view type, std::span<const uint8_t> child) {
    if (type == "tkhd") track.id = behind_times(child);
    if (type != "mdia") return;
    for_children(child, [&](std::string_view inner, std::span<const uint8_t> box) {
      if (inner == "mdhd") track.timescale = behind_times(box);
      if (inner != "hdlr" || box.size() < 12) return;
      const std::string_view handler = as_text(box.subspan(8, 4));
      track.video = handler == "vide";
      known = track.video || handler == "soun";
    });
  });
  return track;
}

// Nothing when it is beyond 292,000 years.
std::optional<int64_t> to_us(uint64_t ticks, uint32_t timescale) {
  constexpr uint64_t kSecond = 1'000'000;
  const uint64_t seconds = ticks / timescale;
  if (seconds >= std::numeric_limits<int64_t>::max() / kSecond) return std::nullopt;
  return static_cast<int64_t>(seconds * kSecond + ticks % timescale * kSecond / timescale);
}

struct Run {
  const FileTrack* track = nullptr;
  uint64_t decode_time = 0;
  uint64_t duration = 0;  // ticks
  uint64_t data_size = 0;
  uint32_t samples = 0;
  uint32_t default_duration = 0;
  uint32_t default_size = 0;
  uint32_t default_flags = kSampleIsNotSync;
  bool sync = false;  // the first sample is
};

bool read_tfhd(Fields in, std::span<const FileTrack> tracks, Run& run) {
  const uint32_t flags = in.u32() & 0xffffff;
  const uint32_t id = in.u32();
  if (flags & kBaseDataOffset) in.skip(8);
  if (flags & kDescriptionIndex) in.skip(4);
  if (flags & kDefaultDuration) run.default_duration = in.u32();
  if (flags & kDefaultSize) run.default_size = in.u32();
  if (flags & kDefaultFlags) run.default_flags = in.u32();
  const auto track = std::ranges::find(tracks, id, &FileTrack::id);
  if (track != tracks.end()) run.track = &*track;
  return in.ok();
}

bool read_trun(Fields in, Run& run) {
  const uint32_t flags = in.u32() & 0xffffff;
  const uint32_t count = in.u32();
  uint32_t first_flags = run.default_flags;
  if (flags & kDataOffset) in.skip(4);
  if (flags & kFirstSampleFlags) first_flags = in.u32();
  size_t entry = 0;
  for (const uint32_t field : {kDurations, kSizes, kFlags, kCompositionOffsets})
    if (flags & field) entry += 4;
  // A count that its entries do not hold would keep us busy for nothing.
  if (!in.ok() || entry == 0 || count > in.left() / entry) return false;
  for (uint32_t i = 0; i < count; ++i) {
    run.duration += flags & kDurations ? in.u32() : run.default_duration;
    run.data_size += flags & kSizes ? in.u32() : run.default_size;
    const uint32_t sample_flags = flags & kFlags ? in.u32() : run.default_flags;
    if (flags & kCompositionOffsets) in.skip(4);
    if (i > 0 || run.samples > 0) continue;
    run.sync = ((flags & kFirstSampleFlags ? first_flags : sample_flags) & kSampleIsNotSync) == 0;
  }
  run.samples += count;
  return true;
}

// Nothing when it is not right.
std::optional<Run> parse_traf(std::span<const uint8_t> body, std::span<const FileTrack> tracks) {
  Run run;
  bool right = true;
  for_children(body, [&](std::string_view type, std::span<const uint8_t> box) {
    Fields in(box);
    if (type == "tfhd") right = right && read_tfhd(in, tracks, run);
    if (type == "trun") right = right && read_trun(in, run);
    if (type != "tfdt") return;
    const uint32_t version = in.u32() >> 24;
    run.decode_time = version == 1 ? in.u64() : in.u32();
    right = right && in.ok();
  });
  if (!right) return std::nullopt;
  return run;
}

}  // namespace

std::optional<BoxHead> parse_box_head(std::span<const uint8_t> bytes) {
  if (bytes.size() < 8) return std::nullopt;
  BoxHead head{as_text(bytes.subspan(4, 4)), load_be32(bytes.data()), 8};
  if (head.size == 1) {
    if (bytes.size() < 16) return std::nullopt;
    head.size = load_be64(bytes.data() + 8);
    head.length = 16;
  }
  if (head.size < head.length) return std::nullopt;
  return head;
}

std::vector<FileTrack> parse_moov(std::span<const uint8_t> body) {
  std::vector<FileTrack> tracks;
  for_children(body, [&](std::string_view type, std::span<const uint8_t> box) {
    if (type != "trak") return;
    bool known = false;
    const FileTrack track = parse_trak(box, known);
    if (known && track.timescale > 0) tracks.push_back(track);
  });
  return tracks;
}

TimeMs parse_prft(std::span<const uint8_t> body) {
  Fields in(body);
  in.skip(8);  // version and flags, reference track
  const uint32_t seconds = in.u32();
  const uint64_t fraction = in.u32();
  if (!in.ok()) return 0;
  // NTP's seconds wrap in 2036; nothing was recorded before 1970.
  const uint64_t since_1900 = seconds < kNtpEpoch ? seconds + (uint64_t{1} << 32) : seconds;
  return static_cast<TimeMs>((since_1900 - kNtpEpoch) * 1000 +
                             ((fraction * 1000 + (uint64_t{1} << 31)) >> 32));
}

std::optional<MoofSummary> parse_moof(std::span<const uint8_t> body,
                                      std::span<const FileTrack> tracks) {
  const Run* main = nullptr;
  std::vector<Run> runs;
  bool right = true;
  for_children(body, [&](std::string_view type, std::span<const uint8_t> box) {
    if (type != "traf") return;
    auto run = parse_traf(box, tracks);
    right = right && run.has_value();
    if (run) runs.push_back(*run);
  });
  MoofSummary summary;
  for (const Run& run : runs) {
    summary.data_size += run.data_size;
    if (!run.track || run.samples == 0) continue;
    if (!main || (run.track->video && !main->track->video)) main = &run;
  }
  if (!right || !main) return std::nullopt;
  const auto start = to_us(main->decode_time, main->track->timescale);
  const auto end = to_us(main->decode_time + main->duration, main->track->timescale);
  if (!start || !end || *end < *start) return std::nullopt;
  summary.start_us = *start;
  summary.duration_us = *end - *start;
  const bool file_has_video = std::ranges::any_of(tracks, &FileTrack::video);
  summary.keyframe = file_has_video ? main->track->video && main->sync : true;
  return summary;
}

}  // namespace strims::media
