// Pictures of what is live, made by ffmpeg in a sandbox on a thread of its own, one at a time. A
// server without ffmpeg has no pictures and lacks nothing else.
//
// Thread-safe. Bound: the newest picture of each live channel.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/error.h"
#include "stream/directory.h"

namespace strims::stream {

struct ThumbnailOptions {
  std::string ffmpeg = "ffmpeg";
  bool require_sandbox = false;
  int64_t first_ms = 2'000;     // after the start of the broadcast
  int64_t watched_ms = 20'000;  // between two, while somebody looks
  int64_t unwatched_ms = 120'000;
  int64_t interest_ms = 60'000;  // so long somebody who looked counts
};

class Thumbnails {
 public:
  // `taken` is told each picture, on the thread. The directory outlives this.
  Thumbnails(ThumbnailOptions options, const Clock& clock, const Directory& directory,
             std::function<void(BroadcastId, const media::SharedBytes&)> taken);
  ~Thumbnails();

  // No further ones; those that are there stay. Waits for the one under way.
  void stop();
  void looked_at(const std::string& slug);
  media::SharedBytes picture(const std::string& slug) const;

 private:
  struct Subject {
    BroadcastId broadcast = 0;
    MonoMs due = 0;
    MonoMs looked_at = INT64_MIN / 2;
    media::SharedBytes picture;
  };
  void run();
  // The live channel whose picture is most overdue.
  ChannelViewPtr next(MonoMs now);
  Result<std::string> take(const LiveStream& live) const;

  const ThumbnailOptions options_;
  const Clock& clock_;
  const Directory& directory_;
  const std::function<void(BroadcastId, const media::SharedBytes&)> taken_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Subject> subjects_;  // live channels
  bool stopping_ = false;
  bool complained_ = false;  // the thread's
  std::thread thread_;
};

}  // namespace strims::stream
