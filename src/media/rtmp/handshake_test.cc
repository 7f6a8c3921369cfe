#include "media/rtmp/handshake.h"

#include <gtest/gtest.h>
#include <string>

#include "base/bytes.h"

namespace strims::media {
namespace {

constexpr size_t kBlock = 1536;

std::string hello() {
  std::string out;
  RtmpHandshake::begin(out);
  return out;
}

struct Outcome {
  std::string answer;
  std::string error;
  std::string rest;  // what was left when done
  bool done = false;
};

Outcome shake(std::string_view wire, size_t piece) {
  RtmpHandshake handshake(RtmpHandshake::Side::server);
  Outcome out;
  while (!wire.empty() && out.error.empty()) {
    const std::string part(wire.substr(0, piece));
    wire.remove_prefix(part.size());
    auto bytes = as_bytes(part);
    const auto result = handshake.receive(bytes, out.answer);
    if (!result) out.error = result.error().reason;
    if (handshake.done()) out.rest += as_text(bytes);
    EXPECT_LE(handshake.held_bytes(), 2 * kBlock);
  }
  out.done = handshake.done();
  if (out.done) {
    EXPECT_EQ(handshake.held_bytes(), 0u);
  }
  return out;
}

TEST(RtmpHandshake, TheBlockComesBackHoweverItWasCut) {
  const std::string first = hello();
  const std::string wire = first + std::string(kBlock, 'c') + "chunks";
  const std::string answer = shake(wire, wire.size()).answer;
  ASSERT_EQ(answer.size(), 1 + 2 * kBlock);
  EXPECT_EQ(answer[0], 3);
  EXPECT_EQ(answer.substr(1 + kBlock), first.substr(1));
  EXPECT_NE(answer.substr(1, kBlock), first.substr(1));
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{1000}, kBlock - 1, kBlock,
                             kBlock + 1, 2 * kBlock, wire.size() - 1}) {
    const Outcome outcome = shake(wire, piece);
    EXPECT_EQ(outcome.answer, answer);
    EXPECT_EQ(outcome.rest, "chunks");
    EXPECT_TRUE(outcome.done);
  }
}

TEST(RtmpHandshake, NothingIsAnsweredBeforeTheWholeBlock) {
  EXPECT_EQ(shake(hello().substr(0, kBlock), 7).answer, "");
  EXPECT_FALSE(shake(hello(), 7).done);
  EXPECT_EQ(shake(hello(), 7).answer.size(), 1 + 2 * kBlock);
}

TEST(RtmpHandshake, OtherVersionsAreRefusedAtTheFirstByte) {
  for (const int version : {0, 2, 4, 6, 8, 0x16, 0x47}) {
    const std::string wire(1, static_cast<char>(version));
    EXPECT_EQ(shake(wire, 1).error, "version") << version;
    EXPECT_EQ(shake(wire, 1).answer, "");
  }
}

// A client that begins with a digest sets bytes 4 to 7 to a version, and sends another digest at
// the end of its second block. Our version 0 sends it back to the plain form.
TEST(RtmpHandshake, ClientsWithADigestAreAnsweredPlainly) {
  std::string first = hello();
  first.replace(1 + 4, 4, "\x80\x00\x07\x02", 4);
  const Outcome outcome = shake(first + std::string(kBlock, 'd'), 100);
  EXPECT_TRUE(outcome.done);
  EXPECT_EQ(outcome.answer.substr(1 + 4, 4), std::string(4, '\0'));
  EXPECT_EQ(outcome.answer.substr(1 + kBlock), first.substr(1));
}

TEST(RtmpHandshake, BothSides) {
  RtmpHandshake client(RtmpHandshake::Side::client);
  RtmpHandshake server(RtmpHandshake::Side::server);
  std::string to_server = hello();
  std::string to_client;
  for (int i = 0; i < 2; ++i) {
    const std::string sent = std::exchange(to_server, {});
    auto bytes = as_bytes(sent);
    ASSERT_TRUE(server.receive(bytes, to_client));
    const std::string answered = std::exchange(to_client, {});
    bytes = as_bytes(answered);
    ASSERT_TRUE(client.receive(bytes, to_server));
  }
  EXPECT_TRUE(client.done());
  EXPECT_TRUE(server.done());
  EXPECT_EQ(to_server, "");
}

}  // namespace
}  // namespace strims::media
