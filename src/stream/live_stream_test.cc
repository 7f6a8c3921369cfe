#include "stream/live_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/media_testing.h"

namespace strims::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
namespace made = media::testing;

constexpr TimeMs kWall = 1'760'000'000'000;

struct Log final : LiveStream::Tap {
  void on_init(const media::Init& init) override { inits.push_back(init.number); }
  void on_part(const media::Part& part) override { parts.push_back(part); }
  std::vector<uint32_t> inits;
  std::vector<media::Part> parts;
};

class LiveStreamTest : public ::testing::Test {
 protected:
  Result<std::optional<TimeMs>> push(SessionId session, int64_t at_ms, const std::string& body) {
    return live_.push(session,
                      {media::TagKind::video, static_cast<uint32_t>(at_ms), as_bytes(body)},
                      kWall + at_ms);
  }
  // Video of 10 frames a second with a keyframe every second, from `from_ms` to `to_ms`.
  void run(SessionId session, int64_t from_ms, int64_t to_ms) {
    if (from_ms == 0) {
      live_.begin_session(session);
      live_.declare_tracks(session, true, false);
      push(session, 0, made::video_config_tag(made::avc_record(made::sps())));
    }
    for (int64_t at = from_ms; at < to_ms; at += 100) {
      const auto pushed = push(session, at, made::video_tag(at % 1'000 == 0));
      ASSERT_TRUE(pushed) << pushed.error().detail;
      if (*pushed) began_.push_back(**pushed);
    }
  }
  struct Waiter {
    std::optional<LiveReply> reply;
    LiveStream::Answer answer() {
      return [this](LiveReply r) { reply = std::move(r); };
    }
    std::string text() const { return reply->pieces.empty() ? "" : *reply->pieces[0]; }
  };
  std::string playlist() {
    Waiter waiter;
    live_.playlist({}, {}, 0, waiter.answer());
    return waiter.text();
  }

  std::shared_ptr<Log> log_ = std::make_shared<Log>();
  std::vector<TimeMs> began_;
  LiveStream live_{7, {}, log_};
};

TEST_F(LiveStreamTest, TagsBecomeAPlaylistAndItsBytes) {
  Waiter early;
  live_.playlist({}, {}, 0, early.answer());
  EXPECT_EQ(early.reply->kind, LiveReply::Kind::gone) << "nothing came yet";
  run(1, 0, 3'200);
  EXPECT_THAT(began_, ElementsAre(kWall)) << "told once";
  EXPECT_THAT(playlist(), HasSubstr("seg-1.m4s"));
  EXPECT_THAT(log_->inits, ElementsAre(1u));
  const LiveReply segment = live_.segment(1);
  ASSERT_EQ(segment.kind, LiveReply::Kind::ok);
  EXPECT_EQ(segment.pieces.size(), 4u);
  EXPECT_EQ(segment.pieces[0], log_->parts[0].bytes) << "the same bytes, not a copy";
  EXPECT_EQ(live_.init(1).kind, LiveReply::Kind::ok);
  EXPECT_EQ(live_.init(2).kind, LiveReply::Kind::gone);
  EXPECT_EQ(live_.segment(9).kind, LiveReply::Kind::gone);
  EXPECT_THAT(*live_.multivariant("live.m3u8").pieces[0], HasSubstr("live.m3u8"));
  EXPECT_EQ(live_.picture().size(), 2u);
}

TEST_F(LiveStreamTest, WhoAsksForWhatComesIsAnsweredWhenItIsThere) {
  run(1, 0, 1'200);
  Waiter list, part, wild;
  live_.playlist(1, 3, 0, list.answer());
  live_.part(1, 2, 0, part.answer());
  live_.playlist(9, {}, 0, wild.answer());
  EXPECT_EQ(wild.reply->kind, LiveReply::Kind::too_far);
  EXPECT_FALSE(list.reply);
  EXPECT_FALSE(part.reply);
  run(1, 1'200, 1'700);
  ASSERT_TRUE(part.reply);
  EXPECT_EQ(part.reply->pieces[0], log_->parts[2].bytes);
  EXPECT_FALSE(list.reply);
  run(1, 1'700, 2'300);
  ASSERT_TRUE(list.reply);
  EXPECT_THAT(list.text(), HasSubstr("part-1.3.m4s"));
}

TEST_F(LiveStreamTest, WhoWaitsForLongGetsWhatThereIs) {
  run(1, 0, 1'200);
  Waiter list, part;
  live_.playlist(2, {}, 1'000, list.answer());
  live_.part(1, 2, 1'000, part.answer());
  live_.expire(2'000);
  EXPECT_FALSE(list.reply);
  live_.expire(1'000 + 60'000);
  ASSERT_TRUE(list.reply);
  EXPECT_EQ(list.reply->kind, LiveReply::Kind::ok);
  ASSERT_TRUE(part.reply);
  EXPECT_EQ(part.reply->kind, LiveReply::Kind::gone);
}

TEST_F(LiveStreamTest, ATakeoverRefusesTheOldOneAndGoesOn) {
  run(1, 0, 2'300);
  const size_t before = log_->parts.size();
  live_.begin_session(2);
  EXPECT_EQ(push(1, 2'300, made::video_tag(false)).error().reason, "replaced");
  live_.end_session(1);
  EXPECT_GT(log_->parts.size(), before) << "what was left of the first";
  live_.declare_tracks(2, true, false);
  const std::string config = made::video_config_tag(made::avc_record(made::sps()));
  ASSERT_TRUE(live_.push(2, {media::TagKind::video, 50, as_bytes(config)}, kWall + 5'000));
  for (int64_t at = 0; at < 1'200; at += 100) {
    const std::string body = made::video_tag(at % 1'000 == 0);
    const auto pushed =
        live_.push(2, {media::TagKind::video, static_cast<uint32_t>(at + 50), as_bytes(body)},
                   kWall + 5'000 + at);
    ASSERT_TRUE(pushed);
    if (*pushed) began_.push_back(**pushed);
  }
  EXPECT_EQ(began_.size(), 2u) << "each session begins once";
  EXPECT_THAT(playlist(), HasSubstr("#EXT-X-DISCONTINUITY\n"));
}

TEST_F(LiveStreamTest, InterruptedAndEnded) {
  run(1, 0, 2'300);
  Waiter next;
  live_.playlist(6, {}, 0, next.answer());
  Waiter waiting;
  live_.playlist(2, 2, 0, waiting.answer());
  live_.end_session(1);
  live_.interrupt();
  EXPECT_TRUE(waiting.reply) << "nobody waits for a publisher";
  EXPECT_THAT(playlist(), Not(HasSubstr("PRELOAD-HINT")));
  EXPECT_THAT(playlist(), Not(HasSubstr("ENDLIST")));
  live_.end();
  EXPECT_THAT(playlist(), HasSubstr("#EXT-X-ENDLIST"));
  EXPECT_NEAR(static_cast<double>(live_.last_media_at()), kWall + 2'300, 200);
}

TEST_F(LiveStreamTest, ItsEndAnswersEverybody) {
  Waiter waiter;
  {
    LiveStream other(8, {}, nullptr);
    other.begin_session(1);
    const std::string config = made::video_config_tag(made::avc_record(made::sps()));
    other.declare_tracks(1, true, false);
    (void)other.push(1, {media::TagKind::video, 0, as_bytes(config)}, kWall);
    for (uint32_t at = 0; at < 1'300; at += 100) {
      const std::string body = made::video_tag(at % 1'000 == 0);
      (void)other.push(1, {media::TagKind::video, at, as_bytes(body)}, kWall + at);
    }
    other.part(1, 2, 0, waiter.answer());
    EXPECT_FALSE(waiter.reply);
  }
  ASSERT_TRUE(waiter.reply);
  EXPECT_EQ(waiter.reply->kind, LiveReply::Kind::gone);
}

}  // namespace
}  // namespace strims::stream
