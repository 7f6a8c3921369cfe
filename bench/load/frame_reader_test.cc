#include "load/frame_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace strims::load {
namespace {

std::string frame(int first, const std::string& payload) {
  std::string out(1, static_cast<char>(first));
  if (payload.size() < 126) {
    out += static_cast<char>(payload.size());
  } else {
    out += static_cast<char>(126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size());
  }
  return out + payload;
}

const std::string kStream = frame(0x81, "one") + frame(0x89, "ping") +
                            frame(0xc1, std::string(300, 'x')) + frame(0x81, "") + frame(0x88, "");

TEST(FrameReader, WholeFramesComeWholeHoweverTheBytesAreCut) {
  for (size_t step = 1; step <= kStream.size(); ++step) {
    WholeFrames reader;
    std::vector<std::string> seen;
    for (size_t at = 0; at < kStream.size(); at += step)
      ASSERT_TRUE(reader.feed(std::string_view(kStream).substr(at, step),
                              [&](const FrameHead&, std::string_view p) {
                                seen.emplace_back(p);
                                return true;
                              }));
    EXPECT_EQ(seen, (std::vector<std::string>{"one", "ping", std::string(300, 'x'), "", ""}))
        << step;
  }
}

TEST(FrameReader, HeadsCountTheSameHoweverTheBytesAreCut) {
  for (size_t step = 1; step <= kStream.size(); ++step) {
    FrameHeads reader;
    int data = 0, compressed = 0;
    std::vector<std::string> control;
    for (size_t at = 0; at < kStream.size(); at += step)
      ASSERT_TRUE(reader.feed(
          std::string_view(kStream).substr(at, step),
          [&](const FrameHead& head) {
            ++data;
            compressed += head.compressed;
          },
          [&](const FrameHead&, std::string_view p) {
            control.emplace_back(p);
            return true;
          }));
    EXPECT_EQ(data, 3) << step;
    EXPECT_EQ(compressed, 1) << step;
    EXPECT_EQ(control, (std::vector<std::string>{"ping", ""})) << step;
    EXPECT_TRUE(reader.between_frames());
  }
}

TEST(FrameReader, BrokenHeadersAreSeen) {
  FrameHead head;
  const auto status = [&](std::vector<uint8_t> bytes) {
    return read_head(bytes.data(), bytes.size(), head);
  };
  EXPECT_EQ(status({0x81, 0x80}), HeadStatus::broken) << "masked";
  EXPECT_EQ(status({0xa1, 0x00}), HeadStatus::broken) << "RSV2";
  EXPECT_EQ(status({0x09, 0x00}), HeadStatus::broken) << "fragmented ping";
  EXPECT_EQ(status({0x83, 0x00}), HeadStatus::broken) << "opcode 3";
  EXPECT_EQ(status({0x81, 126, 0, 5}), HeadStatus::broken) << "a long form of a short length";
  EXPECT_EQ(status({0x81, 126, 0}), HeadStatus::incomplete);
  EXPECT_EQ(status({0x81}), HeadStatus::incomplete);
}

}  // namespace
}  // namespace strims::load
