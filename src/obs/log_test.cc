#include "obs/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "base/json_read.h"

namespace strims::obs {
namespace {

namespace fs = std::filesystem;

class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    std::string pattern = (fs::temp_directory_path() / "strims_log_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    file_ = folder_ / "strims.log";
  }
  ~LogTest() override {
    log_stop();
    log_set_level(Level::info);
    fs::remove_all(folder_);
  }
  void start(LogOptions options = {}) {
    options.file = file_.string();
    ASSERT_TRUE(log_start(options));
  }
  static std::vector<std::string> lines_of(const fs::path& path) {
    std::ifstream in(path);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  std::vector<std::string> lines() {
    log_flush();
    return lines_of(file_);
  }

  fs::path folder_;
  fs::path file_;
};

TEST(LogLine, IsOneJsonObjectWithTheFieldsInOrder) {
  EXPECT_EQ(format_log_line(1'767'323'045'678, Level::warn, "net.accept", "shard-1", "req7",
                            {{"peer", "192.0.2.1"},
                             {"count", 3},
                             {"size", size_t{7}},
                             {"ratio", 0.5},
                             {"ok", true},
                             {"text", std::string("x")}}),
            R"({"ts":"2026-01-02T03:04:05.678Z","level":"warn","event":"net.accept",)"
            R"("thread":"shard-1","request_id":"req7","peer":"192.0.2.1","count":3,"size":7,)"
            R"("ratio":0.5,"ok":true,"text":"x"})");
}

TEST(LogLine, HostileTextCannotBreakTheLine) {
  const std::string text = "a\"}\n{\"level\":\"error\"\r\x01\xff\u2028";
  const std::string line = format_log_line(0, Level::info, "e", "t", "", {{"text", text}});
  EXPECT_EQ(line.find_first_of("\n\r\x01"), std::string::npos);
  const auto json = Json::parse(line);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find_string("level"), "info");
  EXPECT_EQ(json->find("request_id"), nullptr);
}

TEST(LogLine, LongTextIsCutAtACharacter) {
  std::string text;
  while (text.size() < 20'000) text += "€";
  const std::string line =
      format_log_line(0, Level::info, "e", "t", "", {{"a", text}, {"b", "gone"}, {"n", 1}});
  EXPECT_LT(line.size(), 9000u);
  const auto json = Json::parse(line);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find_string("a")->size() % 3, 0u);
  EXPECT_EQ(json->find("n")->integer(), 1);
}

TEST(LogLevel, WordsRoundTrip) {
  for (const Level level : {Level::debug, Level::info, Level::warn, Level::error, Level::off})
    EXPECT_EQ(parse_level(to_string(level)), level);
  EXPECT_FALSE(parse_level("loud"));
}

TEST_F(LogTest, WritesLinesToTheFileInOrder) {
  start();
  for (int i = 0; i < 100; ++i) log_info("tick", {{"i", i}});
  const auto all = lines();
  ASSERT_EQ(all.size(), 100u);
  for (size_t i = 0; i < all.size(); ++i) {
    const auto json = Json::parse(all[i]);
    ASSERT_TRUE(json) << all[i];
    EXPECT_EQ(json->find("i")->integer(), static_cast<int64_t>(i));
  }
}

TEST_F(LogTest, LevelsFilter) {
  start({.level = Level::warn});
  log_info("hidden");
  log_warn("shown");
  EXPECT_FALSE(log_enabled(Level::info));
  log_set_level(Level::debug);
  log_debug("shown.too");
  log_set_level(Level::off);
  log_error("hidden");
  EXPECT_EQ(lines().size(), 2u);
}

TEST_F(LogTest, ScopesNestAndBelongToTheirThread) {
  start();
  {
    const LogScope outer("outer");
    {
      const LogScope inner("inner");
      log_info("a");
    }
    log_info("b");
    std::jthread([] {
      name_thread("worker");
      EXPECT_EQ(LogScope::current(), "");
      log_info("c");
    });
  }
  log_info("d");
  const auto all = lines();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_THAT(all[0], ::testing::HasSubstr(R"("request_id":"inner")"));
  EXPECT_THAT(all[1], ::testing::HasSubstr(R"("request_id":"outer")"));
  EXPECT_THAT(all[2], ::testing::HasSubstr(R"("thread":"worker")"));
  EXPECT_THAT(all[2], ::testing::Not(::testing::HasSubstr("request_id")));
  EXPECT_THAT(all[3], ::testing::Not(::testing::HasSubstr("request_id")));
}

TEST_F(LogTest, Rotates) {
  start({.rotate_bytes = 2000, .rotate_files = 2});
  for (int i = 0; i < 100; ++i) log_info("a line of some length", {{"i", i}});
  log_flush();
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    ++files;
    EXPECT_LE(entry.file_size(), 2200u);
    for (const auto& line : lines_of(entry.path())) EXPECT_TRUE(Json::parse(line)) << line;
  }
  EXPECT_EQ(files, 3u);
}

TEST_F(LogTest, AFileThatCannotBeOpenedIsAnError) {
  const auto started = log_start({.file = (folder_ / "strims.log/x/").string()});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().reason, "log_file");
}

// Reads from the descriptor until `end` has come.
std::string read_until(int fd, std::string_view end) {
  std::string out;
  char buffer[65536];
  while (out.find(end) == std::string::npos) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n <= 0) break;
    out.append(buffer, static_cast<size_t>(n));
  }
  return out;
}

TEST_F(LogTest, AFullQueueDropsTheOldestAndSaysHowMany) {
  // A full pipe that nobody reads yet holds the writer up.
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int fd = ::open(pipe.c_str(), O_RDWR | O_NONBLOCK);
  ASSERT_GE(fd, 0);
  while (::write(fd, "\n", 1) == 1) {
  }
  ASSERT_EQ(::fcntl(fd, F_SETFL, 0), 0);
  ASSERT_TRUE(log_start({.file = pipe.string(), .rotate_bytes = 0, .queue_lines = 16}));
  const uint64_t before = log_dropped_lines();
  for (int i = 0; i < 200; ++i) log_info("tick", {{"i", i}});
  std::string content;
  {
    const std::jthread reader([&] { content = read_until(fd, R"("event":"last")"); });
    log_flush();
    log_info("last");
  }
  log_stop();
  ::close(fd);
  EXPECT_GE(log_dropped_lines() - before, 180u);
  const auto has = [&](std::string_view text) { return content.find(text) != std::string::npos; };
  EXPECT_TRUE(has(R"("event":"log.dropped")"));
  EXPECT_TRUE(has(R"("i":199})"));
  EXPECT_TRUE(has(R"("i":190})"));
  EXPECT_FALSE(has(R"("i":100})"));
}

TEST_F(LogTest, ManyThreadsWhileTheOutputChanges) {
  start();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([t] {
        for (int i = 0; i < 500; ++i) log_info("tick", {{"t", t}, {"i", i}});
      });
    for (int i = 0; i < 5; ++i) start();
  }
  for (const auto& line : lines()) ASSERT_TRUE(Json::parse(line)) << line;
  EXPECT_EQ(lines().size(), 2000u);
}

TEST_F(LogTest, BeforeStartAndAfterStopLinesGoToStandardError) {
  ::testing::internal::CaptureStderr();
  log_warn("early", {{"n", 1}});
  start();
  log_stop();
  log_warn("late");
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, ::testing::HasSubstr(R"("event":"early")"));
  EXPECT_THAT(text, ::testing::HasSubstr(R"("event":"late")"));
}

}  // namespace
}  // namespace strims::obs
