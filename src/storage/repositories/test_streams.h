// For tests only: accounts, channels and broadcasts in one line.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "storage/repositories/broadcasts.h"
#include "storage/repositories/stream_channels.h"
#include "storage/repositories/test_database.h"
#include "storage/repositories/users.h"

namespace strims::storage {

inline constexpr TimeMs kStreamStart = 1'760'000'000'000;

class StreamsTest : public ::testing::Test {
 protected:
  sql::Connection& db() { return database_.connection(); }

  UserId add_user(const std::string& nick) {
    NewUser user;
    user.nick = nick;
    user.skeleton = nick;
    user.created_at = kStreamStart;
    const auto made = create_user(db(), user);
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    return made ? made->id : 0;
  }

  ChannelId add_channel(const std::string& slug, UserId owner) {
    const auto made = create_stream_channel(
        db(), {.slug = slug, .owner = owner, .key_hash = "hash of " + slug, .created_at = 5});
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    return made ? made->id : 0;
  }

  // One step after the other, from where the broadcast is.
  Transition step(BroadcastId id, ChannelId channel, BroadcastState to, TimeMs at) {
    const auto found = find_broadcast(db(), id);
    Transition t;
    t.broadcast = id;
    t.channel = channel;
    if (found && *found) {
      t.step = (*found)->steps + 1;
      t.from = (*found)->state;
    } else {
      t.step = 1;
    }
    t.at = at;
    t.to = to;
    t.reason = "test";
    t.session = 7;
    return t;
  }

  void write(const Transition& t) {
    const auto written = write_transition(db(), t);
    ASSERT_TRUE(written) << written.error().detail;
    EXPECT_TRUE(*written);
  }

  // A broadcast that was live from `at` for `length_ms`.
  void add_broadcast(BroadcastId id, ChannelId channel, TimeMs at, int64_t length_ms = 60'000) {
    write(step(id, channel, BroadcastState::starting, at));
    Transition live = step(id, channel, BroadcastState::live, at);
    live.started_at = live.last_media_at = at;
    live.announce = AnnouncementKind::live;
    write(live);
    Transition ended = step(id, channel, BroadcastState::ended, at + length_ms + 60'000);
    ended.last_media_at = at + length_ms;
    ended.end_reason = EndReason::lost;
    write(ended);
  }

  TestDatabase database_;
};

}  // namespace strims::storage
