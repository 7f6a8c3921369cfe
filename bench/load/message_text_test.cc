#include "load/message_text.h"

#include <gtest/gtest.h>

#include <set>

namespace strims::load {
namespace {

TEST(MessageText, HasTheLengthAndNeverRepeats) {
  MessageText text(100);
  std::set<std::string> seen;
  for (uint64_t i = 0; i < 10'000; ++i) {
    const std::string made = text.make({i, 1'234'567});
    EXPECT_EQ(made.size(), 100u);
    EXPECT_TRUE(seen.insert(made).second);
    EXPECT_EQ(made.find_first_of("\"\\"), std::string::npos);
  }
}

TEST(MessageText, TheStampIsFoundAgain) {
  MessageText text(60);
  for (const std::string before :
       {R"(MSG {"nick":"Ada",)", R"(MSG {"nick":"Somebody",)", "MSG {"}) {
    const std::string frame =
        before + R"("data":")" + text.make({42, 99'000'001}) + R"(","timestamp":5,"seq":17})";
    const auto stamp = stamp_of(frame);
    ASSERT_TRUE(stamp);
    EXPECT_EQ(stamp->number, 42u);
    EXPECT_EQ(stamp->sent_us, 99'000'001);
    EXPECT_EQ(seq_of(frame), 17u);
  }
  EXPECT_FALSE(stamp_of(R"(MSG {"nick":"Ada","data":"my own words","seq":3})"));
  EXPECT_EQ(seq_of(R"(JOIN {"nick":"Ada"})"), 0u);
}

TEST(MessageText, ClientFramesAreMaskedWithZeros) {
  std::string frame;
  append_client_frame(frame, 1, "hello");
  EXPECT_EQ(frame, std::string("\x81\x85\0\0\0\0hello", 11));
  frame.clear();
  append_client_frame(frame, 10, std::string(300, 'x'));
  EXPECT_EQ(frame.substr(0, 4), std::string("\x8a\xfe\x01\x2c", 4));
  EXPECT_EQ(frame.size(), 308u);
}

}  // namespace
}  // namespace strims::load
