// Recordings are given up in time, or to make room, and their files unlinked.
#include <sys/statvfs.h>

#include <filesystem>

#include "obs/log.h"
#include "storage/repositories/recordings.h"
#include "stream/broadcasts_run.h"

namespace strims::stream {
namespace {

constexpr int64_t kSweepMs = 60'000;

}  // namespace

void log_failure(std::string_view what, BroadcastId broadcast, const Error& error) {
  obs::log_error(what, {{"broadcast", std::to_string(broadcast)},
                        {"reason", error.reason},
                        {"detail", error.detail}});
}

bool mark_deleting(sql::Connection& db, BroadcastId broadcast) {
  const auto marked = storage::mark_deleting(db, broadcast);
  if (!marked) log_failure("recording.not_deleted", broadcast, marked.error());
  return marked.has_value();
}

// Marked first, unlinked, then forgotten: a crash between them loses no file.
void Broadcasts::sweep_recordings(sql::Connection& db) {
  if (clock_.mono_ms() < sweep_at_) return;
  sweep_at_ = clock_.mono_ms() + kSweepMs;
  if (const auto expired =
          storage::expired_recordings(db, clock_.wall_ms(), options_.record_min_ms)) {
    for (const storage::Deletable& each : *expired) {
      obs::log_info("recording.expired",
                    {{"broadcast", std::to_string(each.broadcast)}, {"why", each.why}});
      mark_deleting(db, each.broadcast);
    }
  }
  free_disk(db);
  delete_marked(db);
}

// Before the disk is full the oldest recordings that nobody has pinned make room, a few at a time.
void Broadcasts::free_disk(sql::Connection& db) {
  struct statvfs disk{};
  if (::statvfs(options_.record_root.c_str(), &disk) != 0) return;
  uint64_t free = uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free >= options_.disk_floor_bytes) return;
  const auto oldest = storage::oldest_recordings(db);
  if (!oldest) return;
  for (const storage::Deletable& each : *oldest) {
    if (free >= options_.disk_floor_bytes) return;
    obs::log_warn("recording.expired",
                  {{"broadcast", std::to_string(each.broadcast)}, {"why", "disk"}});
    if (mark_deleting(db, each.broadcast)) free += static_cast<uint64_t>(each.bytes);
  }
}

void Broadcasts::delete_marked(sql::Connection& db) {
  const auto marked = storage::recordings_to_delete(db);
  if (!marked) return;
  for (const storage::Deletable& each : *marked) {
    std::error_code error;
    if (!each.folder.empty()) std::filesystem::remove_all(path_of(each.folder), error);
    if (error) {
      obs::log_error("recording.not_deleted", {{"detail", error.message()}});
      continue;
    }
    if (const auto gone = storage::remove_recording(db, each.broadcast); !gone)
      log_failure("recording.not_deleted", each.broadcast, gone.error());
  }
}

}  // namespace strims::stream
