// The recordings of broadcasts: begun, finished, taken up after a crash, given up in time.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/statvfs.h>

#include <ctime>
#include <filesystem>
#include <fstream>

#include "obs/log.h"
#include "storage/repositories/recordings.h"
#include "stream/broadcasts_run.h"
#include "stream/recording_recovery.h"

namespace strims::stream {
namespace {

constexpr int64_t kSweepMs = 60'000;

void log_failure(std::string_view what, BroadcastId broadcast, const Error& error) {
  obs::log_error(what, {{"broadcast", std::to_string(broadcast)},
                        {"reason", error.reason},
                        {"detail", error.detail}});
}

void update_row(sql::Connection& db, BroadcastId broadcast,
                const storage::RecordingUpdate& update) {
  if (const auto done = storage::update_recording(db, broadcast, update); !done)
    log_failure("recording.row", broadcast, done.error());
}

bool mark_deleting(sql::Connection& db, BroadcastId broadcast) {
  const auto marked = storage::mark_deleting(db, broadcast);
  if (!marked) log_failure("recording.not_deleted", broadcast, marked.error());
  return marked.has_value();
}

// "2026/08/<id>", below the root.
std::string folder_of(BroadcastId broadcast) {
  const std::time_t at = id_time(broadcast) / 1'000;
  return fmt::format("{:%Y/%m}/{}", fmt::gmtime(at), broadcast);
}

}  // namespace

void Broadcasts::start_recording(sql::Connection& db, Run& run, BroadcastId broadcast) {
  std::string folder = folder_of(broadcast);
  const auto row = storage::begin_recording(db, broadcast, folder, clock_.wall_ms());
  if (row) {
    folder = row->folder;  // of the process that began it
    update_row(db, broadcast, {.state = RecordingState::recording});
  } else {
    log_failure("recording.row", broadcast, row.error());
  }
  const auto resumed = resumed_.find(broadcast);
  recorder_.begin(broadcast, path_of(folder),
                  resumed == resumed_.end() ? 1 : resumed->second.next_file);
  obs::log_info("recording.begin",
                {{"channel", run.channel.slug}, {"broadcast", std::to_string(broadcast)}});
}

Result<void> Broadcasts::take_up_recordings(sql::Connection& db,
                                            const std::set<BroadcastId>& open) {
  STRIMS_TRY(const auto unfinished, storage::unfinished_recordings(db));
  for (const Recording& recording : unfinished) {
    const BroadcastId id = recording.broadcast;
    const auto files = recover_recording(path_of(recording.folder));
    if (!files && files.error().reason != "recording") {
      log_failure("recording.not_recovered", id, files.error());
      continue;
    }
    const RecordedFiles found = files.value_or(RecordedFiles());
    obs::log_info("recording.recovered", {{"broadcast", std::to_string(id)},
                                          {"files", static_cast<int64_t>(found.files.size())},
                                          {"seconds", found.duration_us() / 1'000'000}});
    if (open.contains(id)) {
      const media::PackagerStart end = found.position();
      resumed_[id] = {.start = end,
                      .next_file = found.last_number + 1,
                      .bytes = found.bytes(),
                      .duration_us = found.duration_us(),
                      .last_media_at = end.epoch_ms + end.media_us / 1'000};
    } else {
      finish_recording(db, id, found.bytes(), found.duration_us());
    }
  }
  return {};
}

void Broadcasts::on_recorder(sql::Connection& db, const RecorderEvent& event) {
  switch (event.kind) {
    case RecorderEvent::Kind::finished: {
      uint64_t bytes = event.bytes;
      int64_t duration_us = event.duration_us;
      if (resumed_.erase(event.broadcast) > 0) {
        // What an earlier process wrote belongs to it, too.
        const auto row = storage::find_recording(db, event.broadcast);
        if (row && *row) {
          if (const auto all = read_recording(path_of((*row)->folder))) {
            bytes = all->bytes();
            duration_us = all->duration_us();
          }
        }
      }
      return finish_recording(db, event.broadcast, bytes, duration_us);
    }
    case RecorderEvent::Kind::degraded: {
      auto row = storage::find_recording(db, event.broadcast);
      std::vector<RecordingGap> gaps = row && *row ? (*row)->gaps : std::vector<RecordingGap>();
      gaps.push_back({.from = event.gap_from, .to = 0});
      return update_row(db, event.broadcast,
                        {.reason = event.reason, .degraded = true, .gaps = std::move(gaps)});
    }
    case RecorderEvent::Kind::recovered: {
      auto row = storage::find_recording(db, event.broadcast);
      if (!row || !*row || (*row)->gaps.empty()) return;
      (*row)->gaps.back().to = clock_.wall_ms();
      return update_row(db, event.broadcast, {.gaps = (*row)->gaps});
    }
  }
}

void Broadcasts::finish_recording(sql::Connection& db, BroadcastId broadcast, uint64_t bytes,
                                  int64_t duration_us) {
  const bool empty = duration_us == 0;
  const auto row = storage::find_recording(db, broadcast);
  // The disk would not take it: its owner is to see that, and why.
  const bool lost = empty && row && *row && (*row)->degraded;
  const bool worthless = worthless_.erase(broadcast) > 0 ||
                         (!lost && (empty || duration_us < options_.record_min_ms * 1'000));
  const auto done = storage::update_recording(
      db, broadcast,
      {.state = empty ? RecordingState::failed : RecordingState::ready,
       .reason = empty && !lost ? std::optional<std::string>("empty") : std::nullopt,
       .bytes = static_cast<int64_t>(bytes),
       .duration_ms = duration_us / 1'000});
  if (!done) return log_failure("recording.row", broadcast, done.error());
  obs::log_info("recording.finished", {{"broadcast", std::to_string(broadcast)},
                                       {"bytes", static_cast<int64_t>(bytes)},
                                       {"seconds", duration_us / 1'000'000}});
  if (worthless && mark_deleting(db, broadcast)) sweep_at_ = 0;
}

// Nobody came back to continue what an earlier process had recorded.
void Broadcasts::finish_earlier(sql::Connection& db, BroadcastId broadcast) {
  const auto it = resumed_.find(broadcast);
  if (it == resumed_.end()) {  // it was never recorded
    worthless_.erase(broadcast);
    return;
  }
  const Resumed earlier = it->second;
  resumed_.erase(it);
  finish_recording(db, broadcast, earlier.bytes, earlier.duration_us);
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

void Broadcasts::keep_poster(sql::Connection& db, BroadcastId broadcast, std::string_view jpeg) {
  const auto row = storage::find_recording(db, broadcast);
  if (!row || !*row || (*row)->state != RecordingState::recording) return;
  const std::string path = path_of((*row)->folder) + "/" + kPosterName;
  {
    std::ofstream out(path + ".tmp", std::ios::binary | std::ios::trunc);
    out.write(jpeg.data(), static_cast<std::streamsize>(jpeg.size()));
    if (!out.flush()) return;
  }
  std::error_code error;
  std::filesystem::rename(path + ".tmp", path, error);
  if (error || (*row)->poster) return;
  update_row(db, broadcast, {.poster = true});
}

}  // namespace strims::stream
