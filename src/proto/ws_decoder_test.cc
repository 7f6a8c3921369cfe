#include "proto/ws_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "proto/ws_inflate.h"
#include "proto/ws_testing.h"

namespace strims::proto {
namespace {

using testing::ElementsAre;
using ws_testing::client_frame;
using ws_testing::feed_all;
using ws_testing::FrameShape;
using ws_testing::Recorder;

constexpr FrameShape kMore{.fin = false};
constexpr FrameShape kDeflated{.rsv = 4};

std::vector<std::string> decode(std::string_view wire, size_t piece = 0, size_t limit = 1000) {
  WsDecoder decoder({.max_message = limit});
  Recorder sink;
  feed_all(decoder, wire, piece, sink);
  return sink.seen;
}

TEST(WsDecoder, AWholeFrameIsNotCopied) {
  std::string wire = client_frame(WsOpcode::text, "Hello");
  WsDecoder decoder({});
  Recorder sink;
  const size_t n =
      decoder.feed({reinterpret_cast<uint8_t*>(wire.data()), wire.size()}, sink, nullptr);
  EXPECT_EQ(n, wire.size());
  EXPECT_THAT(sink.seen, ElementsAre("text(Hello)"));
  EXPECT_EQ(sink.where[0], wire.data() + 6);
  EXPECT_EQ(decoder.held_bytes(), 0u);
}

TEST(WsDecoder, APayloadAfterItsHeaderIsNotCopiedEither) {
  const std::string wire = client_frame(WsOpcode::text, "Hello");
  WsDecoder decoder({});
  Recorder sink;
  feed_all(decoder, wire.substr(0, 6), 0, sink);
  std::string rest = wire.substr(6);
  decoder.feed({reinterpret_cast<uint8_t*>(rest.data()), rest.size()}, sink, nullptr);
  EXPECT_EQ(sink.where.at(0), rest.data());
}

TEST(WsDecoder, LongMessagesOfEveryLengthForm) {
  for (const size_t n : {0, 1, 125, 126, 127, 65535, 65536, 70000}) {
    const std::string text(n, 'x');
    for (const size_t piece : {0, 1000, 1460})
      EXPECT_THAT(decode(client_frame(WsOpcode::text, text), piece, 70000),
                  ElementsAre("text(" + text + ")"));
  }
}

TEST(WsDecoder, SeveralFramesInOnePiece) {
  const std::string wire = client_frame(WsOpcode::text, "one") +
                           client_frame(WsOpcode::binary, "two") +
                           client_frame(WsOpcode::ping, "three") + client_frame(WsOpcode::pong, "");
  for (size_t piece = 0; piece <= wire.size(); ++piece)
    EXPECT_THAT(decode(wire, piece),
                ElementsAre("text(one)", "binary(two)", "ping(three)", "pong()"));
}

TEST(WsDecoder, FragmentsWithControlFramesBetween) {
  const std::string wire = client_frame(WsOpcode::text, "caf\xc3", kMore) +
                           client_frame(WsOpcode::ping, "are you there") +
                           client_frame(WsOpcode::continuation, "", kMore) +
                           client_frame(WsOpcode::pong, std::string(125, 'p')) +
                           client_frame(WsOpcode::continuation, "\xa9 noir") +
                           client_frame(WsOpcode::binary, "next");
  for (size_t piece = 0; piece <= wire.size(); ++piece)
    EXPECT_THAT(decode(wire, piece),
                ElementsAre("ping(are you there)", "pong(" + std::string(125, 'p') + ")",
                            "text(caf\xc3\xa9 noir)", "binary(next)"));
}

TEST(WsDecoder, ManySmallFragments) {
  std::string wire = client_frame(WsOpcode::binary, "a", kMore);
  for (int i = 0; i < 998; ++i) wire += client_frame(WsOpcode::continuation, "a", kMore);
  wire += client_frame(WsOpcode::continuation, "a");
  EXPECT_THAT(decode(wire), ElementsAre("binary(" + std::string(1000, 'a') + ")"));
}

TEST(WsDecoder, HoldsMemoryOnlyWhileSomethingIsIncomplete) {
  WsDecoder decoder({});
  Recorder sink;
  const std::string frame = client_frame(WsOpcode::binary, std::string(60'000, 'x'));
  feed_all(decoder, frame.substr(0, 20), 0, sink);
  EXPECT_GT(decoder.held_bytes(), 0u);
  EXPECT_LT(decoder.held_bytes(), 1000u);  // an announced length allocates nothing
  feed_all(decoder, frame.substr(20), 1000, sink);
  EXPECT_EQ(sink.seen.size(), 1u);
  EXPECT_EQ(decoder.held_bytes(), 0u);

  feed_all(decoder, client_frame(WsOpcode::ping, "abc"), 1, sink);
  EXPECT_EQ(decoder.held_bytes(), 0u);
  feed_all(decoder, client_frame(WsOpcode::text, "abc", kMore), 0, sink);
  EXPECT_GT(decoder.held_bytes(), 0u);
  feed_all(decoder, client_frame(WsOpcode::close, "\x03\xe8"), 1, sink);
  EXPECT_EQ(decoder.held_bytes(), 0u);
}

TEST(WsDecoder, TheLimitCountsAllFragments) {
  EXPECT_THAT(decode(client_frame(WsOpcode::text, "12345"), 0, 5), ElementsAre("text(12345)"));
  EXPECT_THAT(decode(client_frame(WsOpcode::text, "123456"), 0, 5), ElementsAre("error(1009)"));
  const std::string split = client_frame(WsOpcode::text, "123", kMore) +
                            client_frame(WsOpcode::ping, "1234567") +
                            client_frame(WsOpcode::continuation, "456");
  EXPECT_THAT(decode(split, 0, 6), ElementsAre("ping(1234567)", "text(123456)"));
  EXPECT_THAT(decode(split, 0, 5), ElementsAre("ping(1234567)", "error(1009)"));
  EXPECT_THAT(decode(client_frame(WsOpcode::text, ""), 0, 0), ElementsAre("text()"));
}

TEST(WsDecoder, TheLimitIsCheckedFromTheHeader) {
  // Ten bytes of header that announce 2^40 bytes, before even the key.
  const std::string_view header("\x82\xff\x00\x00\x01\x00\x00\x00\x00\x00", 10);
  EXPECT_THAT(decode(header), ElementsAre("error(1009)"));
}

TEST(WsDecoder, BadTextFailsInTheMiddleOfAFrame) {
  const std::string frame = client_frame(WsOpcode::text, "abc\xff" + std::string(500, 'x'));
  EXPECT_THAT(decode(frame.substr(0, 11)), ElementsAre());
  EXPECT_THAT(decode(frame.substr(0, 12)), ElementsAre("error(1007)"));
  EXPECT_THAT(decode(frame), ElementsAre("error(1007)"));
}

TEST(WsDecoder, NothingFollowsAnErrorOrAClose) {
  const std::string text = client_frame(WsOpcode::text, "late");
  EXPECT_THAT(decode(client_frame(3, "") + text), ElementsAre("error(1002)"));
  EXPECT_THAT(decode(client_frame(WsOpcode::close, "") + text), ElementsAre("close(1005,)"));
  WsDecoder decoder({});
  Recorder sink;
  std::string wire = client_frame(WsOpcode::close, "\x03\xe8gone") + text;
  EXPECT_FALSE(decoder.finished());
  EXPECT_EQ(decoder.feed({reinterpret_cast<uint8_t*>(wire.data()), wire.size()}, sink),
            wire.size());
  EXPECT_TRUE(decoder.finished());
  EXPECT_THAT(sink.seen, ElementsAre("close(1000,gone)"));
}

TEST(WsDecoder, StopsWhenTheSinkSaysSo) {
  std::string wire = client_frame(WsOpcode::text, "one");
  const size_t first = wire.size();
  wire += client_frame(WsOpcode::text, "two") + client_frame(WsOpcode::ping, "three");
  for (size_t piece = 0; piece <= wire.size(); ++piece) {
    WsDecoder decoder({});
    Recorder sink;
    sink.stop_at_each = true;
    feed_all(decoder, wire, piece, sink);
    EXPECT_THAT(sink.seen, ElementsAre("text(one)", "text(two)", "ping(three)"));
  }
  WsDecoder decoder({});
  Recorder sink;
  sink.stop_at_each = true;
  EXPECT_EQ(decoder.feed({reinterpret_cast<uint8_t*>(wire.data()), wire.size()}, sink), first);
  EXPECT_EQ(sink.seen.size(), 1u);
}

class WsDecoderDeflate : public testing::Test {
 protected:
  std::vector<std::string> decode(std::string_view wire, size_t piece, size_t limit = 1000) {
    WsDecoder decoder({.max_message = limit}, /*deflate=*/true);
    Recorder sink;
    feed_all(decoder, wire, piece, sink, &inflater_);
    return sink.seen;
  }
  WsInflater inflater_;
  // "Hello" (RFC 7692 section 7.2.3.1).
  const std::string hello_ = std::string("\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
};

TEST_F(WsDecoderDeflate, WholeFragmentedAndPlainMessages) {
  const std::string wire =
      client_frame(WsOpcode::text, hello_, kDeflated) +
      client_frame(WsOpcode::binary, hello_.substr(0, 3), {.fin = false, .rsv = 4}) +
      client_frame(WsOpcode::ping, "x") +
      client_frame(WsOpcode::continuation, hello_.substr(3, 2), kMore) +
      client_frame(WsOpcode::continuation, hello_.substr(5)) +
      client_frame(WsOpcode::text, "plain");
  for (size_t piece = 0; piece <= wire.size(); ++piece)
    EXPECT_THAT(decode(wire, piece),
                ElementsAre("text(Hello)", "ping(x)", "binary(Hello)", "text(plain)"));
}

TEST_F(WsDecoderDeflate, LimitsAndDamage) {
  for (const size_t piece : {0, 1}) {
    const std::string hello = client_frame(WsOpcode::text, hello_, kDeflated);
    EXPECT_THAT(decode(hello, piece, 5), ElementsAre("text(Hello)"));
    EXPECT_THAT(decode(hello, piece, 4), ElementsAre("error(1009)"));
    EXPECT_THAT(decode(client_frame(WsOpcode::text, "\xff\xff\xff", kDeflated), piece),
                ElementsAre("error(1007)"));
    // A stored block that holds the byte ff.
    const std::string bad_text("\x00\x01\x00\xfe\xff\xff\x00", 7);
    EXPECT_THAT(decode(client_frame(WsOpcode::text, bad_text, kDeflated), piece),
                ElementsAre("error(1007)"));
    EXPECT_THAT(decode(client_frame(WsOpcode::binary, bad_text, kDeflated), piece),
                ElementsAre("binary(\xff)"));
  }
}

TEST_F(WsDecoderDeflate, TheWireLimitHasRoomForDataThatDoesNotCompress) {
  std::string stored("\x00\xe8\x03\x17\xfc", 5);  // 1000 bytes, stored
  stored += std::string(1000, 'n');
  stored += '\0';
  EXPECT_THAT(decode(client_frame(WsOpcode::text, stored, kDeflated), 0),
              ElementsAre("text(" + std::string(1000, 'n') + ")"));
  EXPECT_THAT(decode(client_frame(WsOpcode::text, std::string(1190, 'n'), kDeflated), 0),
              ElementsAre("error(1009)"));
}

TEST_F(WsDecoderDeflate, ReservedBitOnlyOnTheFirstFrame) {
  EXPECT_THAT(decode(client_frame(WsOpcode::ping, "", kDeflated), 0), ElementsAre("error(1002)"));
  EXPECT_THAT(decode(client_frame(WsOpcode::text, hello_, {.fin = false, .rsv = 4}) +
                         client_frame(WsOpcode::continuation, "", kDeflated),
                     0),
              ElementsAre("error(1002)"));
  EXPECT_THAT(decode(client_frame(WsOpcode::text, hello_, {.rsv = 2}), 0),
              ElementsAre("error(1002)"));
}

}  // namespace
}  // namespace strims::proto
