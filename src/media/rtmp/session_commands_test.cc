#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "media/rtmp/command.h"
#include "media/rtmp/session.h"
#include "media/rtmp/testing.h"

namespace strims::media {
namespace {

using rtmp_testing::client_handshake;
using rtmp_testing::command;
using rtmp_testing::command_body;
using rtmp_testing::connect_command;
using rtmp_testing::message;
using rtmp_testing::Owner;
using rtmp_testing::publish_wire;
using testing::ElementsAre;
using testing::IsEmpty;

std::string text_of(const Amf0Value& value) {
  if (value.is_number()) return std::to_string(static_cast<int>(value.number));
  if (value.is_string()) return std::string(value.text);
  if (value.has_properties()) return std::string(value.property("code").value_or(Amf0Value()).text);
  return "-";
}

// The commands in `output`, as "name 1 - argument".
std::vector<std::string> commands(std::string_view output) {
  std::vector<std::string> out;
  RtmpChunkReader reader({});
  auto bytes = as_bytes(output);
  for (;;) {
    const auto got = reader.next(bytes);
    if (!got || !*got) return out;
    if ((*got)->type != RtmpType::command_amf0) continue;
    auto c = parse_command(**got);
    std::string line(c->name);
    line.append(" ").append(std::to_string(static_cast<int>(c->transaction)));
    while (!c->arguments.at_end()) line.append(" ").append(text_of(*c->arguments.value()));
    if ((*got)->stream_id != 0) line.append(" on ").append(std::to_string((*got)->stream_id));
    out.push_back(line);
  }
}

// What a connected client is answered, and the error if there was one.
std::vector<std::string> answers(std::string_view wire) {
  Owner owner;
  owner.feed(client_handshake() + connect_command());
  owner.output.clear();
  owner.feed(wire);
  auto out = commands(owner.output);
  if (!owner.error.empty()) out.push_back(owner.error);
  return out;
}

std::vector<std::string> answers_when_publishing(std::string_view wire, bool& ended) {
  Owner owner;
  owner.feed(publish_wire("a"));
  owner.output.clear();
  owner.feed(wire);
  ended = owner.seen.back() == "end";
  return commands(owner.output);
}

TEST(RtmpCommands, Connect) {
  Owner owner;
  owner.feed(client_handshake() + connect_command());
  EXPECT_THAT(commands(owner.output.substr(1 + 2 * 1536)),
              ElementsAre("_result 1 NetConnection.Connect.Success"));
}

TEST(RtmpCommands, ConnectComesFirstAndOnce) {
  Owner owner;
  owner.feed(client_handshake() + command("createStream", 1));
  EXPECT_EQ(owner.error, "bad_command");
  EXPECT_THAT(answers(connect_command()), ElementsAre("bad_command"));
}

TEST(RtmpCommands, ConnectWithoutTextsOrWithTooLongOnes) {
  Owner none;
  none.feed(client_handshake() + command("connect", 1) + command("publish", 2, "n", 1));
  EXPECT_THAT(none.seen, ElementsAre("publish(,n,)"));
  Owner too_long;
  too_long.feed(client_handshake() + connect_command(std::string(2049, 'a')));
  EXPECT_EQ(too_long.error, "bad_command");
}

TEST(RtmpCommands, TheWayToAPublish) {
  Owner owner;
  owner.feed(publish_wire("name?key=a?b&c"));
  EXPECT_THAT(owner.seen, ElementsAre("publish(live,name,key=a?b&c)"));
  EXPECT_THAT(commands(owner.output.substr(1 + 2 * 1536)),
              ElementsAre("_result 1 NetConnection.Connect.Success", "_result 2 -", "_result 3 -",
                          "_result 4 1", "onFCPublish 0 NetStream.Publish.Start",
                          "onStatus 0 NetStream.Publish.Start on 1"));
}

TEST(RtmpCommands, CallsInAmf3Messages) {
  const std::string wire = std::string(1, '\0') + command_body("createStream", 2);
  EXPECT_THAT(answers(message(RtmpType::command_amf3, wire, 0, 0)), ElementsAre("_result 2 1"));
}

TEST(RtmpCommands, WithoutFcPublishNobodyWaitsForItsAnswer) {
  EXPECT_THAT(answers(command("createStream", 2) + command("createStream", 3) +
                      command("publish", 4, "name", 2)),
              ElementsAre("_result 2 1", "_result 3 2", "onStatus 0 NetStream.Publish.Start on 2"));
}

TEST(RtmpCommands, PublishNeedsAName) {
  EXPECT_THAT(answers(command("publish", 5)), ElementsAre("bad_amf"));
  std::string body = command_body("publish", 5);
  Amf0Writer(body).number(1);
  EXPECT_THAT(answers(message(RtmpType::command_amf0, body)), ElementsAre("bad_amf"));
}

TEST(RtmpCommands, OnePublishForAConnection) {
  bool ended = false;
  EXPECT_THAT(answers_when_publishing(command("publish", 8, "other", 2), ended),
              ElementsAre("onStatus 0 NetStream.Publish.BadName on 2"));
  EXPECT_FALSE(ended);
  EXPECT_THAT(answers_when_publishing(
                  command("FCUnpublish", 0, "a") + command("publish", 8, "other", 2), ended),
              testing::Contains("onStatus 0 NetStream.Publish.BadName on 2"));
  EXPECT_TRUE(ended);
}

std::string delete_stream(double id) {
  std::string body = command_body("deleteStream", 7);
  Amf0Writer(body).number(id);
  return message(RtmpType::command_amf0, body, 0, 0);
}

TEST(RtmpCommands, WaysToEnd) {
  const std::string unpublished = "onStatus 0 NetStream.Unpublish.Success on 1";
  bool ended = false;
  EXPECT_THAT(
      answers_when_publishing(command("FCUnpublish", 6, "a"), ended),
      ElementsAre("onFCUnpublish 0 NetStream.Unpublish.Success", "_result 6 -", unpublished));
  EXPECT_TRUE(ended);
  EXPECT_THAT(answers_when_publishing(delete_stream(1), ended), ElementsAre(unpublished));
  EXPECT_TRUE(ended);
  EXPECT_THAT(answers_when_publishing(command("closeStream", 0, {}, 1), ended),
              ElementsAre(unpublished));
  EXPECT_TRUE(ended);
}

TEST(RtmpCommands, AnotherStreamsEndIsNotOurs) {
  bool ended = true;
  EXPECT_THAT(answers_when_publishing(delete_stream(2) + command("closeStream", 0, {}, 2), ended),
              IsEmpty());
  EXPECT_FALSE(ended);
}

TEST(RtmpCommands, EndingTwiceIsToldOnce) {
  Owner owner;
  owner.feed(publish_wire("a") + command("FCUnpublish", 6, "a") + delete_stream(1) +
             command("closeStream", 0, {}, 1));
  EXPECT_THAT(owner.seen, ElementsAre("publish(live,a,)", "end"));
}

TEST(RtmpCommands, PlayingIsRefused) {
  EXPECT_THAT(answers(command("play", 5, "name", 1) + command("play2", 0, "name", 1)),
              ElementsAre("onStatus 0 NetStream.Play.StreamNotFound on 1",
                          "onStatus 0 NetStream.Play.StreamNotFound on 1"));
}

TEST(RtmpCommands, UnknownCallsGetAnErrorIfTheyWaitForOne) {
  EXPECT_THAT(answers(command("_checkbw", 5) + command("whatever", 0) + command("_result", 6) +
                      command("_error", 7) + command("onStatus", 8)),
              ElementsAre("_error 5 NetConnection.Call.Failed"));
}

TEST(RtmpCommands, BrokenCommands) {
  EXPECT_THAT(answers(message(RtmpType::command_amf0, "")), ElementsAre("bad_amf"));
  EXPECT_THAT(answers(message(RtmpType::command_amf0, "\x02\xff\xff")), ElementsAre("bad_amf"));
  EXPECT_THAT(answers(command("deleteStream", 0)), ElementsAre("bad_amf"));
}

}  // namespace
}  // namespace strims::media
