#include "net/mailbox.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace strims::net {
namespace {

TEST(Mailbox, WakesOncePerBatch) {
  Mailbox box(10);
  EXPECT_EQ(box.put([] {}), Mailbox::Put::queued_wake);
  EXPECT_EQ(box.put([] {}), Mailbox::Put::queued);
  EXPECT_EQ(box.run(10), 2u);
  EXPECT_EQ(box.put([] {}), Mailbox::Put::queued_wake);
}

TEST(Mailbox, RefusesWhenFullAndLeavesTheTaskAlone) {
  Mailbox box(2);
  EXPECT_NE(box.put([] {}), Mailbox::Put::refused);
  EXPECT_NE(box.put([] {}), Mailbox::Put::refused);
  bool ran = false;
  Mailbox::Task third = [&] { ran = true; };
  EXPECT_EQ(box.put(std::move(third)), Mailbox::Put::refused);
  third();
  EXPECT_TRUE(ran);
  EXPECT_EQ(box.run(1), 1u);  // what was fetched but has not begun still counts
  EXPECT_NE(box.put([] {}), Mailbox::Put::refused);
  EXPECT_EQ(box.put([] {}), Mailbox::Put::refused);
}

TEST(Mailbox, TasksPutByTasksWaitForTheNextRun) {
  Mailbox box(10);
  int ran = 0;
  std::function<void()> again = [&] {
    ++ran;
    EXPECT_NE(box.put(again), Mailbox::Put::refused);
  };
  EXPECT_NE(box.put(again), Mailbox::Put::refused);
  EXPECT_EQ(box.run(100), 1u);
  EXPECT_EQ(box.run(100), 1u);
  EXPECT_EQ(ran, 2);
  box.close();
  box.drop();
  EXPECT_TRUE(box.empty());
}

TEST(Mailbox, ClosedRefusesButKeepsWhatItHas) {
  Mailbox box(10);
  bool ran = false;
  EXPECT_NE(box.put([&] { ran = true; }), Mailbox::Put::refused);
  box.close();
  EXPECT_EQ(box.put([] {}), Mailbox::Put::refused);
  EXPECT_EQ(box.run(10), 1u);
  EXPECT_TRUE(ran);
}

TEST(Mailbox, KeepsTheOrderOfEachProducerAndLosesNothing) {
  constexpr int kProducers = 4;
  constexpr int kEach = 20'000;
  Mailbox box(1'000);
  std::array<int, kProducers> seen{};
  bool in_order = true;
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&, p] {
      for (int i = 0; i < kEach; ++i) {
        Mailbox::Task task = [&, p, i] { in_order &= seen[static_cast<size_t>(p)]++ == i; };
        while (box.put(std::move(task)) == Mailbox::Put::refused) std::this_thread::yield();
      }
    });
  }
  size_t total = 0;
  while (total < size_t{kProducers} * kEach) {
    EXPECT_LE(box.size(), 1'000u);
    const size_t ran = box.run(128);
    total += ran;
    if (ran == 0) std::this_thread::yield();
  }
  for (auto& producer : producers) producer.join();
  EXPECT_TRUE(in_order);
  EXPECT_EQ(box.run(1), 0u);
  for (const int count : seen) EXPECT_EQ(count, kEach);
}

}  // namespace
}  // namespace strims::net
