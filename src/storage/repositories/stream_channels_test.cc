#include "storage/repositories/stream_channels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "storage/repositories/test_streams.h"

namespace strims::storage {
namespace {

using ::testing::ElementsAre;

class StreamChannels : public StreamsTest {
 protected:
  std::string_view refusal(const NewChannel& channel) {
    const auto made = create_stream_channel(db(), channel);
    return made ? "made" : made.error().reason;
  }
  UserId ada_ = add_user("Ada");
};

TEST_F(StreamChannels, AChannelIsFoundByAllItsNames) {
  const auto made = create_stream_channel(db(), {.slug = "ada",
                                                 .owner = ada_,
                                                 .title = " Hello ",
                                                 .key_hash = "k1",
                                                 .created_at = kStreamStart});
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_GT(made->id, 1) << "1 is the chat's";
  EXPECT_EQ(made->slug, "ada");
  EXPECT_EQ(made->owner, ada_);
  EXPECT_EQ(made->owner_nick, "Ada");
  EXPECT_EQ(made->title, "Hello");
  EXPECT_EQ(made->visibility, Visibility::everybody);
  EXPECT_TRUE(made->record);
  EXPECT_EQ(made->key_changed_at, kStreamStart);
  EXPECT_EQ(made->created_at, kStreamStart);
  EXPECT_EQ((*find_stream_channel(db(), made->id))->slug, "ada");
  EXPECT_EQ((*find_stream_channel_by_slug(db(), "ada"))->id, made->id);
  EXPECT_EQ((*find_stream_channel_by_key(db(), "k1"))->id, made->id);
  EXPECT_FALSE(find_stream_channel_by_slug(db(), "Ada")->has_value());
  EXPECT_FALSE(find_stream_channel_by_slug(db(), "main")->has_value()) << "a room, no stream";
  EXPECT_FALSE(find_stream_channel_by_key(db(), "")->has_value());
  EXPECT_FALSE(find_stream_channel(db(), 1)->has_value());
}

TEST_F(StreamChannels, NamesAreHeldAgainstTheRulesAndTakenOnce) {
  EXPECT_EQ(refusal({.slug = "Ada", .owner = ada_, .key_hash = "k"}), "bad_name");
  EXPECT_EQ(refusal({.slug = "open", .owner = ada_, .key_hash = "k"}), "bad_name");
  EXPECT_EQ(refusal({.slug = "ada", .owner = ada_, .title = "\n", .key_hash = "k"}),
            "bad_metadata");
  EXPECT_EQ(refusal({.slug = "ada", .owner = 99, .key_hash = "k"}), "notfound");
  add_channel("ada", ada_);
  const UserId bo = add_user("Bo");
  EXPECT_EQ(refusal({.slug = "ada", .owner = bo, .key_hash = "k"}), "taken");
  ASSERT_TRUE(delete_user(db(), bo, 1));
  EXPECT_EQ(refusal({.slug = "bo", .owner = bo, .key_hash = "k"}), "notfound");
}

TEST_F(StreamChannels, AnOwnerHasSoManyAndTheyAreListedInOrder) {
  EXPECT_EQ(refusal({.slug = "aa", .owner = ada_, .key_hash = "1", .max_per_owner = 2}), "made");
  EXPECT_EQ(refusal({.slug = "bb", .owner = ada_, .key_hash = "2", .max_per_owner = 2}), "made");
  EXPECT_EQ(refusal({.slug = "cc", .owner = ada_, .key_hash = "3", .max_per_owner = 2}),
            "too_many_channels");
  add_channel("dd", add_user("Bo"));
  const auto slugs = [](const Result<std::vector<Channel>>& channels) {
    std::vector<std::string> out;
    for (const auto& channel : channels.value()) out.push_back(channel.slug);
    return out;
  };
  EXPECT_THAT(slugs(stream_channels_of(db(), ada_)), ElementsAre("aa", "bb"));
  EXPECT_THAT(slugs(list_stream_channels(db())), ElementsAre("aa", "bb", "dd"));
  const auto first = list_stream_channels(db(), 0, 1);
  EXPECT_THAT(slugs(list_stream_channels(db(), first->front().id, 1)), ElementsAre("bb"));
}

TEST_F(StreamChannels, ManyAtOnceGetDifferentNumbers) {
  std::barrier start(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      const auto connection = database_.connect();
      const std::string name = "ch" + std::to_string(i);
      start.arrive_and_wait();
      EXPECT_TRUE(
          create_stream_channel(*connection, {.slug = name, .owner = ada_, .key_hash = name}));
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(stream_channels_of(db(), ada_)->size(), 4U);
}

TEST_F(StreamChannels, OnlyTheNewestKeyFits) {
  const ChannelId id = add_channel("ada", ada_);
  ASSERT_TRUE(rotate_stream_key(db(), id, "new", kStreamStart + 9));
  EXPECT_FALSE(find_stream_channel_by_key(db(), "hash of ada")->has_value());
  const auto found = *find_stream_channel_by_key(db(), "new");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key_changed_at, kStreamStart + 9);
  EXPECT_EQ(*stream_key_hash_of(db(), id), "new");
  EXPECT_EQ(rotate_stream_key(db(), 99, "x", 1).error().reason, "channel");
  EXPECT_EQ(stream_key_hash_of(db(), 99).error().reason, "channel");
  add_channel("bo", ada_);
  EXPECT_EQ(rotate_stream_key(db(), id, "hash of bo", 1).error().code, Errc::conflict)
      << "a key opens one channel";
}

TEST_F(StreamChannels, WhatIsAbsentStaysAsItIs) {
  const ChannelId id = add_channel("ada", ada_);
  const auto changed = update_stream_channel(db(), id,
                                             {.title = "One",
                                              .category = "Games",
                                              .tags = {{"a", "b"}},
                                              .language = "DE",
                                              .mature = true,
                                              .visibility = Visibility::subscribers,
                                              .record = false,
                                              .retention = Retention{7, 8, 9}});
  ASSERT_TRUE(changed) << changed.error().detail;
  ASSERT_TRUE(update_stream_channel(db(), id, {.title = "Two"}));
  const Channel channel = **find_stream_channel(db(), id);
  EXPECT_EQ(channel.title, "Two");
  EXPECT_EQ(channel.category, "Games");
  EXPECT_THAT(channel.tags, ElementsAre("a", "b"));
  EXPECT_EQ(channel.language, "de");
  EXPECT_TRUE(channel.mature);
  EXPECT_EQ(channel.visibility, Visibility::subscribers);
  EXPECT_FALSE(channel.record);
  EXPECT_EQ(channel.retention, (Retention{7, 8, 9}));
  EXPECT_EQ(update_stream_channel(db(), 99, {.title = "x"}).error().reason, "channel");
  EXPECT_EQ(update_stream_channel(db(), id, {.title = "\x01"}).error().reason, "bad_metadata");
}

TEST_F(StreamChannels, ATitleIsTheOpenBroadcastsToo) {
  const ChannelId id = add_channel("ada", ada_);
  ASSERT_TRUE(update_stream_channel(db(), id, {.title = "Before", .tags = {{"t"}}}));
  add_broadcast(50, id, kStreamStart);
  write(step(51, id, BroadcastState::armed, kStreamStart));
  EXPECT_EQ((*find_broadcast(db(), 51))->title, "Before");
  EXPECT_THAT((*find_broadcast(db(), 51))->tags, ElementsAre("t"));
  ASSERT_TRUE(update_stream_channel(db(), id, {.title = "After"}));
  EXPECT_EQ((*find_broadcast(db(), 51))->title, "After");
  EXPECT_EQ((*find_broadcast(db(), 50))->title, "Before") << "what has ended keeps its title";
}

}  // namespace
}  // namespace strims::storage
