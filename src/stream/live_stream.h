// A broadcast while it runs: its packager, the window that viewers read, and those who wait for
// what comes next. Publishers push from their shards, viewers ask from theirs; everything is under
// one lock that is held for microseconds.
//
// Thread-safe. Bound: kMaxWaiting held requests; further ones are answered with what there is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "media/live_window.h"
#include "media/packager.h"
#include "model/stream.h"

namespace strims::stream {

// An answer to a viewer.
struct LiveReply {
  enum class Kind : uint8_t {
    ok,
    too_far,  // nobody can know of it yet: 400
    gone,     // 404
  };
  Kind kind = Kind::gone;
  std::vector<media::SharedBytes> pieces;  // the body, one behind the other
};

struct LiveStreamOptions {
  media::PackagerOptions packager;
  media::PackagerStart start;  // where an earlier process had got to
  media::LiveWindow::Options window;
};

class LiveStream final : private media::PackagerSink {
 public:
  static constexpr size_t kMaxWaiting = 50'000;

  // Sees everything in its order; called under the lock, so it must neither block nor call back.
  struct Tap {
    virtual ~Tap() = default;
    virtual void on_init(const media::Init& init) = 0;
    virtual void on_part(const media::Part& part) = 0;
  };

  LiveStream(BroadcastId broadcast, const LiveStreamOptions& options, std::shared_ptr<Tap> tap);
  ~LiveStream();  // who waits is answered: gone

  BroadcastId broadcast() const { return broadcast_; }
  // What stands in the names of its media. Media of another series is not of this stream.
  const std::string& series() const { return window_.options().series; }

  // A publisher was let in: tags of any other are refused from now on.
  void begin_session(SessionId session);
  void declare_tracks(SessionId session, bool video, bool audio);
  // A tag of `session`. What the first keyframe of the session had as its wall time, once it is in
  // a part; later nothing. Errors: the packager's, which end the session; conflict/"replaced".
  Result<std::optional<TimeMs>> push(SessionId session, const media::Tag& tag, TimeMs now);
  // The tap begins to listen in the middle: it is told the newest init again.
  void repeat_init();
  // The session is over: what is left of it becomes the end of its segment.
  void end_session(SessionId session);
  // Nobody publishes; the broadcast goes on or not.
  void interrupt();
  void end();

  using Answer = std::move_only_function<void(LiveReply)>;
  // The media playlist; with `msn` (and `part`) once it holds that much. `answer` runs now, or
  // later on whatever thread brings what it waits for.
  void playlist(std::optional<uint64_t> msn, std::optional<uint32_t> part, MonoMs now,
                Answer answer);
  void part(uint64_t msn, uint32_t index, MonoMs now, Answer answer);
  LiveReply segment(uint64_t msn) const;
  LiveReply init(uint32_t number) const;
  // Names `media_uri` and what it holds.
  LiveReply multivariant(std::string_view media_uri) const;
  // Answers those who have waited for three target durations.
  void expire(MonoMs now);

  // Init and newest part with a keyframe, for a picture; empty when there is none.
  std::vector<media::SharedBytes> picture() const;
  // Wall clock of the end of the newest part; 0: nothing came.
  TimeMs last_media_at() const;
  struct Numbers {
    media::PackagerStats packager;
    std::vector<std::string> notes;
    int width = 0;
    int height = 0;
    double frame_rate = 0;
    std::string codecs;
  };
  Numbers numbers() const;
  media::PackagerStart position() const;

 private:
  struct Waiting {
    bool for_part = false;
    uint64_t msn = 0;
    std::optional<uint32_t> part;
    MonoMs until = 0;
    Answer answer;
  };
  using Due = std::vector<std::pair<Answer, LiveReply>>;

  // PackagerSink, under the lock.
  void on_init(const media::Init& init) override;
  void on_part(const media::Part& part) override;
  void hold_or_answer(Waiting waiting, MonoMs now, Due& due);
  media::LiveWindow::Wait wait_of(const Waiting& waiting) const;
  LiveReply reply_to(const Waiting& waiting) const;
  LiveReply playlist_now() const;
  // `work(due)` under the lock; then who waited for what it brought is answered, and who is in
  // `due`.
  template <class F>
  void change(F&& work);
  void take_due(Due& due);
  template <class F>
  void answer_if(Due& due, F&& is_due);

  const BroadcastId broadcast_;
  const std::shared_ptr<Tap> tap_;
  mutable std::mutex mutex_;
  media::Packager packager_;
  media::LiveWindow window_;
  SessionId session_ = 0;
  bool session_began_ = false;  // a part of it with a keyframe is there
  std::optional<TimeMs> began_at_;
  TimeMs last_media_at_ = 0;
  std::vector<Waiting> waiting_;
  uint64_t looked_at_ = UINT64_MAX;  // version of the window
  mutable uint64_t playlist_version_ = UINT64_MAX;
  mutable media::SharedBytes playlist_;
};

}  // namespace strims::stream
