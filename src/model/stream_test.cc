#include "model/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strims {
namespace {

using ::testing::ElementsAre;

template <class E, class Parse>
void expect_round_trip(int last, Parse parse) {
  for (int i = 0; i <= last; ++i) {
    const auto value = static_cast<E>(i);
    EXPECT_EQ(parse(to_string(value)), value) << to_string(value);
  }
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse("Live"));
}

TEST(Stream, WordsRoundTrip) {
  expect_round_trip<BroadcastState>(static_cast<int>(BroadcastState::ended), parse_broadcast_state);
  expect_round_trip<EndReason>(static_cast<int>(EndReason::upstream_gone), parse_end_reason);
  expect_round_trip<Visibility>(static_cast<int>(Visibility::subscribers), parse_visibility);
  expect_round_trip<RecordingState>(static_cast<int>(RecordingState::deleting),
                                    parse_recording_state);
  expect_round_trip<AnnouncementKind>(static_cast<int>(AnnouncementKind::ended),
                                      parse_announcement_kind);
  EXPECT_EQ(to_string(Visibility::everybody), "public");
  EXPECT_EQ(to_string(Visibility::owner_only), "private");
  EXPECT_EQ(to_string(EndReason::key_rotated), "key_rotated");
  EXPECT_EQ(to_string(EndReason::upstream_gone), "upstream_gone");
}

TEST(Stream, Slugs) {
  for (const char* good : {"ab", "ada", "_ada_", "a-b", "0x", "openly", "sk", "skate"})
    EXPECT_TRUE(check_slug(good)) << good;
  EXPECT_TRUE(check_slug(std::string(32, 'x')));
  for (const char* bad : {"", "a", "Ada", "a b", "a.b", "a/b", "\xc3\xa9t\xc3\xa9", "a?key", "open",
                          "start", "metadata", "vods", "sk_", "sk_abc", "-ada"})
    EXPECT_EQ(check_slug(bad).error().reason, "bad_name") << bad;
  EXPECT_FALSE(check_slug(std::string(33, 'x')));
  EXPECT_FALSE(check_slug(std::string_view("a\0b", 3)));
}

TEST(Stream, MetadataIsTrimmedAndBounded) {
  const auto clean = clean_update({.title = "  hello \xf0\x9f\x98\x80  ",
                                   .category = "",
                                   .tags = {{"one", " one ", "two", ""}},
                                   .language = "PT-br"});
  ASSERT_TRUE(clean) << clean.error().detail;
  EXPECT_EQ(clean->title, "hello \xf0\x9f\x98\x80");
  EXPECT_EQ(clean->category, "");
  EXPECT_THAT(*clean->tags, ElementsAre("one", "two"));
  EXPECT_EQ(clean->language, "pt-br");
  EXPECT_FALSE(clean->mature);

  std::string wide;
  for (int i = 0; i < 140; ++i) wide += "\xc3\xa9";
  EXPECT_EQ(*clean_title(wide), wide) << "characters count, not bytes";
  EXPECT_FALSE(clean_title(wide + "x"));
}

TEST(Stream, MetadataThatCannotBeShownIsRefused) {
  const auto refused = [](ChannelUpdate update) {
    const auto clean = clean_update(std::move(update));
    return clean ? std::string_view("accepted") : clean.error().reason;
  };
  for (const char* title : {"a\nb", "a\x01", "a\x7f", "\xff", "\xc2\x85", "\xe2\x80\xaezz",
                            "\xe2\x80\xa8", "\xed\xa0\x80"})
    EXPECT_EQ(refused({.title = title}), "bad_metadata") << title;
  EXPECT_EQ(refused({.category = std::string(61, 'x')}), "bad_metadata");
  EXPECT_EQ(refused({.tags = {{std::string(31, 'x')}}}), "bad_metadata");
  std::vector<std::string> many;
  for (int i = 0; i < 11; ++i) many.push_back(std::to_string(i));
  EXPECT_EQ(refused({.tags = many}), "bad_metadata");
  for (const char* language : {"e", "engl", "en-", "-en", "en_US", "e1", "en-x", "en--us"})
    EXPECT_EQ(refused({.language = language}), "bad_metadata") << language;
  EXPECT_EQ(refused({.language = ""}), "accepted");
  EXPECT_EQ(refused({.retention = Retention{-1, 0, 0}}), "bad_metadata");
  EXPECT_EQ(refused({.retention = Retention{30, 0, 10}}), "accepted");
}

}  // namespace
}  // namespace strims
