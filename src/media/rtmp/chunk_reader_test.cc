#include "media/rtmp/chunk_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "media/rtmp/testing.h"

namespace strims::media {
namespace {

using rtmp_testing::chunk;
using rtmp_testing::control;
using rtmp_testing::message;
using testing::ElementsAre;

// Type, timestamp, stream and body of each message, then the reason of the error, if any.
std::vector<std::string> read(std::string_view wire, size_t piece = 0,
                              const RtmpChunkReader::Limits& limits = {}) {
  RtmpChunkReader reader(limits);
  std::vector<std::string> out;
  while (!wire.empty()) {
    const std::string_view part = wire.substr(0, piece == 0 ? wire.size() : piece);
    wire.remove_prefix(part.size());
    const std::vector<uint8_t> block(part.begin(), part.end());
    std::span<const uint8_t> bytes(block);
    for (;;) {
      const auto message = reader.next(bytes);
      if (!message) {
        out.emplace_back(message.error().reason);
        return out;
      }
      if (!*message) break;
      const RtmpMessage& m = **message;
      out.push_back(std::to_string(static_cast<int>(m.type)) + "@" +
                    std::to_string(m.timestamp_ms) + "/" + std::to_string(m.stream_id) + "(" +
                    std::string(as_text(m.body)) + ")");
    }
    EXPECT_TRUE(bytes.empty());
  }
  return out;
}

// The same however the bytes are cut.
std::vector<std::string> read_cut(std::string_view wire) {
  const auto whole = read(wire);
  for (size_t piece = 1; piece < wire.size(); ++piece) EXPECT_EQ(read(wire, piece), whole) << piece;
  return whole;
}

TEST(RtmpChunkReader, AMessageInOneChunkIsNotCopied) {
  const std::string wire = message(RtmpType::video, "frame", 40);
  RtmpChunkReader reader({});
  auto bytes = as_bytes(wire);
  const auto got = reader.next(bytes);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((*got)->body.data(), as_bytes(wire).data() + 12);
  EXPECT_EQ(reader.held_bytes(), 0u);
}

TEST(RtmpChunkReader, EveryTypeOfHeader) {
  const std::string wire =
      chunk({.time = 1000, .length = 1}, "a") + chunk({.type = 1, .time = 20, .length = 2}, "bb") +
      chunk({.type = 2, .time = 30}, "cc") + chunk({.type = 3}, "dd") +
      chunk({.type = 0, .time = 5, .length = 1, .stream_id = 0x01020304}, "e") +
      chunk({.type = 3}, "f") + chunk({.type = 1, .length = 0, .message_type = RtmpType::audio}) +
      chunk({.type = 3});
  EXPECT_THAT(read_cut(wire), ElementsAre("9@1000/1(a)", "9@1020/1(bb)", "9@1050/1(cc)",
                                          "9@1080/1(dd)", "9@5/16909060(e)", "9@10/16909060(f)",
                                          "8@10/16909060()", "8@10/16909060()"));
}

TEST(RtmpChunkReader, EveryFormOfChunkStreamId) {
  std::string wire;
  for (const uint32_t id : {2, 63, 64, 319, 320, 65'599})
    wire += chunk({.id = id, .time = id, .length = 1}, "x");
  for (const uint32_t id : {2, 63, 64, 319, 320, 65'599})
    wire += chunk({.type = 2, .id = id, .time = 1}, "y");
  EXPECT_THAT(read_cut(wire), ElementsAre("9@2/1(x)", "9@63/1(x)", "9@64/1(x)", "9@319/1(x)",
                                          "9@320/1(x)", "9@65599/1(x)", "9@3/1(y)", "9@64/1(y)",
                                          "9@65/1(y)", "9@320/1(y)", "9@321/1(y)", "9@65600/1(y)"));
}

TEST(RtmpChunkReader, MessagesOfTwoChunkStreamsInterleave) {
  const std::string wire =
      chunk({.id = 6, .time = 1, .length = 300}, std::string(128, 'v')) +
      chunk({.id = 4, .time = 2, .length = 130, .message_type = RtmpType::audio},
            std::string(128, 'a')) +
      chunk({.type = 3, .id = 6}, std::string(128, 'v')) + chunk({.type = 3, .id = 4}, "aa") +
      chunk({.type = 3, .id = 6}, std::string(44, 'v'));
  EXPECT_THAT(read_cut(wire), ElementsAre("8@2/1(" + std::string(130, 'a') + ")",
                                          "9@1/1(" + std::string(300, 'v') + ")"));
}

TEST(RtmpChunkReader, ExtendedTimestamps) {
  const std::string body(200, 'x');
  const auto rest = [&](uint32_t time) {
    return chunk({.type = 3, .time = time, .extended = true}, body.substr(128));
  };
  std::string wire;
  for (const uint32_t time : {0xffffffU, 0x1000000U, 0xffffffffU})
    wire += chunk({.time = time, .length = 200}, body.substr(0, 128)) + rest(time);
  // A delta of that size, which makes the time wrap; then the same again, and a small one.
  wire += chunk({.type = 2, .time = 0x1000001}, body.substr(0, 128)) + rest(0x1000001);
  wire += chunk({.type = 3, .time = 0x1000001, .extended = true}, body.substr(0, 128)) +
          rest(0x1000001);
  wire += chunk({.type = 2, .time = 1}, body.substr(0, 128)) + chunk({.type = 3}, body.substr(128));
  const auto seen = read_cut(wire);
  const std::string end = "/1(" + body + ")";
  EXPECT_THAT(seen, ElementsAre("9@16777215" + end, "9@16777216" + end, "9@4294967295" + end,
                                "9@16777216" + end, "9@33554433" + end, "9@33554434" + end));
}

TEST(RtmpChunkReader, WhatTheWriterWritesIsRead) {
  for (const size_t n : {0, 1, 127, 128, 129, 256, 257, 5000}) {
    for (const uint32_t time : {0U, 0xfffffeU, 0xffffffU, 0xffffffffU}) {
      const std::string body(n, 'w');
      EXPECT_THAT(read(message(RtmpType::audio, body, time, 7), 100),
                  ElementsAre("8@" + std::to_string(time) + "/7(" + body + ")"));
    }
  }
}

TEST(RtmpChunkReader, SetChunkSizeIsObeyed) {
  std::string wire = control(RtmpType::set_chunk_size, 1) + chunk({.length = 3}, "a");
  wire += chunk({.type = 3}, "b") + chunk({.type = 3}, "c");
  // Chunks of a byte: the control message is cut to pieces, too.
  const std::string set = control(RtmpType::set_chunk_size, 1000);
  wire += set.substr(0, 13);
  for (size_t i = 13; i < set.size(); ++i) wire += '\xc2' + set.substr(i, 1);
  wire += chunk({.length = 1000}, std::string(1000, 'd'));
  EXPECT_THAT(read_cut(wire), ElementsAre("9@0/1(abc)", "9@0/1(" + std::string(1000, 'd') + ")"));
}

TEST(RtmpChunkReader, ChunkSizesOutOfBounds) {
  for (const uint32_t size : {0U, (1U << 20) + 1, 0x80000001U, 0xffffffffU})
    EXPECT_THAT(read(control(RtmpType::set_chunk_size, size)), ElementsAre("chunk_size")) << size;
  EXPECT_THAT(read(control(RtmpType::set_chunk_size, 1U << 20)), ElementsAre());
}

TEST(RtmpChunkReader, AbortDropsWhatHasCome) {
  const std::string start = chunk({.id = 6, .time = 9, .length = 200}, std::string(128, 'v'));
  const std::string wire =
      start + control(RtmpType::abort, 6) + chunk({.type = 3, .id = 6}, std::string(128, 'w')) +
      chunk({.type = 3, .id = 6}, std::string(72, 'w')) + control(RtmpType::abort, 6) +
      control(RtmpType::abort, 1234) + chunk({.id = 6, .length = 1}, "x");
  EXPECT_THAT(read_cut(wire), ElementsAre("9@18/1(" + std::string(200, 'w') + ")", "9@0/1(x)"));
  RtmpChunkReader reader({});
  const std::string part = start + control(RtmpType::abort, 6);
  auto bytes = as_bytes(part);
  ASSERT_TRUE(reader.next(bytes));
  EXPECT_EQ(reader.held_bytes(), 0u);
}

TEST(RtmpChunkReader, ControlMessagesThatAreCut) {
  EXPECT_THAT(read(message(RtmpType::set_chunk_size, "abc")), ElementsAre("bad_control"));
  EXPECT_THAT(read(message(RtmpType::abort, "")), ElementsAre("bad_control"));
}

TEST(RtmpChunkReader, AChunkStreamMayBeginWithType1) {
  EXPECT_THAT(read_cut(chunk({.type = 1, .time = 7, .length = 1}, "a")), ElementsAre("9@7/0(a)"));
  EXPECT_THAT(read(chunk({.type = 2}, "a")), ElementsAre("bad_chunk"));
  EXPECT_THAT(read(chunk({.type = 3}, "a")), ElementsAre("bad_chunk"));
}

TEST(RtmpChunkReader, AMessageInsideAnotherOfItsChunkStream) {
  const std::string start = chunk({.length = 200}, std::string(128, 'v'));
  for (const uint8_t type : {0, 1, 2})
    EXPECT_THAT(read(start + chunk({.type = type, .length = 1}, "a")), ElementsAre("bad_chunk"));
}

TEST(RtmpChunkReader, ChunkStreamsAreBounded) {
  std::string wire;
  for (uint32_t id = 2; id < 66; ++id) wire += chunk({.id = id, .length = 1}, "x");
  EXPECT_EQ(read(wire).size(), 64u);
  EXPECT_EQ(read(wire + chunk({.id = 65, .length = 1}, "x")).back(), "9@0/1(x)");
  EXPECT_EQ(read(wire + chunk({.id = 66, .length = 1}, "x")).back(), "too_many_chunk_streams");
}

TEST(RtmpChunkReader, LengthsAreCheckedFromTheHeader) {
  const auto header = [](RtmpType type, uint32_t length) {
    return read(chunk({.length = length, .message_type = type}));
  };
  for (const RtmpType type : {RtmpType::audio, RtmpType::video, RtmpType::aggregate}) {
    EXPECT_THAT(header(type, 4U << 20), ElementsAre());
    EXPECT_THAT(header(type, (4U << 20) + 1), ElementsAre("message_too_big"));
  }
  for (const RtmpType type : {RtmpType::command_amf0, RtmpType::data_amf0, RtmpType{77}}) {
    EXPECT_THAT(header(type, 64 * 1024), ElementsAre());
    EXPECT_THAT(header(type, 64 * 1024 + 1), ElementsAre("message_too_big"));
  }
}

TEST(RtmpChunkReader, AnAnnouncedLengthTakesNoMemory) {
  RtmpChunkReader reader({});
  std::string wire = control(RtmpType::set_chunk_size, 1);
  for (uint32_t id = 3; id < 66; ++id) wire += chunk({.id = id, .length = 4U << 20}, "x");
  auto bytes = as_bytes(wire);
  ASSERT_TRUE(reader.next(bytes));
  EXPECT_LE(reader.held_bytes(), 63 * 1024u);
}

TEST(RtmpChunkReader, UnfinishedMessagesAreBoundedTogether) {
  const RtmpChunkReader::Limits limits{.max_media = 1000, .max_held = 1500};
  std::string wire = control(RtmpType::set_chunk_size, 900);
  wire += chunk({.id = 4, .length = 1000}, std::string(900, 'a'));
  const std::string both = wire + chunk({.id = 5, .length = 1000}, std::string(900, 'b'));
  EXPECT_THAT(read(both, 0, limits), ElementsAre("message_too_big"));
  EXPECT_THAT(read(both, 1, limits), ElementsAre("message_too_big"));
  // Finished ones count no more.
  wire += chunk({.id = 5, .length = 600}, std::string(600, 'b'));
  wire += chunk({.type = 3, .id = 4}, std::string(100, 'a'));
  EXPECT_EQ(read(wire, 0, limits).size(), 2u);
  EXPECT_EQ(read(wire + wire, 0, limits).size(), 4u);
  EXPECT_EQ(read(wire + wire, 1, limits).size(), 4u);
}

TEST(RtmpChunkReader, MemoryIsGivenBack) {
  RtmpChunkReader reader({});
  const std::string wire = message(RtmpType::video, std::string(100'000, 'v'));
  auto bytes = as_bytes(wire).first(wire.size() - 1);
  ASSERT_TRUE(reader.next(bytes));
  EXPECT_GT(reader.held_bytes(), 99'000u);
  EXPECT_LE(reader.held_bytes(), 100'000u);
  bytes = as_bytes(wire).last(1);
  ASSERT_TRUE(*reader.next(bytes));
  reader.release();
  EXPECT_EQ(reader.held_bytes(), 0u);
}

}  // namespace
}  // namespace strims::media
