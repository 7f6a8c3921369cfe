// The recordings of broadcasts: begun, finished, taken up after a crash.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "obs/log.h"
#include "storage/repositories/broadcasts.h"
#include "storage/repositories/recordings.h"
#include "stream/broadcasts_run.h"
#include "stream/recording_recovery.h"

namespace strims::stream {
namespace {

void update_row(sql::Connection& db, BroadcastId broadcast,
                const storage::RecordingUpdate& update) {
  if (const auto done = storage::update_recording(db, broadcast, update); !done)
    log_failure("recording.row", broadcast, done.error());
}

// "2026/08/<id>", below the root.
std::string folder_of(BroadcastId broadcast) {
  const std::time_t at = id_time(broadcast) / 1'000;
  return fmt::format("{:%Y/%m}/{}", fmt::gmtime(at), broadcast);
}

}  // namespace

bool Broadcasts::start_recording(sql::Connection& db, Run& run, BroadcastId broadcast) {
  const auto begin = [&] {
    return storage::begin_recording(db, broadcast, folder_of(broadcast), clock_.wall_ms());
  };
  auto row = begin();
  if (row && row->state == RecordingState::deleting) {  // of an attempt before this one
    delete_marked(db);
    row = begin();
  }
  const auto done =
      row ? storage::update_recording(db, broadcast, {.state = RecordingState::recording})
          : Result<bool>(std::unexpected(row.error()));
  if (!done) {
    log_failure("recording.row", broadcast, done.error());
    return done.error().code != Errc::unavailable;
  }
  if (!*done) {
    log_failure("recording.row", broadcast,
                {Errc::conflict, "deleting", "what was recorded of it before cannot be unlinked"});
    return true;
  }
  worthless_.erase(broadcast);
  const auto resumed = resumed_.find(broadcast);
  recorder_.begin(broadcast, path_of(row->folder),  // of the process that began it
                  resumed == resumed_.end() ? 1 : resumed->second.next_file);
  // Nobody announces again what is live already.
  if (run.live && run.live->broadcast() == broadcast) run.live->repeat_init();
  obs::log_info("recording.begin",
                {{"channel", run.channel.slug}, {"broadcast", std::to_string(broadcast)}});
  return true;
}

Result<void> Broadcasts::take_up_recordings(sql::Connection& db,
                                            const std::set<BroadcastId>& open) {
  STRIMS_TRY(const auto unfinished, storage::unfinished_recordings(db));
  for (const Recording& recording : unfinished)
    STRIMS_CHECK_OK(take_up(db, recording, open.contains(recording.broadcast)));
  return {};
}

Result<void> Broadcasts::take_up(sql::Connection& db, const Recording& recording, bool goes_on) {
  const BroadcastId id = recording.broadcast;
  const auto files = recover_recording(path_of(recording.folder));
  const RecordedFiles found = files.value_or(RecordedFiles());
  std::string_view lost = found.unreadable ? storage::kUnreadable : std::string_view();
  if (!files && files.error().code != Errc::not_found) {
    log_failure("recording.not_recovered", id, files.error());
    lost = storage::kUnreadable;
  } else if (!files) {
    // A disk that is not there looks like a recording of which nothing came.
    STRIMS_TRY(const auto broadcast, storage::find_broadcast(db, id));
    if (broadcast && broadcast->last_media_at != 0) lost = storage::kMissing;
  }
  obs::log_info("recording.recovered", {{"broadcast", std::to_string(id)},
                                        {"files", static_cast<int64_t>(found.files.size())},
                                        {"seconds", found.duration_us() / 1'000'000},
                                        {"lost", lost}});
  if (!goes_on) {
    finish_recording(db, {id, found.bytes(), found.duration_us(), lost});
    return {};
  }
  const media::PackagerStart end = found.position();
  resumed_[id] = {.start = end,
                  .next_file = found.last_number + 1,
                  .bytes = found.bytes(),
                  .duration_us = found.duration_us(),
                  .last_media_at = end.epoch_ms + end.media_us / 1'000,
                  .lost = lost};
  return {};
}

void Broadcasts::on_recorder(sql::Connection& db, const RecorderEvent& event) {
  switch (event.kind) {
    case RecorderEvent::Kind::finished: {
      if (recorder_.is_recording(event.broadcast)) return;  // it was begun again since
      Finished end{event.broadcast, event.bytes, event.duration_us, {}};
      if (const auto earlier = resumed_.find(event.broadcast); earlier != resumed_.end()) {
        end.lost = earlier->second.lost;
        resumed_.erase(earlier);
      }
      return finish_recording(db, end);
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

void Broadcasts::finish_recording(sql::Connection& db, const Finished& end) {
  if (!save_finished(db, end)) unsaved_.push_back(end);
}

// The files know best, and what an earlier process wrote is among them.
Broadcasts::Finished Broadcasts::look_at(const std::string& folder, Finished end) const {
  const auto all = read_recording(path_of(folder));
  if (!all) {
    if (all.error().code != Errc::not_found) end.lost = storage::kUnreadable;
    return end;
  }
  const bool is_more = all->duration_us() > end.duration_us;
  end.bytes = std::max(end.bytes, all->bytes());
  end.duration_us = std::max(end.duration_us, all->duration_us());
  if (all->unreadable)
    end.lost = storage::kUnreadable;
  else if (is_more || end.lost == storage::kUnreadable)
    end.lost = {};  // it is there again
  return end;
}

// False: the database does not answer.
bool Broadcasts::save_finished(sql::Connection& db, const Finished& told) {
  // It was begun again since, and that will be finished, too.
  if (recorder_.is_recording(told.broadcast)) return true;
  const auto refused = [&](const Error& error) {
    log_failure("recording.row", told.broadcast, error);
    return error.code != Errc::unavailable;
  };
  const auto row = storage::find_recording(db, told.broadcast);
  if (!row) return refused(row.error());
  if (!*row) {
    worthless_.erase(told.broadcast);
    return true;
  }
  const Recording& before = **row;
  const Finished end = look_at(before.folder, told);
  const bool empty = end.duration_us == 0;
  const bool lost = !end.lost.empty();
  // The disk would not take it: its owner is to see that, and why.
  const bool not_taken = empty && before.degraded;
  const bool too_short = !before.pinned && end.duration_us < options_.record_min_ms * 1'000;
  const bool worthless =
      !lost && (worthless_.contains(end.broadcast) || (!not_taken && (empty || too_short)));
  storage::RecordingUpdate update{.state = empty ? RecordingState::failed : RecordingState::ready};
  if (!empty || !lost) {
    update.bytes = static_cast<int64_t>(end.bytes);
    update.duration_ms = end.duration_us / 1'000;
  }
  if (lost) {
    update.reason = std::string(end.lost);
    update.degraded = true;
  } else if (storage::is_lost(before.reason)) {  // and has been found
    update.reason = std::string();
    update.degraded = !before.gaps.empty();
  } else if (empty && !not_taken) {
    update.reason = "empty";
  }
  if (const auto done = storage::update_recording(db, end.broadcast, update); !done)
    return refused(done.error());
  worthless_.erase(end.broadcast);
  obs::log_info("recording.finished", {{"broadcast", std::to_string(end.broadcast)},
                                       {"bytes", static_cast<int64_t>(end.bytes)},
                                       {"seconds", end.duration_us / 1'000'000}});
  if (worthless && mark_deleting(db, end.broadcast)) sweep_at_ = 0;
  return true;
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
  finish_recording(db, {broadcast, earlier.bytes, earlier.duration_us, earlier.lost});
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
