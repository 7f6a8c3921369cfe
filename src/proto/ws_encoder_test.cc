#include "proto/ws_encoder.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace strims::proto {
namespace {

std::string hex_of(std::string_view bytes) {
  return hex(as_bytes(bytes));
}

TEST(WsEncoder, HeadersOfEachLength) {
  EXPECT_EQ(hex_of(text_frame("")), "8100");
  EXPECT_EQ(hex_of(text_frame("Hello")), "810548656c6c6f");
  EXPECT_EQ(hex_of(text_frame(std::string(125, 'x')).substr(0, 2)), "817d");
  EXPECT_EQ(hex_of(text_frame(std::string(126, 'x')).substr(0, 4)), "817e007e");
  EXPECT_EQ(hex_of(text_frame(std::string(65535, 'x')).substr(0, 4)), "817effff");
  EXPECT_EQ(hex_of(text_frame(std::string(65536, 'x')).substr(0, 10)), "817f0000000000010000");
  EXPECT_EQ(text_frame(std::string(65536, 'x')).size(), 65546u);
}

TEST(WsEncoder, FlagsAndOpcodes) {
  std::string out = "before";
  append_frame(out, WsOpcode::text, "a", /*fin=*/false, /*rsv1=*/true);
  append_frame(out, WsOpcode::continuation, "b");
  EXPECT_EQ(hex_of(out.substr(6)),
            "4101618001"
            "62");
  EXPECT_EQ(hex_of(binary_frame("z")), "82017a");
  EXPECT_EQ(hex_of(ping_frame("z")), "89017a");
  EXPECT_EQ(hex_of(pong_frame("z")), "8a017a");
}

TEST(WsEncoder, ControlFramesStayWithinTheirLimits) {
  std::string out;
  append_frame(out, WsOpcode::ping, std::string(200, 'p'), /*fin=*/false, /*rsv1=*/true);
  EXPECT_EQ(hex_of(out.substr(0, 2)), "897d");
  EXPECT_EQ(out.size(), 127u);
}

TEST(WsEncoder, CloseFrames) {
  EXPECT_EQ(hex_of(close_frame(1000)), "880203e8");
  EXPECT_EQ(hex_of(close_frame(1001, "bye")), "880503e9627965");
  EXPECT_EQ(hex_of(close_frame(kCloseNoStatus, "ignored")), "8800");
  EXPECT_EQ(hex_of(close_frame(0)), "8800");
}

TEST(WsEncoder, CloseReasonIsCutBetweenCharacters) {
  EXPECT_EQ(close_frame(1000, std::string(123, 'r')).size(), 127u);
  EXPECT_EQ(close_frame(1000, std::string(124, 'r')).size(), 127u);
  // The euro sign (three bytes) would end at byte 124.
  const std::string reason = std::string(121, 'r') + "\xe2\x82\xac";
  EXPECT_EQ(close_frame(1000, reason).substr(4), std::string(121, 'r'));
  const std::string fits = std::string(120, 'r') + "\xe2\x82\xac" + "more";
  EXPECT_EQ(close_frame(1000, fits).substr(4), std::string(120, 'r') + "\xe2\x82\xac");
}

TEST(WsEncoder, WalksARunOfFrames) {
  std::string run;
  std::vector<size_t> lengths;
  for (const size_t n : {0, 1, 125, 126, 65535, 65536, 3}) {
    const size_t before = run.size();
    append_frame(run, WsOpcode::text, std::string(n, 'x'));
    lengths.push_back(run.size() - before);
  }
  auto rest = as_bytes(run);
  for (const size_t length : lengths) {
    ASSERT_EQ(frame_length_at(rest), length);
    rest = rest.subspan(length);
  }
  EXPECT_TRUE(rest.empty());
}

TEST(WsEncoder, FrameLengthNeedsTheWholeLengthField) {
  const std::string large = text_frame(std::string(65536, 'x'));
  for (size_t n = 0; n < 10; ++n) EXPECT_EQ(frame_length_at(as_bytes(large).subspan(0, n)), 0u);
  EXPECT_EQ(frame_length_at(as_bytes(large).subspan(0, 10)), 65546u);
  const uint8_t masked[] = {0x81, 0x85};
  EXPECT_EQ(frame_length_at(masked), 11u);
  const uint8_t absurd[] = {0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(frame_length_at(absurd), 0u);
}

}  // namespace
}  // namespace strims::proto
