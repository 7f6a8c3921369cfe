// The captured hooks of the three servers, and what publishers write into them.
#include "hooks/dialect.h"

#include <gtest/gtest.h>

namespace strims::hooks {
namespace {

using What = Hook::What;

const std::string kKey = "sk_" + std::string(43, 'k');

Hook parsed(const Dialect& dialect, std::string_view body, std::string_view event = "event") {
  const auto hook = dialect.parse({.event = event, .query = {}, .body = body});
  EXPECT_TRUE(hook) << body;
  return hook.value_or(Hook());
}
bool refused(const Dialect& dialect, std::string_view body, std::string_view event = "event") {
  const auto hook = dialect.parse({.event = event, .query = {}, .body = body});
  return !hook && hook.error().reason == "bad_hook";
}

const std::string kNginxPublish =
    "app=live&flashver=FMLE/3.0%20(compatible%3B%20Lavf59.27&swfurl=&tcurl=rtmp://127.0.0.1:19361/"
    "live&pageurl=&addr=127.0.0.1&clientid=27&call=publish&name=alice&type=live";

TEST(Nginx, Publish) {
  const Hook hook = parsed(nginx_dialect(), kNginxPublish + "&key=" + kKey);
  EXPECT_EQ(hook.what, What::publish);
  EXPECT_EQ(hook.path, "live/alice");
  EXPECT_EQ(hook.session, "27");
  EXPECT_EQ(hook.generation, "");
  EXPECT_EQ(hook.ask.name, "alice");
  EXPECT_EQ(hook.ask.query, "key=" + kKey);
}

TEST(Nginx, WhatAPublisherAppendsChangesNothing) {
  const Hook hook = parsed(nginx_dialect(), kNginxPublish + "&key=" + kKey +
                                                "&name=bob&clientid=999&addr=8.8.8.8&app=other&"
                                                "call=publish_done&key=sk_other");
  EXPECT_EQ(hook.what, What::publish);
  EXPECT_EQ(hook.path, "live/alice");
  EXPECT_EQ(hook.session, "27");
  EXPECT_EQ(hook.ask.query, "key=" + kKey);
}

TEST(Nginx, TheSameAsAQuery) {
  const auto hook = nginx_dialect().parse({.event = "x", .query = kNginxPublish, .body = {}});
  ASSERT_TRUE(hook);
  EXPECT_EQ(hook->path, "live/alice");
}

TEST(Nginx, Others) {
  const std::string p = "app=live&flashver=&swfurl=&tcurl=&pageurl=&addr=127.0.0.1&clientid=27&";
  const auto what = [&](const std::string& rest) { return parsed(nginx_dialect(), p + rest).what; };
  EXPECT_EQ(what("call=update_publish&time=3&timestamp=0&name=alice"), What::welcome);
  EXPECT_EQ(what("call=update_publish&time=3&timestamp=x&name=alice"), What::welcome);
  EXPECT_EQ(what("call=update_publish&time=3&timestamp=2400&name=alice"), What::media);
  EXPECT_EQ(what("call=publish_done&name=alice"), What::over);
  EXPECT_EQ(what("call=done&name=alice"), What::over);
  EXPECT_EQ(what("call=play&name=alice&start=0&duration=0&reset=0"), What::welcome);
  EXPECT_EQ(what("call=update_play&time=3&timestamp=2400&name=alice"), What::welcome);
  EXPECT_EQ(what("call=play_done&name=alice"), What::welcome);
  EXPECT_EQ(what("call=record_done&recorder=&name=alice&path=/tmp/x.flv"), What::welcome);
  const Hook gone = parsed(nginx_dialect(), p + "call=disconnect&app=live&name=alice");
  EXPECT_EQ(gone.what, What::over);
  EXPECT_EQ(gone.path, "") << "all that the connection published";
  EXPECT_EQ(what("call=publish&name=" + kKey), What::refused) << "a key as a name";
  EXPECT_TRUE(refused(nginx_dialect(), ""));
  EXPECT_TRUE(refused(nginx_dialect(), "app=live&call=publish&name=alice"));
  EXPECT_TRUE(refused(nginx_dialect(), p + "call=publish&name=a%0ab"));
}

TEST(Nginx, AnswersAndKicks) {
  EXPECT_EQ(nginx_dialect().answer(true).status, 204);
  EXPECT_EQ(nginx_dialect().answer(false).status, 403);
  const Kick kick = nginx_dialect().kick("live/a b&c", "27", "");
  EXPECT_EQ(kick.method, "GET");
  EXPECT_EQ(kick.target, "/control/drop/publisher?app=live&name=a%20b%26c&clientid=27");
}

const std::string kStat = R"(<?xml version="1.0" encoding="utf-8" ?>
<?xml-stylesheet type="text/xsl" href="stat.xsl" ?>
<rtmp><nginx_version>1.22.1</nginx_version><pid>13158</pid><uptime>4</uptime><bytes_in>71933</bytes_in>
<server><application><name>live</name><live>
<stream><name>alice</name><time>2698</time><bw_in>0</bw_in><bytes_in>71016</bytes_in>
<client><id>9</id><address>127.0.0.1</address><active/></client>
<client><id>27</id><timestamp>2400</timestamp><publishing/><active/></client>
<meta><video><width>160</width></video><audio></audio></meta><nclients>2</nclients><publishing/><active/></stream>
<stream><name>players&amp;only</name><bytes_in>5</bytes_in><client><id>3</id><active/></client></stream>
<stream><name>b&lt;b</name><bytes_in>7</bytes_in><client><id>4</id><publishing/><active/></client></stream>
</live></application></server></rtmp>)";

TEST(Nginx, Statistics) {
  const auto snapshot = nginx_dialect().parse_list(kStat, 100'000);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->generation, "13158@96000");
  ASSERT_EQ(snapshot->published.size(), 2u);
  EXPECT_EQ(snapshot->published[0].path, "live/alice");
  EXPECT_EQ(snapshot->published[0].session, "27");
  EXPECT_EQ(snapshot->published[0].bytes, 71016);
  EXPECT_EQ(snapshot->published[1].path, "live/b<b");
}

TEST(Nginx, HalfOfTheStatisticsIsNone) {
  for (size_t n = 0; n < kStat.size(); ++n)
    EXPECT_FALSE(nginx_dialect().parse_list(kStat.substr(0, n), 100'000)) << n;
  EXPECT_FALSE(nginx_dialect().parse_list("<html>no</html>", 0));
}

TEST(Generations, StartsAreReckonedBack) {
  EXPECT_TRUE(same_generation("7@10000", "7@14000"));
  EXPECT_FALSE(same_generation("7@10000", "7@20000"));
  EXPECT_FALSE(same_generation("7@10000", "8@10000"));
  EXPECT_FALSE(same_generation("7@10000", "7"));
  EXPECT_TRUE(same_generation("zvro5r5f", "zvro5r5f"));
  EXPECT_TRUE(same_generation("odd@service", "odd@service"));
}

const std::string kSrsPublish =
    R"({"server_id":"vid-2792o41","service_id":"zvro5r5f","action":"on_publish","client_id":"278e59u8",)"
    R"("ip":"127.0.0.1","vhost":"__defaultVhost__","app":"live","tcUrl":"rtmp://127.0.0.1:19362/live",)"
    R"("stream":"alice","param":"?key=)" +
    kKey + R"(","stream_url":"/live/alice","stream_id":"vid-67h8klu"})";

std::string srs(const std::string& action) {
  std::string out = kSrsPublish;
  return out.replace(out.find("on_publish"), 10, action);
}

TEST(Srs, Hooks) {
  const Hook hook = parsed(srs_dialect(), kSrsPublish);
  EXPECT_EQ(hook.what, What::publish);
  EXPECT_EQ(hook.path, "live/alice");
  EXPECT_EQ(hook.session, "278e59u8");
  EXPECT_EQ(hook.generation, "zvro5r5f");
  EXPECT_EQ(hook.ask.query, "?key=" + kKey);
  EXPECT_EQ(parsed(srs_dialect(), srs("on_hls")).what, What::media);
  EXPECT_EQ(parsed(srs_dialect(), srs("on_unpublish")).what, What::over);
  EXPECT_EQ(parsed(srs_dialect(), srs("on_connect")).what, What::welcome);
  EXPECT_EQ(parsed(srs_dialect(), srs("on_play")).what, What::welcome);
  EXPECT_EQ(parsed(srs_dialect(), srs("on_dvr")).what, What::welcome);
  const Hook gone = parsed(
      srs_dialect(),
      R"({"service_id":"z","action":"on_close","client_id":"c","app":"live","send_bytes":1})");
  EXPECT_EQ(gone.what, What::over);
  EXPECT_EQ(gone.path, "");
  EXPECT_TRUE(refused(srs_dialect(), "{"));
  EXPECT_TRUE(refused(srs_dialect(), "[]"));
  EXPECT_TRUE(refused(srs_dialect(), R"({"action":7})"));
  EXPECT_TRUE(refused(srs_dialect(), R"({"action":"on_publish","client_id":"a"})"));
}

TEST(Srs, AnswersListAndKick) {
  EXPECT_EQ(srs_dialect().answer(true).body, R"({"code":0})");
  EXPECT_EQ(srs_dialect().answer(false).body, R"({"code":403})");
  EXPECT_EQ(srs_dialect().answer(false).status, 200);
  const auto snapshot = srs_dialect().parse_list(
      R"({"code":0,"server":"s","service":"zvro5r5f","pid":"1","streams":[
        {"id":"vid-1","name":"alice","vhost":"vid-v","app":"live","recv_bytes":77,"publish":{"active":true,"cid":"c1"}},
        {"id":"vid-2","name":"bob","app":"live","recv_bytes":78,"publish":{"active":false}}, 7]})",
      0);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->generation, "zvro5r5f");
  ASSERT_EQ(snapshot->published.size(), 1u);
  EXPECT_EQ(snapshot->published[0].session, "c1");
  EXPECT_EQ(snapshot->published[0].bytes, 77);
  EXPECT_FALSE(srs_dialect().parse_list(R"({"code":0,"streams":[]})", 0));
  EXPECT_EQ(srs_dialect().kick("live/alice", "c1", "").method, "DELETE");
  EXPECT_EQ(srs_dialect().kick("live/alice", "c/1", "").target, "/api/v1/clients/c%2F1");
}

TEST(MediaMtx, Auth) {
  const auto auth = [](const std::string& action, const std::string& id, const std::string& query,
                       const std::string& password = "") {
    return parsed(mediamtx_dialect(),
                  R"({"ip":"127.0.0.1","user":"","password":")" + password +
                      R"(","token":"","action":")" + action +
                      R"(","path":"live/alice","protocol":"rtmp","id":)" + id + R"(,"query":")" +
                      query + R"(","userAgent":""})",
                  "auth");
  };
  const Hook hook = auth("publish", R"("u-1")", "key=" + kKey);
  EXPECT_EQ(hook.what, What::publish);
  EXPECT_EQ(hook.path, "live/alice");
  EXPECT_EQ(hook.session, "u-1");
  EXPECT_EQ(hook.door, "rtmpconns");
  EXPECT_EQ(auth("publish", R"("u-1")", "", kKey).ask.query, "key=" + kKey);
  EXPECT_EQ(auth("publish", "null", "key=" + kKey).what, What::check);
  EXPECT_EQ(auth("read", "null", "").what, What::welcome);
  EXPECT_EQ(auth("api", "null", "").what, What::refused);
  EXPECT_EQ(auth("playback", "null", "").what, What::refused);
  EXPECT_EQ(mediamtx_dialect().answer(true).status, 204);
  EXPECT_EQ(mediamtx_dialect().answer(false).status, 401);
}

TEST(MediaMtx, CommandsAndWhatIsWrittenIntoThem) {
  const Hook hook =
      parsed(mediamtx_dialect(),
             "id=u-1&type=rtmpConn&path=live%2Falice&query=key%3D" + kKey + "&id=u-2&path=bob",
             "available");
  EXPECT_EQ(hook.what, What::media);
  EXPECT_EQ(hook.session, "u-1");
  EXPECT_EQ(hook.path, "live/alice");
  EXPECT_EQ(hook.door, "rtmpconns");
  EXPECT_EQ(hook.ask.query, "key=" + kKey);
  EXPECT_EQ(parsed(mediamtx_dialect(), "id=u-1&type=x&path=alice", "unavailable").what, What::over);
  EXPECT_TRUE(refused(mediamtx_dialect(), "id=u-1&path=alice", "elsewhere"));
  EXPECT_TRUE(refused(mediamtx_dialect(), "path=alice", "available"));
}

TEST(MediaMtx, ListAndKick) {
  const auto snapshot = mediamtx_dialect().parse_list(
      R"({"itemCount":3,"pageCount":2,"items":[
        {"name":"live/alice","available":true,"inboundBytes":7,"source":{"type":"rtmpConn","id":"u-1"}},
        {"name":"old","ready":true,"bytesReceived":8,"source":{"type":"srtConn","id":"u-2"}},
        {"name":"empty","available":false,"source":null}]})",
      0);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->pages, 2);
  ASSERT_EQ(snapshot->published.size(), 2u);
  EXPECT_TRUE(snapshot->published[0].ready);
  EXPECT_EQ(snapshot->published[1].bytes, 8);
  EXPECT_EQ(snapshot->published[1].door, "srtconns");
  EXPECT_FALSE(mediamtx_dialect().parse_list("{}", 0));
  EXPECT_EQ(mediamtx_dialect().kick("live/alice", "u-2", "srtconns").target,
            "/v3/srtconns/kick/u-2");
}

}  // namespace
}  // namespace strims::hooks
