#include "media/rtmp/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "media/rtmp/testing.h"

namespace strims::media {
namespace {

using rtmp_testing::client_handshake;
using rtmp_testing::command;
using rtmp_testing::connect_command;
using rtmp_testing::control;
using rtmp_testing::message;
using rtmp_testing::Owner;
using rtmp_testing::publish_wire;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const std::string kPublished = "publish(live,slug,key=sk_1)";
constexpr size_t kHandshake = 1 + 2 * 1536;

std::string meta_data() {
  std::string body;
  Amf0Writer(body).string("@setDataFrame").string("onMetaData").null();
  return message(RtmpType::data_amf0, body);
}
const std::string kMeta = std::string("data@0(\2\0\12onMetaData\5)", 22);

// A whole visit: publish, all kinds of messages, and the end.
std::string visit() {
  std::string ping(2, '\0');
  ping[1] = 6;
  ping += "time";
  return publish_wire("slug?key=sk_1") + meta_data() + control(RtmpType::set_chunk_size, 500) +
         message(RtmpType::video, "", 0) + message(RtmpType::video, "v1", 40) +
         message(RtmpType::user_control, ping, 0, 0, 2) + control(RtmpType::window_ack_size, 4096) +
         message(RtmpType::audio, "a1", 0xffffffff) +
         message(RtmpType::video, std::string(100, 'v'), 0x1000000) +
         message(RtmpType{19}, "shared object") + control(RtmpType::acknowledgement, 1) +
         message(RtmpType::audio, "a2", 60) + command("FCUnpublish", 6, "slug") +
         message(RtmpType::audio, "late", 70) + command("closeStream", 0);
}

void expect_visit(const Owner& owner, size_t piece) {
  EXPECT_EQ(owner.error, "") << piece;
  EXPECT_THAT(owner.seen,
              ElementsAre(kPublished, kMeta, "video@40(v1)", "audio@4294967295(a1)",
                          "video@16777216(" + std::string(100, 'v') + ")", "audio@60(a2)", "end"))
      << piece;
}

TEST(RtmpSession, AVisit) {
  Owner owner;
  owner.feed(visit());
  expect_visit(owner, 0);
  for (const char* answer :
       {"NetConnection.Connect.Success", "NetStream.Publish.Start", "onFCPublish", "onFCUnpublish",
        "NetStream.Unpublish.Success", "\7time"})
    EXPECT_THAT(owner.output, HasSubstr(answer));
  EXPECT_FALSE(owner.session.finished());
  EXPECT_EQ(owner.session.held_bytes(), 0u);
}

// Neither the pieces in which input comes nor the moment of the answer changes anything.
TEST(RtmpSession, EveryCutGivesTheSame) {
  const std::string wire = visit();
  Owner whole;
  whole.feed(wire);
  for (const auto answer : {Owner::Answer::at_once, Owner::Answer::later}) {
    for (size_t piece = 1; piece <= wire.size(); piece += piece < 300 ? 1 : 97) {
      Owner owner(answer);
      owner.feed(wire, piece);
      expect_visit(owner, piece);
      EXPECT_EQ(owner.output, whole.output) << piece;
    }
    for (size_t at = kHandshake - 2; at < wire.size(); ++at) {
      Owner owner(answer);
      owner.feed(std::string_view(wire).substr(0, at));
      owner.feed(std::string_view(wire).substr(at));
      expect_visit(owner, at);
      EXPECT_EQ(owner.output, whole.output) << at;
    }
  }
}

TEST(RtmpSession, RandomCutsGiveTheSame) {
  const std::string wire = visit();
  Owner whole;
  whole.feed(wire);
  std::mt19937 random(1);
  for (int run = 0; run < 300; ++run) {
    Owner owner(run % 2 == 0 ? Owner::Answer::at_once : Owner::Answer::later);
    std::string_view rest = wire;
    while (!rest.empty()) {
      const size_t n = std::min<size_t>(rest.size(), 1 + random() % (1U << random() % 11));
      owner.feed(rest.substr(0, n));
      rest.remove_prefix(n);
    }
    expect_visit(owner, 0);
    EXPECT_EQ(owner.output, whole.output);
  }
}

TEST(RtmpSession, NoMediaBeforeTheAnswer) {
  Owner owner(Owner::Answer::at_once);
  owner.feed(client_handshake() + connect_command() + message(RtmpType::video, "early"));
  EXPECT_THAT(owner.seen, ElementsAre());
  EXPECT_EQ(owner.error, "");
}

class Waiting : public testing::Test, public RtmpSession::Sink {
 protected:
  void on_publish(const PublishRequest&) override { ++publishes_; }
  void on_tag(const Tag& tag) override { seen_.push_back(rtmp_testing::describe(tag)); }
  void on_end() override { seen_.emplace_back("end"); }
  Result<void> feed(std::string_view wire) { return session_.receive(as_bytes(wire)); }

  int publishes_ = 0;
  std::vector<std::string> seen_;
  RtmpSession session_{*this, {.max_pending = 1000}};
};

TEST_F(Waiting, InputIsHeldUntilTheAnswer) {
  EXPECT_TRUE(session_.wants_input());
  ASSERT_TRUE(feed(publish_wire("a") + message(RtmpType::audio, "one")));
  EXPECT_EQ(publishes_, 1);
  EXPECT_FALSE(session_.wants_input());
  ASSERT_TRUE(feed(message(RtmpType::audio, "two")));
  EXPECT_THAT(seen_, ElementsAre());
  EXPECT_GT(session_.held_bytes(), 0u);
  ASSERT_TRUE(session_.accept_publish());
  EXPECT_TRUE(session_.wants_input());
  EXPECT_THAT(seen_, ElementsAre("audio@0(one)", "audio@0(two)"));
  EXPECT_EQ(session_.held_bytes(), 0u);
  ASSERT_TRUE(session_.accept_publish());  // a second one does nothing
}

TEST_F(Waiting, OnlySoMuchIsHeld) {
  ASSERT_TRUE(feed(publish_wire("a")));
  ASSERT_TRUE(feed(std::string(1000, 'x')));
  const auto result = feed("x");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, "pending_too_big");
  EXPECT_TRUE(session_.finished());
  EXPECT_EQ(session_.held_bytes(), 0u);
  session_.output().clear();
  ASSERT_TRUE(session_.accept_publish());  // too late
  session_.refuse_publish("code", "");
  EXPECT_EQ(session_.output(), "");
  EXPECT_TRUE(feed("dropped"));
}

TEST_F(Waiting, WhatWasHeldCanBeBroken) {
  ASSERT_TRUE(feed(publish_wire("a") + control(RtmpType::set_chunk_size, 0)));
  const auto result = session_.accept_publish();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, "chunk_size");
  EXPECT_TRUE(session_.finished());
}

TEST(RtmpSession, ARefusalIsTheEnd) {
  for (const auto answer : {Owner::Answer::refuse_at_once, Owner::Answer::refuse_later}) {
    Owner owner(answer);
    owner.feed(visit());
    EXPECT_THAT(owner.seen, ElementsAre(kPublished));
    EXPECT_EQ(owner.error, "");
    EXPECT_TRUE(owner.session.finished());
    EXPECT_FALSE(owner.session.wants_input());
    EXPECT_THAT(owner.output, HasSubstr("NetStream.Publish.BadName"));
    EXPECT_THAT(owner.output, Not(HasSubstr("NetStream.Publish.Start")));
  }
}

TEST(RtmpSession, APublisherCanBeThrownOutLater) {
  Owner owner;
  owner.refuse_at_tag = true;
  owner.feed(visit());
  EXPECT_THAT(owner.seen, ElementsAre(kPublished, kMeta));
  EXPECT_TRUE(owner.session.finished());
  EXPECT_THAT(owner.output, HasSubstr("NetStream.Publish.Rejected"));
}

TEST(RtmpSession, StrangersGetNoMegabytes) {
  const auto header = rtmp_testing::chunk({.length = 64 * 1024 + 1});
  Owner stranger;
  stranger.feed(client_handshake() + connect_command() + header);
  EXPECT_EQ(stranger.error, "message_too_big");
  Owner publisher;
  publisher.feed(publish_wire("a") + header);
  EXPECT_EQ(publisher.error, "");
}

TEST(RtmpSession, AcknowledgementsComeByTheWindow) {
  const std::string start = publish_wire("a") + control(RtmpType::window_ack_size, 5000);
  const std::string media = message(RtmpType::video, std::string(20'000, 'v'));
  std::string expected;
  for (uint32_t i = 1; i <= 4; ++i)
    expected += control(RtmpType::acknowledgement,
                        static_cast<uint32_t>(start.size() - kHandshake + i * 5000));
  for (const size_t piece : {0, 1, 777, 5000}) {
    Owner owner;
    owner.feed(start);
    owner.output.clear();
    owner.feed(media, piece);
    EXPECT_EQ(owner.output, expected) << piece;
  }
}

TEST(RtmpSession, AWindowOfAByteIsNotTakenAtItsWord) {
  Owner owner;
  owner.feed(publish_wire("a") + control(RtmpType::window_ack_size, 1));
  owner.output.clear();
  owner.feed(message(RtmpType::video, std::string(20'000, 'v')), 100);
  EXPECT_LE(owner.output.size(), 6 * 16u);
}

TEST(RtmpSession, PeerBandwidthIsAnsweredWhenItChanges) {
  std::string change;
  append_peer_bandwidth(change, 1000);
  Owner owner;
  owner.feed(client_handshake() + connect_command() + change);
  EXPECT_THAT(owner.output, EndsWith(control(RtmpType::window_ack_size, 1000)));
  owner.output.clear();
  owner.feed(change);
  EXPECT_EQ(owner.output, "");
}

TEST(RtmpSession, ControlMessagesThatAreCut) {
  for (const RtmpType type : {RtmpType::window_ack_size, RtmpType::set_peer_bandwidth}) {
    Owner owner;
    owner.feed(client_handshake() + message(type, "abc"));
    EXPECT_EQ(owner.error, "bad_control");
  }
  for (const std::string& body : {std::string("\0", 1), std::string("\0\6abc", 5)}) {
    Owner owner;
    owner.feed(client_handshake() + message(RtmpType::user_control, body));
    EXPECT_EQ(owner.error, "bad_control");
  }
  Owner other;  // SetBufferLength and the like
  other.feed(client_handshake() + message(RtmpType::user_control, std::string("\0\3", 2)));
  EXPECT_EQ(other.error, "");
}

TEST(RtmpSession, WhoAsksMoreThanItReads) {
  const std::string asked = client_handshake() + connect_command();
  std::string calls;
  for (int i = 0; i < 2000; ++i) calls += command("nonsense", 9);
  Owner owner;
  owner.feed(asked + calls);
  EXPECT_EQ(owner.error, "output_too_big");
  Owner reads;
  reads.feed(asked + calls, 1000);
  EXPECT_EQ(reads.error, "");
}

TEST(RtmpSession, AggregatesAreSplit) {
  const std::string two("\x08\0\0\1\0\0\5\0\0\0\0a\0\0\0\x0c\x09\0\0\1\0\0\7\0\0\0\0v\0\0\0\x0c",
                        32);
  Owner owner;
  owner.feed(publish_wire("a") + message(RtmpType::aggregate, two, 100));
  EXPECT_THAT(owner.seen, ElementsAre("publish(live,a,)", "audio@100(a)", "video@102(v)"));
  owner.feed(message(RtmpType::aggregate, two.substr(0, 20)));
  EXPECT_EQ(owner.error, "bad_aggregate");
  Owner thrown_out;
  thrown_out.refuse_at_tag = true;
  thrown_out.feed(publish_wire("a") + message(RtmpType::aggregate, two, 100));
  EXPECT_EQ(thrown_out.seen.size(), 2u);
}

TEST(RtmpSession, Garbage) {
  Owner http;
  http.feed("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(http.error, "version");
  EXPECT_EQ(http.output, "");
  Owner noise;
  noise.feed(client_handshake() + std::string(100, '\xff'));
  EXPECT_EQ(noise.error, "bad_chunk");
  const size_t seen = noise.output.size();
  noise.error.clear();
  noise.feed(connect_command());
  EXPECT_EQ(noise.error, "");  // dropped
  EXPECT_EQ(noise.output.size(), seen);
}

}  // namespace
}  // namespace strims::media
