// The small queues: private frames of a connection, tasks between shards, work for the home shard.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "hub/home_inbox.h"
#include "hub/outbox.h"
#include "hub/private_queue.h"

namespace strims::hub {
namespace {

bool never() {
  return false;
}

Bytes bytes(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

TEST(PrivateQueue, RemembersWhereEachFrameBelongs) {
  PrivateQueue queue;
  queue.push(bytes("one"), {10, 4});
  queue.push(bytes("two"), {10, 4});
  queue.push(bytes("three"), {25, 9});
  ASSERT_EQ(queue.count(), 3U);
  EXPECT_EQ(*queue[0].bytes, "one");
  EXPECT_EQ(queue[1].at.in(Encoding::plain), 10U);
  EXPECT_EQ(queue[2].at.in(Encoding::deflated), 9U);
  EXPECT_EQ(queue.size(), 11U);
}

TEST(PrivateQueue, ForgetsPingsThatHaveNotBegun) {
  PrivateQueue queue;
  queue.push(bytes("\x89pi"), {10, 4});
  queue.push(bytes("one"), {10, 4});
  queue.push(bytes("\x89ng"), {25, 9});
  queue.advance(1);
  queue.drop_pings();
  ASSERT_EQ(queue.count(), 2U) << "the one that has begun stays";
  EXPECT_EQ(queue.size(), 5U);
  EXPECT_EQ(*queue[1].bytes, "one");
}

TEST(PrivateQueue, AdvancesByteByByte) {
  PrivateQueue queue;
  queue.push(bytes("abc"), {10, 4});
  queue.push(bytes("d"), {10, 4});
  queue.advance(2);
  EXPECT_EQ(queue.offset(), 2U);
  EXPECT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue.count(), 2U);
  queue.advance(1);
  EXPECT_EQ(queue.offset(), 0U);
  EXPECT_EQ(*queue[0].bytes, "d");
  queue.advance(1);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.size(), 0U);
}

TEST(PrivateQueue, TheWelcomeDoesNotCount) {
  PrivateQueue queue;
  queue.push(bytes("a long welcome"), {10, 4}, false);
  queue.push(bytes("hi"), {10, 4});
  EXPECT_EQ(queue.size(), 2U);
  queue.advance(5);
  EXPECT_EQ(queue.size(), 2U);
  queue.advance(9);
  queue.advance(2);
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_TRUE(queue.empty());
}

TEST(Outbox, PostsATurnsTasksAsOneInOrder) {
  net::Shards shards(1);
  Outbox outbox(shards, 0);
  EXPECT_FALSE(outbox.flush()) << "nothing to do";
  std::string order;
  for (char c = 'a'; c <= 'e'; ++c) outbox.add([&order, c] { order += c; });
  EXPECT_EQ(outbox.size(), 5U);
  EXPECT_FALSE(outbox.flush());
  EXPECT_EQ(outbox.size(), 0U);
  EXPECT_EQ(shards.reactor(0).mailbox_size(), 1U);
  EXPECT_EQ(order, "");
  shards.reactor(0).run_once(0);
  EXPECT_EQ(order, "abcde");
}

TEST(Outbox, WaitsWhileTheMailboxIsFull) {
  net::Shards shards(1);
  net::Reactor& reactor = shards.reactor(0);
  Outbox outbox(shards, 0);
  while (reactor.post([] {})) {
  }
  std::string order;
  outbox.add([&] { order += 'a'; });
  EXPECT_TRUE(outbox.flush()) << "to be tried again";
  outbox.add([&] { order += 'b'; });
  EXPECT_TRUE(outbox.flush());
  EXPECT_EQ(outbox.size(), 2U);
  while (reactor.mailbox_size() > 0) reactor.run_once(0);
  EXPECT_FALSE(outbox.flush());
  reactor.run_once(0);
  EXPECT_EQ(order, "ab");
}

TEST(Outbox, RunsAtOnceForItsOwnShard) {
  net::Shards shards(1);
  Outbox outbox(shards, 0);
  std::string order;
  std::atomic<bool> done{false};
  shards.start();
  ASSERT_TRUE(shards.post(0, [&] {
    outbox.add([&] {
      order += 'a';
      outbox.add([&] { order += 'b'; });  // what follows from it waits for the next turn
    });
    order += outbox.flush() ? '+' : '-';
    order += outbox.flush() ? '+' : '-';
    done = true;
    done.notify_all();
  }));
  done.wait(false);
  shards.stop_and_join();
  EXPECT_EQ(order, "a+b-");
}

TEST(HomeInbox, RunsWhatCameInOrder) {
  net::Reactor home;
  HomeInbox inbox(home);
  std::string order;
  for (char c = 'a'; c <= 'c'; ++c) inbox.push([&order, c] { order += c; });
  EXPECT_EQ(home.mailbox_size(), 1U) << "woken once";
  inbox.drain(never);
  EXPECT_EQ(order, "abc");
  inbox.drain(never);
  EXPECT_EQ(order, "abc");
}

TEST(HomeInbox, WhatIsPushedWhileItRunsComesInTheNextTurn) {
  net::Reactor home;
  HomeInbox inbox(home);
  std::string order;
  inbox.push([&] {
    order += 'a';
    inbox.push([&] { order += 'b'; });
  });
  inbox.drain(never);
  EXPECT_EQ(order, "a");
  EXPECT_EQ(home.mailbox_size(), 2U) << "and the loop will wake for it";
  inbox.drain(never);
  EXPECT_EQ(order, "ab");
}

TEST(HomeInbox, ManyAtOnceKeepTheirPlaceAmongTheOthers) {
  net::Reactor home;
  HomeInbox inbox(home);
  std::string order;
  const auto tasks = [&](std::string_view letters) {
    std::vector<HomeInbox::Task> out;
    for (const char c : letters) out.emplace_back([&order, c] { order += c; });
    return out;
  };
  inbox.push_all(tasks("ab"));
  inbox.push([&] { order += 'c'; });
  inbox.push_all(tasks("de"));
  EXPECT_EQ(home.mailbox_size(), 1U) << "woken once";
  inbox.drain(never);
  EXPECT_EQ(order, "abcde");
}

TEST(HomeInbox, StopsWhenItIsToldAndGoesOnInOrder) {
  net::Reactor home;
  HomeInbox inbox(home);
  std::string order;
  for (char c = 'a'; c <= 'd'; ++c) inbox.push([&order, c] { order += c; });
  EXPECT_TRUE(inbox.drain([&] { return order.size() == 2; }));
  EXPECT_EQ(order, "ab");
  inbox.push([&] { order += 'e'; });
  EXPECT_TRUE(inbox.drain(never)) << "there is one more, and nobody will wake the loop for it";
  EXPECT_EQ(order, "abcd");
  EXPECT_FALSE(inbox.drain(never));
  EXPECT_EQ(order, "abcde");
}

TEST(HomeInbox, ManyThreadsLoseNothingAndKeepTheirOrder) {
  net::Reactor home;
  HomeInbox inbox(home);
  home.set_idle_hook([&] { return inbox.drain(never); });
  constexpr int kThreads = 4, kEach = 5000;
  std::vector<int> next(kThreads, 0);
  int total = 0;
  bool in_order = true;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i)
        inbox.push([&, t, i] {
          in_order &= next[static_cast<size_t>(t)]++ == i;
          ++total;
        });
    });
  while (total < kThreads * kEach) home.run_once(1000);
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(in_order);
  EXPECT_EQ(total, kThreads * kEach);
}

}  // namespace
}  // namespace strims::hub
