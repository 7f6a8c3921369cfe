#include "hub/feed.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "hub/feed_encoder.h"

namespace strims::hub {
namespace {

std::string bytes(const Feed& feed, Encoding encoding, FeedPosition from, FeedPosition to) {
  return std::string(as_text(feed.range(encoding, from, to)));
}

// Frames of `size` plain bytes and a quarter of that deflated.
FeedPart part(std::initializer_list<Seq> seqs, size_t size, bool epoch = false) {
  FeedPart out;
  for (const Seq seq : seqs) {
    out.frames.push_back({static_cast<uint32_t>(out.plain.size()),
                          static_cast<uint32_t>(out.deflated.size()), epoch && out.plain.empty(),
                          seq});
    out.plain.append(size, static_cast<char>('a' + seq % 26));
    out.deflated.append(size / 4, static_cast<char>('A' + seq % 26));
  }
  return out;
}

TEST(Feed, BothFormsEndTogether) {
  Feed feed(1 << 16);
  const FeedPlace begin = feed.end();
  feed.append(part({1, 2}, 8));
  feed.append_control("ping");
  EXPECT_EQ(bytes(feed, Encoding::plain, begin.plain, feed.end().plain), "bbbbbbbbccccccccping");
  EXPECT_EQ(bytes(feed, Encoding::deflated, begin.deflated, feed.end().deflated), "BBCCping");
}

TEST(Feed, AReaderFindsTheEpochAtOrBehindHim) {
  Feed feed(1 << 16);
  const FeedPlace begin = feed.end();
  EXPECT_FALSE(feed.epoch_from(begin.plain));
  feed.append(part({1}, 8));
  const FeedPlace second = feed.end();
  feed.append(part({2, 3}, 8, true));
  for (const FeedPosition at : {begin.plain, begin.plain + 3, second.plain}) {
    const auto epoch = feed.epoch_from(at);
    ASSERT_TRUE(epoch);
    EXPECT_EQ(epoch->plain, second.plain);
    EXPECT_EQ(epoch->deflated, second.deflated);
  }
  EXPECT_FALSE(feed.epoch_from(second.plain + 1)) << "he is past it";
}

TEST(Feed, AnEpochWhoseBytesAreGoneIsNone) {
  Feed feed(1 << 16);
  const FeedPlace begin = feed.end();
  feed.append(part({1}, 8, true));
  while (feed.holds(Encoding::deflated, begin.deflated)) feed.append(part({2}, 4096));
  EXPECT_FALSE(feed.epoch_from(begin.plain));
}

TEST(Feed, WhereTheNextFrameBegins) {
  Feed feed(1 << 16);
  const FeedPlace begin = feed.end();
  feed.append(part({1, 0, 3}, 8));
  for (const Encoding encoding : {Encoding::plain, Encoding::deflated}) {
    const FeedPosition size = encoding == Encoding::plain ? 8 : 2;
    const auto at_first = feed.boundary(encoding, begin.in(encoding));
    EXPECT_EQ(at_first.place.in(encoding), begin.in(encoding));
    EXPECT_EQ(at_first.seq, 1U);
    const auto in_first = feed.boundary(encoding, begin.in(encoding) + 1);
    EXPECT_EQ(in_first.place.in(encoding), begin.in(encoding) + size);
    EXPECT_EQ(in_first.seq, 3U) << "the second frame is of no entry";
    const auto in_last = feed.boundary(encoding, begin.in(encoding) + 2 * size + 1);
    EXPECT_EQ(in_last.place.in(encoding), feed.end().in(encoding));
    EXPECT_EQ(in_last.seq, 0U);
  }
}

TEST(Feed, FramesThatWereNotDeflatedAreNotAheadOfWhoReadsDeflated) {
  Feed feed(1 << 16);
  FeedPart plain_only = part({1, 2}, 8);
  plain_only.deflated.clear();
  for (FeedPart::Frame& frame : plain_only.frames) frame.deflated = 0;
  feed.append(plain_only);
  const FeedPlace epoch = feed.end();
  feed.append(part({3, 4}, 8, true));
  for (const Encoding encoding : {Encoding::plain, Encoding::deflated}) {
    const auto next = feed.boundary(encoding, epoch.in(encoding));
    EXPECT_EQ(next.seq, 3U);
    EXPECT_EQ(next.place.plain, epoch.plain);
  }
}

TEST(Feed, ForgetsWhereOldFramesBegan) {
  Feed feed(1 << 16);
  for (Seq seq = 1; seq <= 100; ++seq) feed.append(part({seq}, 4096));
  const auto oldest = feed.boundary(Encoding::plain, feed.end().plain - (1 << 16));
  EXPECT_EQ(oldest.seq, 85U);
}

TEST(FeedEncoder, DeflatesOnlyWhatSomebodyReads) {
  FeedEncoder encoder(5, 3);
  FeedPart out;
  encoder.add(out, "one", 1, {});
  EXPECT_TRUE(out.deflated.empty());
  EXPECT_EQ(out.plain.size(), 5U);
  encoder.add(out, "two", 2, {.any = true, .waiting = true});
  EXPECT_FALSE(out.deflated.empty());
  ASSERT_EQ(out.frames.size(), 2U);
  EXPECT_FALSE(out.frames[0].epoch);
  EXPECT_TRUE(out.frames[1].epoch);
}

TEST(FeedEncoder, AnEpochBeginsForWhoWaitsButNotTooSoon) {
  FeedEncoder encoder(5, 3);
  FeedPart out;
  std::string epochs;
  for (int i = 0; i < 10; ++i) {
    encoder.add(out, "text", 1, {.any = true, .waiting = i < 6});
    epochs += out.frames.back().epoch ? 'E' : '.';
  }
  EXPECT_EQ(epochs, "E..E......");
}

TEST(FeedEncoder, AfterAPauseTheWindowIsEmpty) {
  FeedEncoder encoder(5, 100);
  FeedPart out;
  encoder.add(out, "text", 1, {.any = true});
  encoder.add(out, "text", 2, {});
  encoder.add(out, "text", 3, {.any = true});
  EXPECT_TRUE(out.frames[2].epoch) << "number 2 is not in the deflated form";
}

TEST(FeedEncoder, LevelZeroIsOff) {
  FeedEncoder encoder(0, 3);
  FeedPart out;
  encoder.add(out, "text", 1, {.any = true, .waiting = true});
  EXPECT_TRUE(out.deflated.empty());
  EXPECT_FALSE(out.frames[0].epoch);
}

}  // namespace
}  // namespace strims::hub
