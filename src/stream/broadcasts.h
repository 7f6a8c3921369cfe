// The owner of all broadcasts: lets publishers in, runs each channel's state machine, and does what
// that decides: rows first, then recording, chat and directory.
//
// One thread at a time, one that may block: the "streams" lane, whose connection to the database
// comes with each call. Everybody else sends his question there, and reads the Directory.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "model/stream.h"
#include "storage/repositories/broadcasts.h"
#include "storage/sql/database.h"
#include "stream/directory.h"
#include "stream/lifecycle.h"
#include "stream/recorder.h"

namespace strims::stream {

struct BroadcastsOptions {
  LifecycleLimits lifecycle;
  media::PackagerOptions packager;
  media::LiveWindow::Options window;
  bool record = true;
  std::string record_root;  // an absolute path; recordings lie below it
  int64_t viewers_interval_ms = 5'000;
  int64_t record_min_ms = 10'000;
  uint64_t disk_floor_bytes = 0;  // below it the oldest recordings go
};

// What goes out; called on the owner's thread, must not block.
struct BroadcastsPorts {
  // To the chat's journal: a system broadcast (text) or a state (fields).
  std::function<void(EntryKind kind, std::string text, std::string fields)> announce;
  // To whoever is in the chat now.
  std::function<void(std::string fields)> show;
  // A publisher's connection is to end.
  std::function<void(SessionId session, EndReason reason)> close_session;
};

struct PublishAsk {
  std::string name;  // of RTMP's publish, with a key in it or beside it
  std::string query;
};

struct Admission {
  SessionId session = 0;
  ChannelId channel = 0;
  std::string slug;
  std::shared_ptr<LiveStream> live;
};

class Broadcasts {
 public:
  Broadcasts(BroadcastsOptions options, const Clock& clock, IdSource& ids, Recorder& recorder,
             Directory& directory, BroadcastsPorts ports);
  ~Broadcasts();

  // Once, before anybody may ask: what an earlier process left is taken up.
  Result<void> restore(sql::Connection& db);

  // Errors: unauthenticated/"bad_key" (also for unknown channels), forbidden/"banned",
  // forbidden/"nopermission" (its owner is no streamer any more), rate_limited/"takeover_storm",
  // rate_limited/"too_many_publishes".
  Result<Admission> publish(sql::Connection& db, const PublishAsk& ask);
  // Whose key that is, when he may publish. Changes nothing. Errors as of publish but the limits.
  Result<Channel> publisher_of(sql::Connection& db, const PublishAsk& ask);
  // Begins a session that an external media server carries, of somebody who was let in before; its
  // viewers are sent to `playback`, and nothing of it is recorded. Errors as of publish.
  Result<SessionId> publish_external(sql::Connection& db, ChannelId channel, std::string playback);
  // Such a session's media has come as far as this; the first time makes it live.
  void external_media(sql::Connection& db, ChannelId channel, SessionId session, TimeMs wall_ms);
  // 0: nobody publishes.
  SessionId current_session(ChannelId channel);

  // The first keyframe of a session is in a part; `wall_ms` is its time.
  void first_part(sql::Connection& db, ChannelId channel, SessionId session, TimeMs wall_ms);
  void session_over(sql::Connection& db, ChannelId channel, SessionId session, Loss how);

  // The owner's word. Errors of all: not_found/"channel"; of arm() also those of publisher_of().
  Result<BroadcastId> arm(sql::Connection& db, ChannelId channel);
  Result<void> end(sql::Connection& db, ChannelId channel, EndReason reason);
  // A channel was made or its row has changed.
  Result<ChannelViewPtr> refresh(sql::Connection& db, ChannelId channel);

  // An account's rights or bans are others now, or it is gone: whoever publishes or watches by them
  // is looked at again at once.
  void account_changed(sql::Connection& db, UserId account);
  // Whether it may watch the channel now; the channel's guest list knows it then. Errors: those of
  // the database.
  Result<bool> look_up_guest(sql::Connection& db, ChannelId channel, UserId account);

  // A picture of a broadcast: the newest one stands for its recording.
  void keep_poster(sql::Connection& db, BroadcastId broadcast, std::string_view jpeg);
  // Unlinks what is marked as being deleted.
  void delete_marked(sql::Connection& db);
  void on_recorder(sql::Connection& db, const RecorderEvent& event);
  // A few times a second.
  void tick(sql::Connection& db);

 private:
  struct Run;  // one channel
  Run* find(ChannelId channel);
  Result<Run*> load(sql::Connection& db, ChannelId channel);
  Run& add(Channel channel);
  Now now() const { return {clock_.mono_ms(), clock_.wall_ms()}; }

  // broadcasts_effects.cc
  void perform(sql::Connection& db, Run& run, Effects effects);
  bool perform_one(sql::Connection& db, Run& run, const Effect& effect);
  void show_state(Run& run, const TellState& told);
  void tell_chat(const Run& run);
  static bool is_hidden(const Run& run);
  // False: the database does not answer.
  bool announce(sql::Connection& db, Run& run, const Announce& announce);
  void tell_waiting(sql::Connection& db, const storage::Announcement& waiting);
  void end_live(Run& run, BroadcastId broadcast);
  void put(Run& run);
  void make_live(Run& run, BroadcastId broadcast, media::PackagerStart start);

  // How far a session of our own has come; false: none runs.
  static bool note_progress(Run& run);

  // broadcasts_people.cc
  static std::unexpected<Error> wrong_key();
  Result<void> check_owner(sql::Connection& db, const Channel& channel);
  void watch_owner(sql::Connection& db, Run& run);
  Result<bool> look_up_guest(sql::Connection& db, Run& run, UserId account);
  void watch_guests(sql::Connection& db, Run& run);
  void count_viewers(sql::Connection& db, Run& run);
  void save_progress(sql::Connection& db, Run& run, BroadcastId broadcast, TimeMs last_media_at);

  // broadcasts_recordings.cc
  std::string path_of(const std::string& folder) const {
    return options_.record_root + "/" + folder;
  }
  // What is on the disk of a recording that is over.
  struct Finished {
    BroadcastId broadcast = 0;
    uint64_t bytes = 0;
    int64_t duration_us = 0;
    // storage::kMissing or kUnreadable; empty: there is no less than there was.
    std::string_view lost;
  };
  // False: the database does not answer.
  bool start_recording(sql::Connection& db, Run& run, BroadcastId broadcast);
  Result<void> take_up_recordings(sql::Connection& db, const std::set<BroadcastId>& open);
  Result<void> take_up(sql::Connection& db, const Recording& recording, bool goes_on);
  // Now, or when the database answers again.
  void finish_recording(sql::Connection& db, const Finished& end);
  bool save_finished(sql::Connection& db, const Finished& told);
  Finished look_at(const std::string& folder, Finished end) const;
  void finish_earlier(sql::Connection& db, BroadcastId broadcast);
  void sweep_recordings(sql::Connection& db);
  void free_disk(sql::Connection& db);

  const BroadcastsOptions options_;
  const Clock& clock_;
  IdSource& ids_;
  Recorder& recorder_;
  Directory& directory_;
  const BroadcastsPorts ports_;
  std::map<ChannelId, std::unique_ptr<Run>> runs_;
  struct Resumed {
    media::PackagerStart start;
    uint32_t next_file = 1;
    uint64_t bytes = 0;
    int64_t duration_us = 0;
    TimeMs last_media_at = 0;
    std::string_view lost;
  };
  std::map<BroadcastId, Resumed> resumed_;  // recordings of an earlier process that may go on
  std::set<BroadcastId> worthless_;         // whose recording is not to be kept
  std::vector<Finished> unsaved_;           // of which the row could not be written yet
  MonoMs sweep_at_ = 0;
};

}  // namespace strims::stream
