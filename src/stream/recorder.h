// Writes recordings to the disk, on a thread of its own: a slow disk makes nobody wait but itself.
//
// Thread-safe. Bounds: each recording has at most Limits::queue_bytes of parts waiting. What finds
// the queue full is left out, and the recording says so (`degraded`); so is what comes while the
// disk is full. It goes on with a keyframe. The live stream knows nothing of either.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "media/part.h"
#include "model/stream.h"
#include "stream/recording_file.h"

namespace strims::stream {

struct RecorderLimits {
  size_t queue_bytes = 32 * 1024 * 1024;
  uint64_t file_bytes = 1ull << 30;        // then another file is begun
  int64_t file_us = 3'600'000'000;         // likewise
  uint64_t disk_floor_bytes = 5ull << 30;  // free space below which nothing is recorded
  int64_t retry_ms = 5'000;                // after the disk refused
};

struct RecorderEvent {
  enum class Kind : uint8_t {
    degraded,   // parts were left out; `reason`: "queue_full", "disk_full", "write_failed"
    recovered,  // the disk takes parts again
    finished,   // everything is on the disk
  };
  BroadcastId broadcast = 0;
  Kind kind = Kind::finished;
  std::string reason;
  TimeMs gap_from = 0;  // wall clock of the first part that was left out
  uint64_t bytes = 0;   // of the recording so far
  int64_t duration_us = 0;
};

class Recorder {
 public:
  static constexpr size_t kJobBytes = 1024;  // what a part that waits costs besides its bytes

  // `listener` runs on the writer thread, or on that of add_part().
  Recorder(RecorderLimits limits, std::function<void(RecorderEvent)> listener);
  // Writes what waits, at most for some seconds.
  ~Recorder();

  // Parts of this broadcast are kept from now on, in `folder`, which is made when it is not there.
  // `next_file`: the number of the first file that is not there yet.
  void begin(BroadcastId broadcast, std::string folder, uint32_t next_file = 1);
  // Of the parts that follow. Nothing is written before one of them comes.
  void add_init(BroadcastId broadcast, media::Init init);
  // False: left out, because too much waits, nobody has begun, or nothing was kept yet and this
  // part does not begin with a keyframe.
  bool add_part(BroadcastId broadcast, media::Part part);
  // `finished` is told once everything is on the disk; then the broadcast is forgotten. False:
  // nobody has begun it here, and nothing is told.
  bool finish(BroadcastId broadcast);
  // It was begun, and `finished` was not told of all of it yet.
  bool is_recording(BroadcastId broadcast) const;

  size_t queued_bytes(BroadcastId broadcast) const;
  // Parts are being left out now.
  bool is_degraded(BroadcastId broadcast) const;

 private:
  struct Recording;
  struct Job {
    enum class Kind : uint8_t { begin, part, finish } kind = Kind::part;
    BroadcastId broadcast = 0;
    std::shared_ptr<Recording> recording;
    media::Init init;  // what the part stands behind
    media::Part part;
    size_t cost() const { return kJobBytes + (part.bytes ? part.bytes->size() : 0); }
  };
  bool push(Job job);  // false: its recording is not one of ours
  void run();
  void perform(Job& job);
  static void make_folder(const Recording& recording);
  void write(Recording& recording, const media::Part& part);
  Result<void> prepare(Recording& recording, const media::Part& part);
  bool has_room(const Recording& recording) const;
  void tell(const Recording& recording, RecorderEvent::Kind kind, std::string_view reason = {},
            TimeMs gap_from = 0) const;

  const RecorderLimits limits_;
  const std::function<void(RecorderEvent)> listener_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::map<BroadcastId, std::shared_ptr<Recording>> recordings_;
  std::multiset<BroadcastId> finishing_;  // asked to finish, and not done
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace strims::stream
