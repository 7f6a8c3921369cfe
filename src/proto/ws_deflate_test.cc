#include "proto/ws_deflate.h"

#include <gtest/gtest.h>

#include <random>

#include "base/bytes.h"
#include "proto/ws_encoder.h"
#include "proto/ws_window_testing.h"

namespace strims::proto {
namespace {

// A reader of compressed frames.
class Reader {
 public:
  // The text of the frame at the front of `frames`, which is taken away.
  std::string read(std::string& frames) {
    const size_t length = frame_length_at(as_bytes(frames));
    EXPECT_EQ(static_cast<uint8_t>(frames[0]), 0xc1) << "final text frame with RSV1";
    const std::string text =
        window_.read(frame_payload(std::string_view(frames).substr(0, length)));
    frames.erase(0, length);
    return text;
  }

 private:
  ws_testing::WindowReader window_;
};

std::string line(int n) {
  return R"(MSG {"id":1042,"nick":"Ada","features":["flair13"],"data":"line )" + std::to_string(n) +
         "\"}";
}

TEST(WsDeflater, AReaderOfAllMessagesReadsThem) {
  WsDeflater deflater(6);
  Reader reader;
  std::string frames;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(deflater.append_text_frame(frames, line(i)));
    EXPECT_EQ(reader.read(frames), line(i));
    EXPECT_TRUE(frames.empty());
  }
}

TEST(WsDeflater, LaterMessagesReferToEarlierOnes) {
  WsDeflater deflater(6);
  std::string first, second;
  deflater.append_text_frame(first, line(1));
  deflater.append_text_frame(second, line(2));
  EXPECT_LT(second.size() * 3, first.size());
}

TEST(WsDeflater, WhoBeginsAtARestartReadsOnAndSoDoTheOthers) {
  WsDeflater deflater(6);
  Reader old;
  std::string frames;
  for (int i = 0; i < 40; ++i) {
    deflater.append_text_frame(frames, line(i));
    EXPECT_EQ(old.read(frames), line(i));
  }
  deflater.restart();
  Reader late;
  for (int i = 40; i < 80; ++i) {
    deflater.append_text_frame(frames, line(i));
    std::string copy = frames;
    EXPECT_EQ(old.read(frames), line(i));
    EXPECT_EQ(late.read(copy), line(i));
  }
}

TEST(WsDeflater, AnyBytesOfAnyLengthComeBack) {
  std::mt19937 random(7);
  for (const int level : {1, 6, 9}) {
    WsDeflater deflater(level);
    Reader reader;
    std::string frames;
    for (int i = 0; i < 300; ++i) {
      if (random() % 16 == 0) deflater.restart();
      std::string text(random() % (i % 10 == 0 ? 100'000 : 300), '\0');
      for (char& c : text) c = static_cast<char>(i % 2 ? 'a' + random() % 4 : random());
      ASSERT_TRUE(deflater.append_text_frame(frames, text));
      ASSERT_EQ(reader.read(frames), text);
    }
  }
}

}  // namespace
}  // namespace strims::proto
