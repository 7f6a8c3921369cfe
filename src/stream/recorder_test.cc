#include "stream/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <latch>

#include "storage/database_case.h"

namespace strims::stream {
namespace {

using storage::TempFolder;

media::SharedBytes bytes(size_t size, char fill) {
  return std::make_shared<const std::string>(size, fill);
}

media::Init init(uint32_t number, size_t size = 700) {
  return {.number = number, .bytes = bytes(size, 'i'), .codecs = "avc1.64001f"};
}

media::Part part(uint64_t segment, uint32_t index, size_t size = 1'000) {
  media::Part made;
  made.segment = segment;
  made.index = index;
  made.start_us = static_cast<int64_t>(segment * 2'000'000 + index * 500'000);
  made.duration_us = 500'000;
  made.wall_ms = 1'760'000'000'000 + made.start_us / 1'000;
  made.independent = index == 0;
  made.bytes = bytes(size, static_cast<char>('a' + segment));
  return made;
}

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class RecorderTest : public ::testing::Test {
 protected:
  RecorderTest() { limits_.disk_floor_bytes = 0; }
  void start() {
    recorder_ = std::make_unique<Recorder>(limits_, [this](RecorderEvent event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
      told_.notify_all();
    });
  }
  // The event after those that were awaited before.
  RecorderEvent next() {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [&] { return events_.size() > seen_; });
    return events_[seen_++];
  }
  std::string file(const std::string& name) const { return folder_.file("rec/" + name); }
  std::string folder() const { return folder_.file("rec"); }

  TempFolder folder_;
  RecorderLimits limits_;
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<RecorderEvent> events_;
  size_t seen_ = 0;
  std::unique_ptr<Recorder> recorder_;
};

TEST_F(RecorderTest, WritesTheSameBytesAndListsThem) {
  start();
  recorder_->begin(7, folder());
  recorder_->add_init(7, init(1));
  for (uint32_t i = 0; i < 3; ++i) EXPECT_TRUE(recorder_->add_part(7, part(0, i)));
  recorder_->finish(7);
  const RecorderEvent done = next();
  EXPECT_EQ(done.kind, RecorderEvent::Kind::finished);
  EXPECT_EQ(done.broadcast, 7);
  EXPECT_EQ(done.bytes, 3'700u);
  EXPECT_EQ(done.duration_us, 1'500'000);
  EXPECT_EQ(read(file("part-0001.mp4")), std::string(700, 'i') + std::string(3'000, 'a'));
  const auto index = parse_index(1, read(file("part-0001.idx")));
  ASSERT_TRUE(index);
  EXPECT_EQ(index->fragments.size(), 3u);
  EXPECT_EQ(index->end(), 3'700u);
  EXPECT_TRUE(index->fragments[0].independent);
  EXPECT_EQ(index->fragments[2].wall_ms, 1'760'000'001'000);
}

TEST_F(RecorderTest, AnotherInitAndABoundMakeAnotherFile) {
  limits_.file_bytes = 2'500;
  start();
  recorder_->begin(7, folder());
  recorder_->add_init(7, init(1));
  for (uint64_t segment = 0; segment < 3; ++segment)
    for (uint32_t i = 0; i < 2; ++i) recorder_->add_part(7, part(segment, i));
  recorder_->add_init(7, init(2, 800));
  recorder_->add_part(7, part(3, 0));
  recorder_->finish(7);
  EXPECT_EQ(next().duration_us, 3'500'000);
  EXPECT_EQ(std::filesystem::file_size(file("part-0001.mp4")), 2'700u);
  EXPECT_EQ(std::filesystem::file_size(file("part-0003.mp4")), 2'700u);
  EXPECT_EQ(std::filesystem::file_size(file("part-0004.mp4")), 1'800u);
}

TEST_F(RecorderTest, AFileThatIsThereIsNeverTouched) {
  std::filesystem::create_directories(folder());
  std::ofstream(file("part-0001.mp4")) << "mine";
  start();
  recorder_->begin(7, folder());
  recorder_->add_init(7, init(1));
  recorder_->add_part(7, part(0, 0));
  recorder_->finish(7);
  EXPECT_EQ(next().kind, RecorderEvent::Kind::finished);
  EXPECT_EQ(read(file("part-0001.mp4")), "mine");
  EXPECT_EQ(std::filesystem::file_size(file("part-0002.mp4")), 1'700u);
}

TEST_F(RecorderTest, WhatFindsTheQueueFullIsLeftOutAndTold) {
  limits_.queue_bytes = 1'500 + Recorder::kJobBytes;
  // The writer is held up by its own listener: the first thing it tells is that the disk refused.
  std::ofstream(folder()) << "a file where the folder should be";
  std::latch refused(1), go_on(1);
  std::vector<std::string> reasons;
  std::mutex mutex;
  Recorder recorder(limits_, [&](RecorderEvent event) {
    {
      const std::lock_guard lock(mutex);
      reasons.push_back(event.reason);
    }
    if (event.reason != "write_failed") return;
    refused.count_down();
    go_on.wait();
  });
  recorder.begin(7, folder());
  recorder.add_init(7, init(1));
  EXPECT_TRUE(recorder.add_part(7, part(0, 0)));
  refused.wait();
  EXPECT_FALSE(recorder.add_part(7, part(0, 1))) << "the first one still counts";
  EXPECT_FALSE(recorder.add_part(7, part(0, 2)));
  EXPECT_EQ(recorder.queued_bytes(7), 1'000 + Recorder::kJobBytes);
  go_on.count_down();
  const std::lock_guard lock(mutex);
  EXPECT_THAT(reasons, ::testing::ElementsAre("write_failed", "queue_full")) << "once for the gap";
}

TEST_F(RecorderTest, GoesOnWhenTheDiskTakesPartsAgain) {
  limits_.retry_ms = 0;
  std::ofstream(folder()) << "in the way";
  start();
  recorder_->begin(7, folder());
  recorder_->add_init(7, init(1));
  recorder_->add_part(7, part(0, 0));
  const RecorderEvent refused = next();
  EXPECT_EQ(refused.kind, RecorderEvent::Kind::degraded);
  EXPECT_EQ(refused.reason, "write_failed");
  EXPECT_EQ(refused.gap_from, part(0, 0).wall_ms);
  EXPECT_TRUE(recorder_->is_degraded(7));
  std::filesystem::remove(folder());
  recorder_->add_part(7, part(0, 1));  // nothing can be played from there
  recorder_->add_part(7, part(1, 0));
  recorder_->add_part(7, part(1, 1));
  EXPECT_EQ(next().kind, RecorderEvent::Kind::recovered);
  recorder_->finish(7);
  EXPECT_EQ(next().duration_us, 1'000'000);
  const auto index = parse_index(1, read(file("part-0001.idx")));
  ASSERT_TRUE(index && !index->fragments.empty());
  EXPECT_EQ(index->fragments[0].segment, 1u);
}

TEST_F(RecorderTest, BehindAFullQueueItGoesOnWithAKeyframe) {
  limits_.queue_bytes = 1'500 + Recorder::kJobBytes;
  start();
  recorder_->begin(7, folder());
  recorder_->add_init(7, init(1));
  EXPECT_FALSE(recorder_->add_part(7, part(0, 0, 2'000)));
  EXPECT_EQ(next().reason, "queue_full");
  EXPECT_TRUE(recorder_->is_degraded(7));
  EXPECT_FALSE(recorder_->add_part(7, part(0, 1)));
  EXPECT_TRUE(recorder_->add_part(7, part(1, 0)));
  EXPECT_EQ(next().kind, RecorderEvent::Kind::recovered);
  EXPECT_FALSE(recorder_->is_degraded(7));
  recorder_->finish(7);
  EXPECT_EQ(next().duration_us, 500'000);
}

TEST_F(RecorderTest, InTheMiddleOfAStreamItBeginsWithAnInitAndAKeyframe) {
  start();
  recorder_->begin(7, folder());
  EXPECT_FALSE(recorder_->add_part(7, part(4, 0))) << "behind what?";
  recorder_->add_init(7, init(3));
  EXPECT_FALSE(recorder_->add_part(7, part(4, 1)));
  EXPECT_FALSE(recorder_->is_degraded(7)) << "it has not begun: nothing is missing";
  EXPECT_TRUE(recorder_->add_part(7, part(5, 0)));
  recorder_->finish(7);
  const RecorderEvent done = next();
  EXPECT_EQ(done.kind, RecorderEvent::Kind::finished);
  EXPECT_EQ(done.bytes, 1'700u);
}

TEST_F(RecorderTest, TheInitThatIsToldAgainMakesNoFile) {
  start();
  recorder_->begin(7, folder());
  const media::Init first = init(1);
  for (uint32_t i = 0; i < 3; ++i) {
    recorder_->add_init(7, first);
    recorder_->add_part(7, part(0, i));
  }
  // Of many between two parts the last one counts, and none is a file of its own.
  for (uint32_t i = 0; i < 10'000; ++i) recorder_->add_init(7, init(2 + i));
  recorder_->add_part(7, part(1, 0));
  recorder_->finish(7);
  EXPECT_EQ(next().bytes, 5'400u);
  EXPECT_EQ(std::filesystem::file_size(file("part-0001.mp4")), 3'700u);
  EXPECT_EQ(std::filesystem::file_size(file("part-0002.mp4")), 1'700u);
  EXPECT_FALSE(std::filesystem::exists(file("part-0003.mp4")));
}

TEST_F(RecorderTest, NothingIsWrittenBelowTheFloor) {
  limits_.disk_floor_bytes = UINT64_MAX;
  start();
  recorder_->begin(7, folder());
  recorder_->add_init(7, init(1));
  recorder_->add_part(7, part(0, 0));
  EXPECT_EQ(next().reason, "disk_full");
  recorder_->finish(7);
  EXPECT_EQ(next().bytes, 0u);
}

TEST_F(RecorderTest, PartsOfNobodyAreRefused) {
  start();
  EXPECT_FALSE(recorder_->add_part(7, part(0, 0)));
  recorder_->begin(7, folder());
  recorder_->add_init(7, init(1));
  recorder_->add_part(7, part(0, 0));
  recorder_->finish(7);
  EXPECT_FALSE(recorder_->add_part(7, part(0, 1))) << "behind the end";
  EXPECT_EQ(next().bytes, 1'700u);
}

}  // namespace
}  // namespace strims::stream
