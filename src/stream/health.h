// How well a publisher is doing, from samples of what the packager counts.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "stream/live_stream.h"

namespace strims::stream {

struct Health {
  enum class Grade : uint8_t { offline, good, warn, bad } grade = Grade::offline;
  std::vector<std::string> notes;  // sentences for the streamer, the worst first
  double bitrate_kbps = 0;
  double fps = 0;
  double realtime = 0;  // media time by wall time
  double keyframe_seconds = 0;
  int width = 0;
  int height = 0;
  std::string video;  // codec, empty: none
  std::string audio;
};

std::string_view to_string(Health::Grade grade);

// Thread-safe.
class HealthMeter {
 public:
  static constexpr int64_t kWindowMs = 10'000;

  // About once a second while somebody publishes.
  void sample(LiveStream::Numbers numbers, MonoMs now);
  void reset();  // nobody publishes
  Health read() const;

 private:
  struct Sample {
    MonoMs at = 0;
    LiveStream::Numbers numbers;
  };
  mutable std::mutex mutex_;
  std::deque<Sample> samples_;  // of the last kWindowMs and one before
};

}  // namespace strims::stream
