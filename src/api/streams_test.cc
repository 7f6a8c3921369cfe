#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/test_api.h"
#include "stream/stream_key.h"

namespace strims::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class StreamsTest : public ApiTest {
 protected:
  // A channel of `owner`; its key.
  std::string make(const Person& owner, const std::string& name) {
    const auto made =
        send("POST", "/channels", {.body = R"({"name":")" + name + "\"}", .token = owner.token});
    EXPECT_EQ(made.status, 201) << made.body;
    return std::string(json(made).find_string("key").value_or(""));
  }
  Json shown(const std::string& channel, const std::string& token = {}) {
    return json(send("GET", "/stream/" + channel, {.token = token}));
  }
  static std::string text(const Json& json, std::string_view key) {
    return std::string(json.find_string(key).value_or("-"));
  }
  stream::Admission publish(const std::string& key) {
    Result<stream::Admission> admission = fail(Errc::internal, "unknown");
    desk_.run([&](stream::Broadcasts& broadcasts, Result<sql::Connection*> db) {
      admission = broadcasts.publish(**db, {key, {}});
    });
    EXPECT_TRUE(admission);
    return admission.value_or(stream::Admission());
  }

  Person ada_ = person("Ada", Role::streamer);
  Person bo_ = person("Bob");
  Person boss_ = person("Boss", Role::admin);
};

TEST_F(StreamsTest, AChannelIsMadeByAStreamerAndItsKeyShownOnce) {
  EXPECT_EQ(outcome(send("POST", "/channels", {.body = R"({"name":"bo"})", .token = bo_.token})),
            "403 nopermission");
  EXPECT_EQ(outcome(send("POST", "/channels", {.body = R"({"name":"a"})", .token = ada_.token})),
            "400 bad_name");
  const std::string key = make(ada_, "ada");
  EXPECT_TRUE(stream::is_stream_key(key));
  EXPECT_EQ(outcome(send("POST", "/channels", {.body = R"({"name":"ada"})", .token = boss_.token})),
            "409 taken");
  EXPECT_EQ(text(shown("ada"), "state"), "offline");
  EXPECT_EQ(shown("ada").find("ingest"), nullptr);
  EXPECT_NE(shown("ada", ada_.token).find("ingest"), nullptr);
  EXPECT_EQ(send("GET", "/stream/ada", {.token = ada_.token}).body.find("sk_"), std::string::npos);
  EXPECT_EQ(outcome(send("GET", "/stream/nobody")), "404 channel");
}

TEST_F(StreamsTest, ArmedPublishedAndStopped) {
  const std::string key = make(ada_, "ada");
  const auto armed =
      send("POST", "/stream/start", {.body = R"({"title":"Tea"})", .token = ada_.token});
  ASSERT_EQ(armed.status, 200) << armed.body;
  const std::string id = text(json(armed), "broadcast_id");
  EXPECT_EQ(text(shown("ada"), "state"), "armed");
  EXPECT_EQ(text(shown("ada"), "title"), "Tea");
  const stream::Admission admission = publish(key);
  EXPECT_EQ(text(shown("ada"), "state"), "starting");
  EXPECT_EQ(text(shown("ada"), "broadcast_id"), id) << "what was armed";
  EXPECT_EQ(
      outcome(send("POST", "/stream/stop", {.body = R"({"channel":"ada"})", .token = bo_.token})),
      "403 nopermission");
  const auto stopped =
      send("POST", "/stream/stop", {.body = R"({"channel":"ada"})", .token = boss_.token});
  EXPECT_EQ(text(json(stopped), "state"), "offline");
  EXPECT_THAT(desk_.closed, ElementsAre(admission.session));
}

TEST_F(StreamsTest, AnotherKeyThrowsThePublisherOut) {
  const std::string old = make(ada_, "ada");
  const stream::Admission admission = publish(old);
  const auto rotated = send("POST", "/stream/key/rotate", {.body = "{}", .token = ada_.token});
  ASSERT_EQ(rotated.status, 200) << rotated.body;
  EXPECT_THAT(desk_.closed, ElementsAre(admission.session));
  EXPECT_NE(text(json(rotated), "key"), old);
  desk_.run([&](stream::Broadcasts& broadcasts, Result<sql::Connection*> db) {
    const auto refused = broadcasts.publish(**db, {old, {}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "bad_key");
  });
}

TEST_F(StreamsTest, PrivateChannelsAreNobodyElsesBusiness) {
  make(ada_, "ada");
  const auto hidden =
      send("PUT", "/stream/metadata", {.body = R"({"visibility":"private"})", .token = ada_.token});
  ASSERT_EQ(hidden.status, 200) << hidden.body;
  EXPECT_EQ(outcome(send("GET", "/stream/ada")), "404 channel");
  EXPECT_EQ(outcome(send("GET", "/stream/ada", {.token = bo_.token})), "404 channel");
  EXPECT_EQ(send("GET", "/stream/ada", {.token = ada_.token}).status, 200);
  EXPECT_THAT(send("GET", "/streams?all=1").body, HasSubstr(R"("streams":[])"));
  EXPECT_THAT(send("GET", "/channels", {.token = ada_.token}).body, HasSubstr("\"ada\""));
  EXPECT_EQ(outcome(send("PUT", "/stream/metadata",
                         {.body = R"({"visibility":"secret"})", .token = ada_.token})),
            "400 invalid");
}

TEST_F(StreamsTest, HealthIsForTheOwner) {
  make(ada_, "ada");
  EXPECT_EQ(outcome(send("GET", "/stream/ada/health", {.token = bo_.token})), "403 nopermission");
  EXPECT_THAT(send("GET", "/stream/ada/health", {.token = ada_.token}).body,
              StartsWith(R"({"state":"offline","notes":[])"));
}

TEST_F(StreamsTest, WhenTheOwnerOfBroadcastsHasTooMuchToDo) {
  make(ada_, "ada");
  desk_.takes = false;
  EXPECT_EQ(outcome(send("POST", "/stream/stop", {.body = "{}", .token = ada_.token})),
            "503 unavailable");
}

TEST_F(StreamsTest, APictureIsShownWhenThereIsOne) {
  make(ada_, "ada");
  EXPECT_EQ(outcome(send("GET", "/thumb/ada.jpg")), "404 notfound");
  desk_.picture_bytes = std::make_shared<const std::string>("jpeg");
  EXPECT_EQ(send("GET", "/thumb/ada.jpg").content(), "jpeg");
  EXPECT_EQ(outcome(send("GET", "/thumb/ada.png")), "404 notfound");
}

}  // namespace
}  // namespace strims::api
