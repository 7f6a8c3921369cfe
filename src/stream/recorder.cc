#include "stream/recorder.h"

#include <sys/statvfs.h>

#include <atomic>
#include <chrono>
#include <filesystem>

#include "obs/log.h"

namespace strims::stream {

// The first ones belong to the mutex, from `next_file` on to the writer thread.
struct Recorder::Recording {
  BroadcastId broadcast = 0;
  std::string folder;
  size_t queued = 0;
  media::Init newest_init;
  bool has_begun = false;             // a part was taken
  bool left_out = false;              // the queue was full, and no keyframe has come since
  std::atomic<bool> refused = false;  // as `failed`, for others to read

  uint32_t next_file = 1;
  media::Init init;  // of the file
  std::unique_ptr<RecordingFile> file;
  uint64_t earlier_bytes = 0;  // of closed files
  int64_t earlier_us = 0;
  uint64_t segment = 0;
  std::chrono::steady_clock::time_point sync_at{};
  bool failed = false;  // the disk refused, and is asked again at retry_at
  std::chrono::steady_clock::time_point retry_at{};

  void close() {
    if (!file) return;
    if (const auto synced = file->sync(); !synced)
      obs::log_warn("recorder.sync_failed", {{"detail", synced.error().detail}});
    earlier_bytes += file->size();
    earlier_us += file->duration_us();
    file.reset();
  }
};

Recorder::Recorder(RecorderLimits limits, std::function<void(RecorderEvent)> listener)
    : limits_(limits), listener_(std::move(listener)), thread_([this] { run(); }) {}

Recorder::~Recorder() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Recorder::begin(BroadcastId broadcast, std::string folder, uint32_t next_file) {
  auto recording = std::make_shared<Recording>();
  recording->broadcast = broadcast;
  recording->folder = std::move(folder);
  recording->next_file = next_file;
  {
    const std::lock_guard lock(mutex_);
    if (!recordings_.try_emplace(broadcast, recording).second) return;
  }
  push({.kind = Job::Kind::begin, .broadcast = broadcast});
}

void Recorder::add_init(BroadcastId broadcast, media::Init init) {
  const std::lock_guard lock(mutex_);
  const auto it = recordings_.find(broadcast);
  if (it != recordings_.end()) it->second->newest_init = std::move(init);
}

bool Recorder::add_part(BroadcastId broadcast, media::Part part) {
  RecorderEvent event{.broadcast = broadcast, .reason = "queue_full", .gap_from = part.wall_ms};
  bool changed = false;
  bool taken = false;
  {
    const std::lock_guard lock(mutex_);
    const auto it = recordings_.find(broadcast);
    if (it == recordings_.end()) return false;
    Recording& recording = *it->second;
    if (!recording.has_begun && (!part.independent || !recording.newest_init.bytes)) return false;
    recording.has_begun = true;
    Job job{.broadcast = broadcast,
            .recording = it->second,
            .init = recording.newest_init,
            .part = std::move(part)};
    taken = recording.queued + job.cost() <= limits_.queue_bytes &&
            // What goes on behind a gap must be playable from there.
            (!recording.left_out || job.part.independent);
    changed = std::exchange(recording.left_out, !taken) == taken;
    if (taken) {
      recording.queued += job.cost();
      jobs_.push_back(std::move(job));
      wake_.notify_one();
    }
  }
  if (!changed) return taken;
  event.kind = taken ? RecorderEvent::Kind::recovered : RecorderEvent::Kind::degraded;
  listener_(std::move(event));
  return taken;
}

bool Recorder::finish(BroadcastId broadcast) {
  return push({.kind = Job::Kind::finish, .broadcast = broadcast});
}

bool Recorder::is_degraded(BroadcastId broadcast) const {
  const std::lock_guard lock(mutex_);
  const auto it = recordings_.find(broadcast);
  return it != recordings_.end() && (it->second->left_out || it->second->refused);
}

bool Recorder::is_recording(BroadcastId broadcast) const {
  const std::lock_guard lock(mutex_);
  return recordings_.contains(broadcast) || finishing_.contains(broadcast);
}

size_t Recorder::queued_bytes(BroadcastId broadcast) const {
  const std::lock_guard lock(mutex_);
  const auto it = recordings_.find(broadcast);
  return it == recordings_.end() ? 0 : it->second->queued;
}

bool Recorder::push(Job job) {
  const std::lock_guard lock(mutex_);
  const auto it = recordings_.find(job.broadcast);
  if (it == recordings_.end()) return false;
  job.recording = it->second;
  // No part comes behind its end.
  if (job.kind == Job::Kind::finish) {
    recordings_.erase(it);
    finishing_.insert(job.broadcast);
  }
  jobs_.push_back(std::move(job));
  wake_.notify_one();
  return true;
}

void Recorder::run() {
  obs::name_thread("recorder");
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    perform(job);
    lock.lock();
    if (job.kind == Job::Kind::part) job.recording->queued -= job.cost();
  }
}

void Recorder::perform(Job& job) {
  Recording& recording = *job.recording;
  switch (job.kind) {
    case Job::Kind::begin:
      return make_folder(recording);
    case Job::Kind::part:
      if (recording.init.bytes != job.init.bytes) recording.close();
      recording.init = std::move(job.init);
      return write(recording, job.part);
    case Job::Kind::finish:
      recording.close();
      {
        const std::lock_guard lock(mutex_);
        finishing_.erase(finishing_.find(job.broadcast));
      }
      return tell(recording, RecorderEvent::Kind::finished);
  }
}

void Recorder::make_folder(const Recording& recording) {
  std::error_code error;
  std::filesystem::create_directories(recording.folder, error);
  if (error) obs::log_error("recorder.folder", {{"detail", error.message()}});
}

// The file that the part belongs into.
Result<void> Recorder::prepare(Recording& recording, const media::Part& part) {
  const bool full = recording.file && part.index == 0 &&
                    (recording.file->size() >= limits_.file_bytes ||
                     recording.file->duration_us() >= limits_.file_us);
  if (full) recording.close();
  if (recording.file) return {};
  if (!recording.init.bytes) return fail(Errc::internal, "no_init", "a part came before its init");
  if (!has_room(recording))
    return fail(Errc::unavailable, "disk_full", "too little space is left on the disk");
  // It is not there when its disk was not.
  if (recording.failed) make_folder(recording);
  auto made = RecordingFile::create(recording.folder, recording.next_file, recording.init);
  // Another run's file is never touched.
  while (!made && made.error().reason == "file_exists")
    made = RecordingFile::create(recording.folder, ++recording.next_file, recording.init);
  if (!made) return std::unexpected(made.error());
  recording.file = std::make_unique<RecordingFile>(std::move(*made));
  ++recording.next_file;
  return {};
}

bool Recorder::has_room(const Recording& recording) const {
  struct statvfs disk{};
  if (::statvfs(recording.folder.c_str(), &disk) != 0) return true;  // the write will tell
  return uint64_t{disk.f_bavail} * disk.f_frsize >= limits_.disk_floor_bytes;
}

void Recorder::write(Recording& recording, const media::Part& part) {
  using std::chrono::steady_clock;
  // What goes on behind a gap must be playable from there.
  if (recording.failed && (!part.independent || steady_clock::now() < recording.retry_at)) return;
  auto done = prepare(recording, part);
  if (done) {
    // Once a segment: what is lost with the power is some seconds, and the disk is left in peace.
    // Not oftener than once a second, whatever a publisher takes for segments.
    const auto now = steady_clock::now();
    if (part.segment != recording.segment && now >= recording.sync_at) {
      recording.sync_at = now + std::chrono::seconds(1);
      if (!has_room(recording))
        done = fail(Errc::unavailable, "disk_full", "too little space is left on the disk");
      else
        done = recording.file->sync();
    }
    recording.segment = part.segment;
  }
  if (done) done = recording.file->append(part);
  if (done) {
    recording.refused = false;
    if (std::exchange(recording.failed, false)) tell(recording, RecorderEvent::Kind::recovered);
    return;
  }
  recording.retry_at = steady_clock::now() + std::chrono::milliseconds(limits_.retry_ms);
  recording.refused = true;
  if (std::exchange(recording.failed, true)) return;
  // The next one that is written does not continue the last: it gets a file of its own.
  recording.close();
  obs::log_error("recorder.refused", {{"broadcast", std::to_string(recording.broadcast)},
                                      {"reason", done.error().reason},
                                      {"detail", done.error().detail}});
  tell(recording, RecorderEvent::Kind::degraded, done.error().reason, part.wall_ms);
}

void Recorder::tell(const Recording& recording, RecorderEvent::Kind kind, std::string_view reason,
                    TimeMs gap_from) const {
  listener_(
      {.broadcast = recording.broadcast,
       .kind = kind,
       .reason = std::string(reason),
       .gap_from = gap_from,
       .bytes = recording.earlier_bytes + (recording.file ? recording.file->size() : 0),
       .duration_us = recording.earlier_us + (recording.file ? recording.file->duration_us() : 0)});
}

}  // namespace strims::stream
