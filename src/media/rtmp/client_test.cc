#include "media/rtmp/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "media/rtmp/amf0.h"
#include "media/rtmp/testing.h"

namespace strims::media {
namespace {

using rtmp_testing::Owner;
using testing::ElementsAre;

// Until neither side has anything to say.
void exchange(RtmpClient& client, Owner& owner) {
  while (!client.output().empty() || !owner.output.empty()) {
    owner.feed(std::exchange(client.output(), {}), 1000);
    ASSERT_TRUE(client.receive(as_bytes(std::exchange(owner.output, {}))));
  }
}

TEST(RtmpClient, PublishesAndEnds) {
  for (const auto answer : {Owner::Answer::at_once, Owner::Answer::later}) {
    Owner owner(answer);
    RtmpClient client({.app = "app", .name = "slug?key=k"});
    EXPECT_EQ(client.state(), RtmpClient::State::connecting);
    exchange(client, owner);
    ASSERT_EQ(client.state(), RtmpClient::State::publishing);
    std::string meta;
    Amf0Writer(meta).string("onMetaData");
    client.send({TagKind::data, 0, as_bytes(meta)});
    const std::string frame(10'000, 'v');
    client.send({TagKind::video, 0xfffffff0, as_bytes(frame)});
    client.send({TagKind::audio, 7, as_bytes("a")});
    client.stop();
    exchange(client, owner);
    EXPECT_EQ(owner.error, "");
    EXPECT_THAT(owner.seen, ElementsAre("publish(app,slug,key=k)", "data@0(" + meta + ")",
                                        "video@4294967280(" + frame + ")", "audio@7(a)", "end"));
  }
}

TEST(RtmpClient, IsToldWhyItWasRefused) {
  Owner owner(Owner::Answer::refuse_later);
  RtmpClient client({.name = "slug"});
  exchange(client, owner);
  EXPECT_EQ(client.state(), RtmpClient::State::refused);
  EXPECT_EQ(client.refusal_code(), "NetStream.Publish.BadName");
  EXPECT_EQ(client.refusal_text(), "wrong key");
}

TEST(RtmpClient, NoticesThatItIsThrownOut) {
  Owner owner;
  RtmpClient client({.name = "slug"});
  exchange(client, owner);
  owner.refuse_at_tag = true;
  client.send({TagKind::audio, 0, as_bytes("a")});
  exchange(client, owner);
  EXPECT_EQ(client.state(), RtmpClient::State::refused);
  EXPECT_EQ(client.refusal_code(), "NetStream.Publish.Rejected");
}

TEST(RtmpClient, AServerThatSpeaksSomethingElse) {
  RtmpClient client({.name = "slug"});
  const auto result = client.receive(as_bytes("HTTP/1.1 400 Bad Request"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, "version");
}

}  // namespace
}  // namespace strims::media
