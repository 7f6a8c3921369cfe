#include "bench/stream/flv_file.h"

#include <gmock/gmock.h>

namespace strims::stream_load {
namespace {

using media::TagKind;

void put(std::string& out, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> 8 * i & 255);
}

class Flv {
 public:
  Flv() { put(text_ += std::string("FLV\x01\x05\0\0\0\x09", 9), 0, 4); }
  Flv& tag(int kind, uint32_t time_ms, std::string_view body) {
    put(text_, static_cast<uint64_t>(kind), 1);
    put(text_, body.size(), 3);
    put(text_, time_ms & 0xffffff, 3);
    put(text_, time_ms >> 24, 1);
    put(text_, 0, 3);
    text_ += body;
    put(text_, body.size() + 11, 4);
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

constexpr std::string_view kVideoHeader("\x17\x00header", 8);
constexpr std::string_view kKeyframe("\x17\x01picture", 9);
constexpr std::string_view kFrame("\x27\x01picture", 9);
constexpr std::string_view kAudioHeader("\xaf\x00header", 8);
constexpr std::string_view kSound("\xaf\x01sound", 7);

TEST(FlvFile, ReadsAllKindsAndKnowsWhatIsSaidOnce) {
  const auto file = FlvFile::parse(Flv()
                                       .tag(18, 0, "\x02onMetaData")
                                       .tag(9, 0, kVideoHeader)
                                       .tag(8, 0, kAudioHeader)
                                       .tag(9, 0, kKeyframe)
                                       .tag(8, 21, kSound)
                                       .tag(9, 33, kFrame)
                                       .tag(9, 67, kFrame)
                                       .text());
  ASSERT_TRUE(file);
  ASSERT_EQ(file->items().size(), 7u);
  EXPECT_TRUE(file->items()[0].once && file->items()[1].once && file->items()[2].once);
  EXPECT_FALSE(file->items()[3].once || file->items()[4].once);
  EXPECT_EQ(file->items()[4].kind, TagKind::audio);
  EXPECT_EQ(file->items()[4].time_ms, 21u);
  EXPECT_EQ(file->length_ms(), 67u + 34u);
}

TEST(FlvFile, BeginsAtNoughtAndEndsWithTheVideo) {
  const auto file = FlvFile::parse(Flv()
                                       .tag(9, 1000, kKeyframe)
                                       .tag(9, 1040, kFrame)
                                       .tag(8, 1079, kSound)
                                       .tag(8, 1080, kSound)
                                       .text());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->length_ms(), 80u);
  ASSERT_EQ(file->items().size(), 3u);
  EXPECT_EQ(file->items()[0].time_ms, 0u);
  EXPECT_EQ(file->items()[2].time_ms, 79u);
}

TEST(FlvFile, LongTimesHaveTheirUpperByte) {
  const auto file =
      FlvFile::parse(Flv().tag(9, 0x01000000, kKeyframe).tag(9, 0x01000028, kFrame).text());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->items()[1].time_ms, 40u);
}

TEST(FlvFile, TakesWhatIsWholeOfACutFile) {
  std::string text = Flv().tag(9, 0, kKeyframe).tag(9, 40, kFrame).tag(9, 80, kFrame).text();
  text.resize(text.size() - 6);
  const auto file = FlvFile::parse(text);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->items().size(), 2u);
}

TEST(FlvFile, RefusesWhatIsNone) {
  EXPECT_EQ(FlvFile::parse("GIF89a and so on").error().reason, "no_flv");
  EXPECT_EQ(FlvFile::parse("").error().reason, "no_flv");
  EXPECT_EQ(FlvFile::parse(Flv().tag(8, 0, kSound).text()).error().reason, "no_video");
  EXPECT_EQ(FlvFile::read("/nonexistent").error().reason, "no_file");
}

}  // namespace
}  // namespace strims::stream_load
