// The line that is shown while a run goes on: written over on a terminal once a second, elsewhere
// every five seconds.
#pragma once

#include <cstdint>
#include <string_view>

namespace strims::stream_load {

class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  bool due(int64_t now_us);
  // After due().
  void show(std::string_view text);
  // Since the line before, at the time of due().
  double seconds() const { return seconds_; }

 private:
  const bool terminal_;
  bool open_line_ = false;
  int64_t shown_us_ = 0;
  double seconds_ = 1;
};

}  // namespace strims::stream_load
