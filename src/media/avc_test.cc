#include "media/avc.h"

#include <gtest/gtest.h>

#include "media/media_testing.h"

namespace strims::media {
namespace {

TEST(AvcConfig, SaysWhatTheSpsSays) {
  const std::string record =
      testing::avc_record(testing::sps({.profile = 77, .compatibility = 0x40, .level = 41}), 2);
  const auto config = parse_avc_config(as_bytes(record));
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->record, record);
  EXPECT_EQ(config->nal_length, 2);
  EXPECT_EQ(config->codec, "avc1.4d4029");
  EXPECT_EQ(config->sps.width, 1280);
}

TEST(AvcConfig, MayHaveMoreBehindIt) {
  // Chroma format and bit depth (ISO 14496-15 section 5.3.3.1.2).
  const std::string record =
      testing::avc_record(testing::sps()) + std::string("\xfd\xf8\xf8\x00", 4);
  EXPECT_TRUE(parse_avc_config(as_bytes(record)));
}

TEST(AvcConfig, RefusesWhatIsNone) {
  const std::string good = testing::avc_record(testing::sps());
  const auto refused = [](const std::string& record) {
    const auto config = parse_avc_config(as_bytes(record));
    return !config && config.error().code == Errc::invalid &&
           config.error().reason == "sequence_header";
  };
  for (size_t n = 0; n < good.size(); ++n) EXPECT_TRUE(refused(good.substr(0, n))) << n;
  const auto with = [&good](size_t at, uint8_t byte) {
    std::string record = good;
    record[at] = static_cast<char>(byte);
    return record;
  };
  EXPECT_TRUE(refused(with(0, 2))) << "version";
  EXPECT_TRUE(refused(with(4, 0xfe))) << "NAL lengths of three bytes";
  EXPECT_TRUE(refused(with(5, 0xe0))) << "no SPS";
  EXPECT_TRUE(refused(with(6, 0xff))) << "an SPS past the end";
  EXPECT_TRUE(refused(with(good.size() - 7, 0))) << "no PPS";
}

TEST(AvcUnits, AreWholeToTheLastByte) {
  const auto whole = [](std::string_view units, int length) {
    return avc_units_are_whole(as_bytes(units), length);
  };
  EXPECT_TRUE(whole({"\0\0\0\1a\0\0\0\2bb", 11}, 4));
  EXPECT_TRUE(whole({"\0\1a\0\2bb", 7}, 2));
  EXPECT_TRUE(whole({"\1a\2bb", 5}, 1));
  EXPECT_FALSE(whole({}, 4));
  EXPECT_FALSE(whole({"\0\0\0\1", 4}, 4));
  EXPECT_FALSE(whole({"\0\0\0\1a\0", 6}, 4));
  EXPECT_FALSE(whole({"\0\0\0\0", 4}, 4)) << "an empty unit";
  EXPECT_FALSE(whole({"\xff\xff\xff\xff"
                      "a",
                      5},
                     4));
}

}  // namespace
}  // namespace strims::media
