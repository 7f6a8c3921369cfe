#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "chat/command.h"

namespace strims::chat {
namespace {

// Every word that the room's sources refuse with.
std::set<std::string> used_words() {
  std::set<std::string> words;
  const std::regex in_call(R"re((?:refuse\(|\.word = |expel\(|with_target\()[^;]*;)re");
  const std::regex literal(R"re("([a-z]+)")re");
  for (const auto& file : std::filesystem::directory_iterator(STRIMS_SOURCE_DIR "/src/chat")) {
    const std::string name = file.path().filename().string();
    if (!name.starts_with("room") || !name.ends_with(".cc") || name.ends_with("_test.cc")) continue;
    std::ifstream in(file.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (std::sregex_iterator call(text.begin(), text.end(), in_call), end; call != end; ++call) {
      const std::string part = call->str();
      for (std::sregex_iterator word(part.begin(), part.end(), literal); word != end; ++word)
        words.insert((*word)[1]);
    }
  }
  return words;
}

TEST(Refusal, EveryWordOfTheRoomHasAClass) {
  std::set<std::string> words = used_words();
  words.erase("msgempty");  // asked for, never said
  words.erase("unknown");   // stays the internal error that it is
  EXPECT_GE(words.size(), 20U);
  for (const std::string& word : words) {
    const Error error = to_error({.word = word});
    EXPECT_NE(error.code, Errc::internal) << word;
    EXPECT_EQ(error.reason, word);
    EXPECT_FALSE(error.detail.empty()) << word;
  }
}

TEST(Refusal, ClassesThatDecideTheHttpStatus) {
  const std::pair<std::string_view, Errc> kRows[] = {
      {"needlogin", Errc::unauthenticated}, {"nopermission", Errc::forbidden},
      {"invalidmsg", Errc::invalid},        {"throttled", Errc::rate_limited},
      {"notfound", Errc::not_found},        {"duplicate", Errc::conflict},
      {"unavailable", Errc::unavailable},   {"unknown", Errc::internal},
      {"made up", Errc::internal}};
  for (const auto& [word, code] : kRows) EXPECT_EQ(to_error({.word = word}).code, code) << word;
}

TEST(Refusal, TellsHowLongToWait) {
  EXPECT_EQ(to_error({.word = "throttled", .retry_after_ms = 250}).retry_after_ms, 250);
  EXPECT_EQ(to_error({.word = "muted", .mute_seconds_left = 583}).retry_after_ms, 583'000);
  EXPECT_EQ(to_error({.word = "nopermission"}).retry_after_ms, 0);
}

}  // namespace
}  // namespace strims::chat
