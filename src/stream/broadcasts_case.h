// For tests only: the owner of the broadcasts over a real database and a real recorder, with a
// publisher made by hand and a clock that stands still.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <filesystem>

#include "base/secret_hash.h"
#include "media/media_testing.h"
#include "storage/database_case.h"
#include "storage/repositories/broadcasts.h"
#include "storage/repositories/recordings.h"
#include "storage/repositories/stream_channels.h"
#include "storage/repositories/users.h"
#include "stream/broadcasts.h"
#include "stream/stream_key.h"

namespace strims::stream {

class BroadcastsCase : public ::testing::Test {
 protected:
  BroadcastsCase() {
    owner_ = storage::create_user(*db_, {.nick = "Ada",
                                         .skeleton = "ada",
                                         .password_hash = {},
                                         .created_at = 1,
                                         .role = Role::streamer,
                                         .features = {}})
                 ->id;
    channel_ = storage::create_stream_channel(*db_, {.slug = "ada",
                                                     .owner = owner_,
                                                     .title = {},
                                                     .key_hash = secret_hash(key_),
                                                     .created_at = 1})
                   ->id;
    db_->set_lock_timeout(1);
    start();
  }

  // As a new process finds what is there.
  void start() {
    broadcasts_.reset();
    recorder_.reset();
    directory_ = std::make_unique<Directory>();
    recorder_ = std::make_unique<Recorder>(RecorderLimits{.disk_floor_bytes = 0},
                                           [this](RecorderEvent event) {
                                             const std::lock_guard lock(mutex_);
                                             events_.push_back(std::move(event));
                                             told_.notify_all();
                                           });
    BroadcastsOptions options;
    options.record_root = root_;
    options.record_min_ms = 0;
    broadcasts_ = std::make_unique<Broadcasts>(
        options, clock_, ids_, *recorder_, *directory_,
        BroadcastsPorts{
            .announce =
                [this](EntryKind kind, std::string text, std::string) {
                  if (kind == EntryKind::broadcast) said_.push_back(std::move(text));
                },
            .show = [](std::string) {},
            .close_session = [this](SessionId, EndReason why) { closed_.push_back(why); }});
    const auto restored = broadcasts_->restore(*db_);
    ASSERT_TRUE(restored) << restored.error().detail;
  }

  // Somebody publishes, and nothing has come of him yet.
  void publish() {
    auto admitted = broadcasts_->publish(*db_, {key_, {}});
    ASSERT_TRUE(admitted) << admitted.error().detail;
    session_ = std::move(*admitted);
    at_ms_ = 0;
    session_.live->declare_tracks(session_.session, true, false);
    push(media::testing::video_config_tag(media::testing::avc_record(media::testing::sps())));
  }
  // So much video, ten frames a second and a keyframe every second.
  void send(int64_t ms) {
    for (const int64_t end = at_ms_ + ms; at_ms_ < end; at_ms_ += 100) {
      const auto began = push(media::testing::video_tag(at_ms_ % 1'000 == 0));
      if (began && *began) broadcasts_->first_part(*db_, channel_, session_.session, **began);
      clock_.advance(100);
    }
    broadcasts_->tick(*db_);
  }
  Result<std::optional<TimeMs>> push(const std::string& body) {
    return session_.live->push(
        session_.session, {media::TagKind::video, static_cast<uint32_t>(at_ms_), as_bytes(body)},
        clock_.wall_ms());
  }
  void leave(Loss how = Loss::stopped) {
    session_.live->end_session(session_.session);
    broadcasts_->session_over(*db_, channel_, session_.session, how);
  }
  void end() { ASSERT_TRUE(broadcasts_->end(*db_, channel_, EndReason::stopped)); }
  void later(int64_t ms) {
    clock_.advance(ms);
    broadcasts_->tick(*db_);
  }
  // Waits for the recorder to be done with a recording, and tells the owner.
  void recorded() {
    std::unique_lock lock(mutex_);
    while (true) {
      told_.wait(lock, [this] { return !events_.empty(); });
      const RecorderEvent event = std::move(events_.front());
      events_.pop_front();
      lock.unlock();
      broadcasts_->on_recorder(*db_, event);
      if (event.kind == RecorderEvent::Kind::finished) return;
      lock.lock();
    }
  }

  // The process ends, and the disk of the recordings is not there for the next one.
  void take_disk_away() {
    recorder_.reset();  // everything is on it
    std::filesystem::rename(root_, away_);
  }
  // It is there for another one; what was written in its place is gone.
  void bring_disk_back() {
    recorder_.reset();
    std::filesystem::remove_all(root_);
    std::filesystem::rename(away_, root_);
    start();
  }

  ChannelViewPtr view() const { return directory_->find("ada"); }
  // Gone: none.
  std::optional<Recording> recording(BroadcastId id) { return *storage::find_recording(*db_, id); }
  void change(const ChannelUpdate& update) {
    ASSERT_TRUE(storage::update_stream_channel(*db_, channel_, update));
    ASSERT_TRUE(broadcasts_->refresh(*db_, channel_));
  }

  // While this lives nothing can be written to the database.
  class Outage {
   public:
    explicit Outage(BroadcastsCase& of) : other_(storage::connect(*of.database_)) {
      EXPECT_TRUE(other_->begin());
    }
    ~Outage() { other_->rollback(); }
    Outage(const Outage&) = delete;
    Outage& operator=(const Outage&) = delete;

   private:
    std::unique_ptr<sql::Connection> other_;
  };

  storage::TempFolder folder_;
  const std::string root_ = folder_.file("rec"), away_ = folder_.file("away");
  ManualClock clock_;
  IdSource ids_{clock_};
  std::unique_ptr<sql::Database> database_ = storage::database_cases()[0].open(folder_);
  std::unique_ptr<sql::Connection> db_ = storage::connect_migrated(*database_);
  const std::string key_ = make_stream_key();
  UserId owner_ = 0;
  ChannelId channel_ = 0;
  std::vector<std::string> said_;  // in the chat
  std::vector<EndReason> closed_;
  std::unique_ptr<Directory> directory_;
  std::unique_ptr<Broadcasts> broadcasts_;
  Admission session_;
  int64_t at_ms_ = 0;

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::deque<RecorderEvent> events_;

 protected:
  std::unique_ptr<Recorder> recorder_;  // ends before what its listener writes to
};

}  // namespace strims::stream
