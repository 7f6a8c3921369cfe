#include "media/rtmp/aggregate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "media/rtmp/testing.h"

namespace strims::media {
namespace {

using testing::ElementsAre;

std::string flv_tag(int kind, uint32_t time, std::string_view body) {
  std::string out;
  append_be(out, static_cast<uint8_t>(kind), 1);
  append_be(out, body.size(), 3);
  append_be(out, time & 0xffffff, 3);
  append_be(out, time >> 24, 1);
  append_be(out, 0, 3);
  out += body;
  append_be(out, 11 + body.size(), 4);
  return out;
}

std::vector<std::string> split(std::string_view body, uint32_t time = 0) {
  RtmpAggregateReader reader({RtmpType::aggregate, time, 1, as_bytes(body)});
  std::vector<std::string> out;
  for (;;) {
    const auto tag = reader.next();
    if (!tag) out.emplace_back(tag.error().reason);
    if (!tag || !*tag) return out;
    out.push_back(rtmp_testing::describe(**tag));
  }
}

TEST(RtmpAggregate, TimesAreCountedFromTheMessage) {
  const std::string body = flv_tag(9, 5000, "v1") + flv_tag(8, 5010, "a1") +
                           flv_tag(18, 5020, "m") + flv_tag(9, 4990, "");
  EXPECT_THAT(split(body, 100),
              ElementsAre("video@100(v1)", "audio@110(a1)", "data@120(m)", "video@90()"));
  EXPECT_THAT(split(body, 5000), testing::Contains("audio@5010(a1)"));
}

TEST(RtmpAggregate, TimesWrap) {
  const std::string body = flv_tag(9, 0xfffffff0, "v") + flv_tag(9, 0x00000010, "w");
  EXPECT_THAT(split(body, 0xfffffff8), ElementsAre("video@4294967288(v)", "video@24(w)"));
}

TEST(RtmpAggregate, OtherTagsAreSkipped) {
  EXPECT_THAT(split(flv_tag(15, 0, "x") + flv_tag(9, 7, "v")), ElementsAre("video@7(v)"));
  EXPECT_THAT(split(""), ElementsAre());
}

TEST(RtmpAggregate, CutTagsAreAnError) {
  const std::string body = flv_tag(9, 0, "abc");
  for (size_t n = 1; n < body.size(); ++n)
    EXPECT_THAT(split(std::string(body, 0, n)), ElementsAre("bad_aggregate")) << n;
  EXPECT_THAT(split(body + "x"), ElementsAre("video@0(abc)", "bad_aggregate"));
}

}  // namespace
}  // namespace strims::media
