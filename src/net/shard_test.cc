#include "net/shard.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <future>

namespace strims::net {
namespace {

TEST(Shards, EachHasItsOwnNamedThread) {
  Shards shards(3);
  EXPECT_EQ(shards.count(), 3u);
  EXPECT_EQ(Shards::current(), -1);
  shards.start();
  for (size_t i = 0; i < 3; ++i) {
    std::promise<std::pair<int, std::string>> who;
    ASSERT_TRUE(shards.post(i, [&] {
      char name[16] = {};
      pthread_getname_np(pthread_self(), name, sizeof name);
      who.set_value({Shards::current(), name});
    }));
    const auto [index, name] = who.get_future().get();
    EXPECT_EQ(index, static_cast<int>(i));
    EXPECT_EQ(name, "shard-" + std::to_string(i));
  }
  shards.stop_and_join();
}

TEST(Shards, TasksTravelBetweenShards) {
  Shards shards(2);
  shards.start();
  std::promise<int> done;
  int hops = 0;  // touched by one shard at a time, handed on by the mailboxes
  std::function<void()> hop = [&] {
    if (++hops == 100) {
      done.set_value(hops);
      return;
    }
    EXPECT_TRUE(shards.post(static_cast<size_t>(1 - Shards::current()), hop));
  };
  ASSERT_TRUE(shards.post(0, hop));
  EXPECT_EQ(done.get_future().get(), 100);
}

TEST(Shards, WhatWasPostedBeforeStopRunsAndLaterPostsAreRefused) {
  Shards shards(1);
  int ran = 0;
  for (int i = 0; i < 5'000; ++i) ASSERT_TRUE(shards.post(0, [&] { ++ran; }));
  shards.start();
  shards.stop_and_join();
  EXPECT_EQ(ran, 5'000);
  EXPECT_FALSE(shards.post(0, [] {}));
  shards.stop_and_join();
}

TEST(Shards, AtLeastOne) {
  EXPECT_EQ(Shards(0).count(), 1u);
}

}  // namespace
}  // namespace strims::net
