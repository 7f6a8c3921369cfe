#include "text/phrases.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/clock.h"

namespace strims::text {
namespace {

PhraseSet set_of(std::vector<std::string> phrases, const PhraseLimits& limits = {}) {
  auto set = PhraseSet::compile(phrases, limits);
  EXPECT_TRUE(set) << (set ? "" : set.error().detail);
  return set ? *set : PhraseSet();
}

std::string match(const PhraseSet& set, std::string_view text) {
  return set.match(text).value_or("-");
}

TEST(Phrases, AnEmptySetMatchesNothing) {
  const PhraseSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(match(set, "anything"), "-");
  EXPECT_EQ(match(set_of({}), ""), "-");
}

TEST(Phrases, PlainOnesAreFoundAnywhereWhateverTheCase) {
  const PhraseSet set = set_of({"buy gold", "Straße", "a.b", "ПРИВЕТ"});
  EXPECT_EQ(match(set, "come and BUY Gold now"), "buy gold");
  EXPECT_EQ(match(set, "buy  gold"), "-");
  EXPECT_EQ(match(set, "in der STRASSE"), "Straße");
  EXPECT_EQ(match(set, "axb"), "-");  // a dot is a dot
  EXPECT_EQ(match(set, "A.B"), "a.b");
  EXPECT_EQ(match(set, "привет"), "ПРИВЕТ");
}

TEST(Phrases, PatternsBetweenSlashes) {
  const PhraseSet set = set_of({"/^spam+$/", "/b[ue]y/i", "/a.b/"});
  EXPECT_EQ(match(set, "spammmm"), "/^spam+$/");
  EXPECT_EQ(match(set, "SPAM"), "-");
  EXPECT_EQ(match(set, "BEY"), "/b[ue]y/i");
  EXPECT_EQ(match(set, "a\nb"), "/a.b/");  // a line feed is no way around
}

TEST(Phrases, SlashesAloneDoNotMakeAPattern) {
  const PhraseSet set = set_of({"/me dances", "/", "and/or"});
  EXPECT_EQ(match(set, "/ME DANCES"), "/me dances");
  EXPECT_EQ(match(set, "this AND/OR that"), "/");
  EXPECT_EQ(set_of({"//"}).match("http://x"), "//");
}

TEST(Phrases, TheFirstOfTheListIsNamed) {
  const PhraseSet set = set_of({"/c/", "b", "a", "/a/"});
  EXPECT_EQ(match(set, "abc"), "/c/");
  EXPECT_EQ(match(set, "ab"), "b");
  EXPECT_EQ(match(set, "a"), "a");
  EXPECT_EQ(set.phrases(), (std::vector<std::string>{"/c/", "b", "a", "/a/"}));
}

TEST(Phrases, BadOnesAreRefused) {
  for (const std::string& phrase :
       {std::string(""), std::string(" \n"), std::string("/(/"), std::string("/a)(b/"),
        std::string("/[/i"), std::string("/a*/"), std::string("/^/"), std::string("/|a/"),
        std::string("/\\1/"), std::string("/(?=a)/"), std::string("/a{5000}/"),
        std::string("/((a{100}){100}){100}/"), std::string("\xff"), std::string(513, 'a')}) {
    const auto checked = check_phrase(phrase);
    ASSERT_FALSE(checked) << phrase;
    EXPECT_EQ(checked.error().reason, "invalidphrase");
    const auto set = PhraseSet::compile(std::vector<std::string>{"fine", phrase});
    ASSERT_FALSE(set) << phrase;
    EXPECT_EQ(set.error().code, Errc::invalid);
  }
  EXPECT_EQ(*check_phrase("  x "), "x");
}

TEST(Phrases, TheListIsBounded) {
  std::vector<std::string> phrases;
  for (int i = 0; i < 11; ++i) phrases.push_back("p" + std::to_string(i));
  const auto set = PhraseSet::compile(phrases, {.max_phrases = 10});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().reason, "too_many_phrases");
}

TEST(Phrases, MemoryIsBounded) {
  std::vector<std::string> phrases;
  for (int i = 0; i < 500; ++i)
    phrases.push_back("/" + std::to_string(i) + "[a-z]{200}[0-9]{200}/");
  const auto set = PhraseSet::compile(phrases, {.max_memory_bytes = 256 * 1024});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().reason, "too_many_phrases");
}

TEST(Phrases, ThousandsOfPhrasesStayFast) {
  std::vector<std::string> phrases;
  for (int i = 0; i < 2000; ++i) phrases.push_back("forbidden number " + std::to_string(i * 7919));
  const PhraseSet set = set_of(phrases);
  const std::string text(500, 'f');
  EXPECT_EQ(match(set, text), "-");
  const int64_t start = mono_ns();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(set.match(text));
  EXPECT_LT((mono_ns() - start) / 100, 5'000'000);
  EXPECT_EQ(match(set, "xx FORBIDDEN NUMBER 7919 yy"), "forbidden number 7919");
}

TEST(Phrases, HostilePatternsTakeLinearTime) {
  const PhraseSet set = set_of({"/(a+)+$/", "/(x+x+)+y/", "/(.*a){12}/"});
  const std::string text = std::string(500, 'x') + "!";
  const int64_t start = mono_ns();
  EXPECT_EQ(match(set, text), "-");
  EXPECT_LT(mono_ns() - start, 2'000'000'000);
}

TEST(Phrases, ThreadsShareOneSet) {
  const PhraseSet set = set_of({"one", "/tw[o]/", "three"});
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([set] {
      for (int i = 0; i < 500; ++i) {
        EXPECT_EQ(match(set, "it takes two"), "/tw[o]/");
        EXPECT_EQ(match(set, "THREE"), "three");
        EXPECT_EQ(match(set, "no such thing"), "-");
      }
    });
}

}  // namespace
}  // namespace strims::text
