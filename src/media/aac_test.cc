#include "media/aac.h"

#include <gtest/gtest.h>

#include "media/media_testing.h"

namespace strims::media {
namespace {

using testing::BitWriter;

AacConfig parsed(const std::string& record) {
  const auto result = parse_aac_config(as_bytes(record));
  EXPECT_TRUE(result) << (result ? "" : result.error().detail);
  return result.value_or(AacConfig{});
}

TEST(AacConfig, OfTheUsualEncoders) {
  const AacConfig stereo = parsed("\x12\x10");
  EXPECT_EQ(stereo.sample_rate, 44'100);
  EXPECT_EQ(stereo.output_rate, 44'100);
  EXPECT_EQ(stereo.channels, 2);
  EXPECT_EQ(stereo.object_type, 2);
  EXPECT_EQ(stereo.frame_samples, 1024);
  EXPECT_EQ(stereo.codec, "mp4a.40.2");
  EXPECT_EQ(stereo.record, "\x12\x10");

  // As ffmpeg writes it: with a mark that there is no SBR.
  const AacConfig ffmpeg = parsed(std::string("\x11\x90\x56\xe5\x00", 5));
  EXPECT_EQ(ffmpeg.sample_rate, 48'000);
  EXPECT_EQ(ffmpeg.codec, "mp4a.40.2");
  EXPECT_FALSE(ffmpeg.sbr);
}

TEST(AacConfig, Rates) {
  const int rates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                       22050, 16000, 12000, 11025, 8000,  7350};
  for (uint32_t i = 0; i < 13; ++i) EXPECT_EQ(parsed(testing::aac_record(i)).sample_rate, rates[i]);
  EXPECT_EQ(
      parsed(BitWriter().bits(2, 5).bits(15, 4).bits(44'056, 24).bits(2, 4).bits(0, 3).bytes())
          .sample_rate,
      44'056);
  EXPECT_FALSE(parse_aac_config(as_bytes(testing::aac_record(13))));
  EXPECT_FALSE(parse_aac_config(
      as_bytes(BitWriter().bits(2, 5).bits(15, 4).bits(0, 24).bits(2, 4).bits(0, 3).bytes())));
}

TEST(AacConfig, Channels) {
  const int channels[] = {0, 1, 2, 3, 4, 5, 6, 8};
  for (uint32_t i = 0; i < 8; ++i)
    EXPECT_EQ(parsed(testing::aac_record(3, i)).channels, channels[i]);
  EXPECT_FALSE(parse_aac_config(as_bytes(testing::aac_record(3, 8))));
}

TEST(AacConfig, SpectralBandReplication) {
  // Explicit and hierarchical: 22.05 kHz, twice that when played.
  const auto hierarchical = [](uint32_t type) {
    return BitWriter().bits(type, 5).bits(7, 4).bits(2, 4).bits(4, 4).bits(2, 5).bits(0, 3).bytes();
  };
  const AacConfig he = parsed(hierarchical(5));
  EXPECT_EQ(he.sample_rate, 22'050);
  EXPECT_EQ(he.output_rate, 44'100);
  EXPECT_EQ(he.object_type, 2);
  EXPECT_TRUE(he.sbr);
  EXPECT_FALSE(he.ps);
  EXPECT_EQ(he.codec, "mp4a.40.5");
  const AacConfig v2 = parsed(hierarchical(29));
  EXPECT_TRUE(v2.ps);
  EXPECT_EQ(v2.codec, "mp4a.40.29");
}

TEST(AacConfig, BackwardCompatibleSpectralBandReplication) {
  const auto base = [] { return BitWriter().bits(2, 5).bits(7, 4).bits(2, 4).bits(0, 3); };
  const auto sbr = [&base] { return base().bits(0x2b7, 11).bits(5, 5).bits(1, 1).bits(4, 4); };
  const AacConfig he = parsed(sbr().bytes());
  EXPECT_TRUE(he.sbr);
  EXPECT_EQ(he.sample_rate, 22'050);
  EXPECT_EQ(he.output_rate, 44'100);
  EXPECT_EQ(he.codec, "mp4a.40.5");
  const AacConfig v2 = parsed(sbr().bits(0x548, 11).bits(1, 1).bytes());
  EXPECT_TRUE(v2.ps);
  EXPECT_EQ(v2.codec, "mp4a.40.29");
  EXPECT_FALSE(parsed(base().bits(0x2b7, 11).bits(5, 5).bits(0, 1).bytes()).sbr);
  EXPECT_FALSE(parsed(base().bits(0x2b6, 11).bits(5, 5).bits(1, 1).bytes()).sbr);
}

TEST(AacConfig, ShortFrames) {
  EXPECT_EQ(parsed(BitWriter().bits(2, 5).bits(3, 4).bits(2, 4).bits(4, 3).bytes()).frame_samples,
            960);
}

TEST(AacConfig, RefusesOtherTypesByName) {
  // Low delay, USAC (escaped), none.
  for (const std::string& record :
       {BitWriter().bits(23, 5).bits(3, 4).bits(2, 4).bits(0, 3).bytes(),
        BitWriter().bits(31, 5).bits(10, 6).bits(3, 4).bits(2, 4).bits(0, 5).bytes(),
        BitWriter().bits(0, 5).bits(3, 4).bits(2, 4).bits(0, 3).bytes()}) {
    const auto config = parse_aac_config(as_bytes(record));
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, Errc::unsupported);
    EXPECT_EQ(config.error().reason, "codec");
    EXPECT_NE(config.error().detail.find("set the encoder to AAC"), std::string::npos);
  }
}

TEST(AacConfig, RefusesPieces) {
  EXPECT_FALSE(parse_aac_config({}));
  EXPECT_FALSE(parse_aac_config(as_bytes("\x12")));
  EXPECT_FALSE(parse_aac_config(as_bytes(std::string(513, '\x12'))));
  const std::string he =
      BitWriter().bits(5, 5).bits(7, 4).bits(2, 4).bits(4, 4).bits(2, 5).bits(0, 3).bytes();
  for (size_t n = 0; n < he.size() - 1; ++n)
    EXPECT_FALSE(parse_aac_config(as_bytes(he.substr(0, n)))) << n;
}

}  // namespace
}  // namespace strims::media
