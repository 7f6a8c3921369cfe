#include "stream/health.h"

#include <fmt/format.h>

#include <algorithm>

namespace strims::stream {
namespace {

constexpr double kSlow = 0.95;  // of realtime
constexpr double kTooSlow = 0.8;
constexpr double kTooLongKeyframes = 9;  // seconds

class Judge {
 public:
  explicit Judge(Health& health) : health_(health) { health_.grade = Health::Grade::good; }
  void note(bool bad, std::string sentence) {
    if (bad) {
      health_.notes.insert(health_.notes.begin(), std::move(sentence));
      health_.grade = Health::Grade::bad;
    } else {
      health_.notes.push_back(std::move(sentence));
      health_.grade = std::max(health_.grade, Health::Grade::warn);
    }
  }

 private:
  Health& health_;
};

std::string sentence(std::string note) {
  if (note[0] >= 'a' && note[0] <= 'z') note[0] -= 'a' - 'A';
  return note.ends_with('.') ? note : note + ".";
}

// "avc1.64001f,mp4a.40.2" in its two halves.
void split_codecs(const std::string& codecs, Health& health) {
  const size_t comma = codecs.find(',');
  const std::string first = codecs.substr(0, comma);
  (first.starts_with("avc") ? health.video : health.audio) = first;
  if (comma != std::string::npos) health.audio = codecs.substr(comma + 1);
}

}  // namespace

std::string_view to_string(Health::Grade grade) {
  switch (grade) {
    case Health::Grade::offline:
      return "offline";
    case Health::Grade::good:
      return "good";
    case Health::Grade::warn:
      return "warn";
    case Health::Grade::bad:
      return "bad";
  }
  return "offline";
}

void HealthMeter::sample(LiveStream::Numbers numbers, MonoMs now) {
  const std::lock_guard lock(mutex_);
  // Another session counts anew.
  if (!samples_.empty() && samples_.back().numbers.packager.sessions != numbers.packager.sessions)
    samples_.clear();
  samples_.push_back({now, std::move(numbers)});
  while (samples_.size() > 2 && now - samples_[1].at >= kWindowMs) samples_.pop_front();
}

void HealthMeter::reset() {
  const std::lock_guard lock(mutex_);
  samples_.clear();
}

Health HealthMeter::read() const {
  const std::lock_guard lock(mutex_);
  Health health;
  if (samples_.empty()) return health;
  Judge judge(health);
  const LiveStream::Numbers& last = samples_.back().numbers;
  health.width = last.width;
  health.height = last.height;
  health.keyframe_seconds = static_cast<double>(last.packager.keyframe_interval_ms) / 1e3;
  if (!last.codecs.empty()) split_codecs(last.codecs, health);
  for (const std::string& note : last.notes) judge.note(false, sentence(note));
  const Sample& first = samples_.front();
  const double seconds = static_cast<double>(samples_.back().at - first.at) / 1e3;
  if (seconds >= 1) {
    const media::PackagerStats& before = first.numbers.packager;
    const media::PackagerStats& after = last.packager;
    health.bitrate_kbps = static_cast<double>(after.bytes - before.bytes) * 8 / 1e3 / seconds;
    health.fps = static_cast<double>(after.video_frames - before.video_frames) / seconds;
    health.realtime =
        static_cast<double>(after.session_media_ms - before.session_media_ms) / 1e3 / seconds;
  }
  // Parts come half a second at a time, so short windows say little.
  if (seconds >= 5 && health.realtime < kSlow)
    judge.note(health.realtime < kTooSlow,
               fmt::format("The upload brings {:.0f} % of realtime: lower the bitrate or look at "
                           "the connection.",
                           health.realtime * 100));
  // What the packager says of it is a warning; this is no good to anybody who wants to join.
  if (health.keyframe_seconds > kTooLongKeyframes) health.grade = Health::Grade::bad;
  return health;
}

}  // namespace strims::stream
