// Publishers over real sockets, with an owner of broadcasts that says what the test wants.
#include "ingest/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/media_testing.h"
#include "media/rtmp/client.h"
#include "net/test_client.h"

namespace strims::ingest {
namespace {

using ::testing::ElementsAre;
namespace made = media::testing;

class PublisherTest : public ::testing::Test {
 protected:
  explicit PublisherTest(IngestLimits limits = {}) : shared_(limits) {
    shared_.gate.publish = [this](stream::PublishAsk ask, Gate::Answer answer) {
      asked_.push_back(ask.name + "?" + ask.query);
      if (ask.name != "good")
        return answer(fail(Errc::unauthenticated, "bad_key", "The stream key is wrong."));
      live_ = std::make_shared<stream::LiveStream>(1, stream::LiveStreamOptions(), nullptr);
      live_->begin_session(++session_);
      answer(stream::Admission{session_, 1, "ada", live_});
    };
    shared_.gate.first_part = [this](ChannelId, SessionId session, TimeMs) {
      told_.push_back("first " + std::to_string(session));
    };
    shared_.gate.over = [this](ChannelId, SessionId session, stream::Loss how) {
      told_.push_back("over " + std::to_string(session) + " " +
                      std::to_string(static_cast<int>(how)));
    };
    server_ = std::make_unique<PublisherServer>(reactor_, shared_);
    listener_ = std::move(*net::Listener::open(
        reactor_, {"127.0.0.1", 0}, {},
        [this](net::Accepted accepted) { server_->accept(std::move(accepted), nullptr); }));
  }
  static std::string over(SessionId session, stream::Loss how) {
    return "over " + std::to_string(session) + " " + std::to_string(static_cast<int>(how));
  }

  // A publisher on the other end, driven by hand.
  struct Encoder {
    Encoder(uint16_t port, std::string name) : socket(port), rtmp({.name = std::move(name)}) {}
    net::TestClient socket;
    media::RtmpClient rtmp;
    bool over = false;
    void step() {
      if (!rtmp.output().empty()) {
        over |= !socket.send(rtmp.output());
        rtmp.output().clear();
      }
      char bytes[4096];
      const ssize_t n = ::recv(socket.fd(), bytes, sizeof bytes, MSG_DONTWAIT);
      if (n == 0) over = true;
      if (n > 0)
        EXPECT_TRUE(rtmp.receive(as_bytes(std::string_view(bytes, static_cast<size_t>(n)))));
    }
    void video(uint32_t at, const std::string& body) {
      rtmp.send({media::TagKind::video, at, as_bytes(body)});
    }
    void film(uint32_t from, uint32_t to) {
      if (from == 0) video(0, made::video_config_tag(made::avc_record(made::sps())));
      for (uint32_t at = from; at < to; at += 100) video(at, made::video_tag(at % 1'000 == 0));
    }
  };
  Encoder encoder(std::string name) { return {listener_->port(), std::move(name)}; }

  // Turns until it is so; false after some seconds of the reactor's time-outs.
  bool until(Encoder& encoder, const std::function<bool()>& done) {
    for (int i = 0; i < 2'000 && !done(); ++i) {
      encoder.step();
      reactor_.run_once(5);
    }
    return done();
  }
  bool publish(Encoder& encoder) {
    return until(encoder,
                 [&] { return encoder.rtmp.state() == media::RtmpClient::State::publishing; });
  }

  net::Reactor reactor_;
  IngestShared shared_;
  std::vector<std::string> asked_, told_;
  std::shared_ptr<stream::LiveStream> live_;
  SessionId session_ = 0;
  std::unique_ptr<PublisherServer> server_;
  std::unique_ptr<net::Listener> listener_;
};

TEST_F(PublisherTest, TagsReachTheStreamAndItsEndIsTold) {
  Encoder e = encoder("good");
  ASSERT_TRUE(publish(e));
  EXPECT_THAT(asked_, ElementsAre("good?"));
  e.film(0, 2'300);
  ASSERT_TRUE(until(e, [&] { return !told_.empty(); }));
  EXPECT_THAT(told_, ElementsAre("first 1"));
  e.rtmp.stop();
  ASSERT_TRUE(until(e, [&] { return told_.size() == 2; }));
  EXPECT_EQ(told_[1], over(1, stream::Loss::stopped));
  e.socket.close();
  for (int i = 0; i < 50 && server_->size() > 0; ++i) reactor_.run_once(20);
  EXPECT_EQ(server_->size(), 0u);
  EXPECT_EQ(shared_.connections, 0u);
  EXPECT_EQ(told_.size(), 2u) << "once";
}

class FewPublishersTest : public PublisherTest {
 protected:
  FewPublishersTest() : PublisherTest({.max_publishers = 8}) {}
};

TEST_F(FewPublishersTest, WhoShowsNoKeyDoesNotTakeAllPlaces) {
  std::vector<std::unique_ptr<net::TestClient>> silent;
  for (int i = 0; i < 8; ++i)
    silent.push_back(std::make_unique<net::TestClient>(listener_->port()));
  for (int i = 0; i < 50; ++i) reactor_.run_once(1);
  EXPECT_EQ(server_->size(), 3u) << "of eight";
  silent.clear();
  for (int i = 0; i < 50 && server_->size() > 0; ++i) reactor_.run_once(20);
  std::vector<std::unique_ptr<Encoder>> good;
  for (int i = 0; i < 8; ++i) {
    good.push_back(std::make_unique<Encoder>(listener_->port(), "good"));
    EXPECT_TRUE(publish(*good.back())) << "who has shown one takes no place of those";
  }
}

TEST_F(PublisherTest, AConnectionThatBreaksIsLost) {
  Encoder e = encoder("good");
  ASSERT_TRUE(publish(e));
  e.film(0, 1'200);
  ASSERT_TRUE(until(e, [&] { return !told_.empty(); }));
  e.socket.close();
  for (int i = 0; i < 50 && told_.size() < 2; ++i) reactor_.run_once(20);
  EXPECT_EQ(told_.back(), over(1, stream::Loss::lost));
}

TEST_F(PublisherTest, WhatCameBeforeTheEndIsTaken) {
  Encoder e = encoder("good");
  ASSERT_TRUE(publish(e));
  e.film(0, 100);
  // More than one read takes, and a last one that is short.
  for (uint32_t at = 100; at < 400; at += 100)
    e.video(at, made::video_tag(false, 0, net::Reactor::kScratchBytes + 5'000));
  e.step();
  e.socket.close();
  for (int i = 0; i < 50 && told_.empty(); ++i) reactor_.run_once(20);
  EXPECT_EQ(live_->numbers().packager.video_frames, 4u);
  EXPECT_EQ(told_.back(), over(1, stream::Loss::lost));
}

TEST_F(PublisherTest, AWrongKeyIsToldLateAndInTheWordsOfTheProtocol) {
  Encoder e = encoder("bad");
  ASSERT_TRUE(until(e, [&] { return e.rtmp.state() == media::RtmpClient::State::refused; }));
  EXPECT_EQ(e.rtmp.refusal_code(), "NetStream.Publish.BadName");
  EXPECT_EQ(e.rtmp.refusal_text(), "The stream key is wrong.");
  EXPECT_TRUE(told_.empty());
}

TEST_F(PublisherTest, WhoeverTriesManyKeysIsNotEvenHeard) {
  for (int i = 0; i < shared_.limits.wrong_keys_per_minute; ++i)
    shared_.wrong_keys.note(*IpAddress::parse("127.0.0.1"), reactor_.now());
  Encoder e = encoder("good");
  EXPECT_TRUE(until(e, [&] { return e.over; }));
  EXPECT_TRUE(asked_.empty());
}

TEST_F(PublisherTest, ThrownOutItIsToldWhy) {
  Encoder e = encoder("good");
  ASSERT_TRUE(publish(e));
  e.film(0, 1'200);
  ASSERT_TRUE(until(e, [&] { return !told_.empty(); }));
  server_->close_session(1, EndReason::key_rotated);
  ASSERT_TRUE(until(e, [&] { return e.rtmp.state() == media::RtmpClient::State::refused; }));
  EXPECT_EQ(e.rtmp.refusal_text(), "The stream key was changed.");
  EXPECT_TRUE(until(e, [&] { return e.over; }));
  EXPECT_THAT(told_, ElementsAre("first 1")) << "who decided it knows";
}

TEST_F(PublisherTest, AnotherCodecIsRefusedWithASentence) {
  Encoder e = encoder("good");
  ASSERT_TRUE(publish(e));
  e.video(0, std::string("\x90hvc1", 5) + std::string(20, 'x'));  // enhanced RTMP, HEVC
  ASSERT_TRUE(until(e, [&] { return e.rtmp.state() == media::RtmpClient::State::refused; }));
  EXPECT_THAT(e.rtmp.refusal_text(), ::testing::HasSubstr("H.264"));
  EXPECT_EQ(told_.back(), over(1, stream::Loss::codec));
}

TEST_F(PublisherTest, NonsenseIsClosedAtOnce) {
  net::TestClient stranger(listener_->port());
  stranger.send("GET / HTTP/1.1\r\n\r\n");
  for (int i = 0; i < 100 && server_->size() == 0; ++i) reactor_.run_once(5);
  for (int i = 0; i < 900 && server_->size() > 0; ++i) reactor_.run_once(5);
  EXPECT_EQ(server_->size(), 0u);
}

class FewPublishers : public PublisherTest {
 protected:
  FewPublishers() : PublisherTest({.max_publishers = 1, .handshake_ms = 300}) {}
};

TEST_F(FewPublishers, MoreThanTheyMayAreClosedAndTheSilentGo) {
  net::TestClient first(listener_->port());
  for (int i = 0; i < 100 && server_->size() == 0; ++i) reactor_.run_once(5);
  net::TestClient second(listener_->port());
  for (int i = 0; i < 20; ++i) reactor_.run_once(5);
  EXPECT_EQ(second.next(), 0) << "closed";
  EXPECT_EQ(server_->size(), 1u);
  for (int i = 0; i < 1'000 && server_->size() > 0; ++i) reactor_.run_once(5);
  EXPECT_EQ(server_->size(), 0u) << "no handshake came";
}

}  // namespace
}  // namespace strims::ingest
