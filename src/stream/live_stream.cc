#include "stream/live_stream.h"

#include <algorithm>
#include <utility>

#include "media/hls_playlist.h"

namespace strims::stream {
namespace {

using Wait = media::LiveWindow::Wait;

LiveReply ok(media::SharedBytes bytes) {
  LiveReply reply;
  if (!bytes) return reply;
  reply.kind = LiveReply::Kind::ok;
  reply.pieces.push_back(std::move(bytes));
  return reply;
}

media::SharedBytes shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

// hls.js takes a segment with the number 0 for one that is gone, and fetches it again and again.
media::PackagerStart from_one(media::PackagerStart start) {
  start.segment = std::max<uint64_t>(start.segment, 1);
  return start;
}

// What an earlier process had told of discontinuities is not told again.
media::LiveWindow::Options window_of(const LiveStreamOptions& options) {
  media::LiveWindow::Options window = options.window;
  window.discontinuities = options.start.discontinuities;
  return window;
}

}  // namespace

LiveStream::LiveStream(BroadcastId broadcast, const LiveStreamOptions& options,
                       std::shared_ptr<Tap> tap)
    : broadcast_(broadcast),
      tap_(std::move(tap)),
      packager_(*this, options.packager, from_one(options.start)),
      window_(window_of(options)) {}

LiveStream::~LiveStream() {
  for (Waiting& waiting : waiting_) waiting.answer({});
}

// The answers are given outside of the lock: one may ask for the next thing.
template <class F>
void LiveStream::change(F&& work) {
  Due due;
  {
    const std::lock_guard lock(mutex_);
    work(due);
    take_due(due);
  }
  for (auto& [answer, reply] : due) answer(std::move(reply));
}

void LiveStream::begin_session(SessionId session) {
  change([&](Due&) {
    session_ = session;
    packager_.begin_session();  // gives out what is left of the one before
    if (!window_.empty()) window_.set_state(media::LiveWindow::State::interrupted);
    session_began_ = false;
    began_at_.reset();
  });
}

void LiveStream::declare_tracks(SessionId session, bool video, bool audio) {
  const std::lock_guard lock(mutex_);
  if (session == session_) packager_.declare_tracks(video, audio);
}

Result<std::optional<TimeMs>> LiveStream::push(SessionId session, const media::Tag& tag,
                                               TimeMs now) {
  Result<std::optional<TimeMs>> began;
  change([&](Due&) {
    if (session != session_) {
      began = fail(Errc::conflict, "replaced", "another publisher with this key has taken over");
      return;
    }
    if (const auto pushed = packager_.push(tag, now); !pushed)
      began = std::unexpected(pushed.error());
    else
      began = std::exchange(began_at_, std::nullopt);
  });
  return began;
}

void LiveStream::end_session(SessionId session) {
  change([&](Due&) {
    if (session != session_) return;
    session_ = 0;
    packager_.flush();
  });
}

void LiveStream::repeat_init() {
  const std::lock_guard lock(mutex_);
  const media::Init* init = window_.newest_init();
  if (init != nullptr && tap_) tap_->on_init(*init);
}

void LiveStream::interrupt() {
  change([&](Due&) { window_.set_state(media::LiveWindow::State::interrupted); });
}

void LiveStream::end() {
  change([&](Due&) {
    if (std::exchange(session_, 0) != 0) packager_.flush();
    window_.set_state(media::LiveWindow::State::ended);
  });
}

void LiveStream::on_init(const media::Init& init) {
  window_.add(init);
  if (tap_) tap_->on_init(init);
}

void LiveStream::on_part(const media::Part& part) {
  window_.add(part);
  last_media_at_ = part.wall_ms + part.duration_us / 1'000;
  if (part.independent && !std::exchange(session_began_, true)) began_at_ = part.wall_ms;
  if (tap_) tap_->on_part(part);
}

void LiveStream::playlist(std::optional<uint64_t> msn, std::optional<uint32_t> part, MonoMs now,
                          Answer answer) {
  change([&](Due& due) {
    if (msn) {
      hold_or_answer({.for_part = false, .msn = *msn, .part = part, .answer = std::move(answer)},
                     now, due);
    } else {
      due.emplace_back(std::move(answer), playlist_now());
    }
  });
}

void LiveStream::part(uint64_t msn, uint32_t index, MonoMs now, Answer answer) {
  change([&](Due& due) {
    hold_or_answer({.for_part = true, .msn = msn, .part = index, .answer = std::move(answer)}, now,
                   due);
  });
}

void LiveStream::hold_or_answer(Waiting waiting, MonoMs now, Due& due) {
  if (wait_of(waiting) == Wait::hold && waiting_.size() < kMaxWaiting) {
    waiting.until = now + int64_t{3'000} * window_.target_duration_s();
    waiting_.push_back(std::move(waiting));
    return;
  }
  LiveReply reply = reply_to(waiting);
  due.emplace_back(std::move(waiting.answer), std::move(reply));
}

Wait LiveStream::wait_of(const Waiting& waiting) const {
  return waiting.for_part ? window_.part_wait(waiting.msn, *waiting.part)
                          : window_.playlist_wait(waiting.msn, waiting.part);
}

// What there is, now that it waits no longer.
LiveReply LiveStream::reply_to(const Waiting& waiting) const {
  switch (wait_of(waiting)) {
    case Wait::too_far: {
      LiveReply reply;
      reply.kind = LiveReply::Kind::too_far;
      return reply;
    }
    case Wait::gone:
      if (waiting.for_part) return {};
      return playlist_now();
    case Wait::ready:
    case Wait::hold:
      break;
  }
  return waiting.for_part ? ok(window_.part(waiting.msn, *waiting.part)) : playlist_now();
}

LiveReply LiveStream::playlist_now() const {
  if (window_.empty()) return {};
  if (playlist_version_ != window_.version()) {
    playlist_ = shared(media::media_playlist(window_));
    playlist_version_ = window_.version();
  }
  return ok(playlist_);
}

LiveReply LiveStream::segment(uint64_t msn) const {
  const std::lock_guard lock(mutex_);
  LiveReply reply;
  reply.pieces = window_.segment(msn);
  if (!reply.pieces.empty()) reply.kind = LiveReply::Kind::ok;
  return reply;
}

LiveReply LiveStream::init(uint32_t number) const {
  const std::lock_guard lock(mutex_);
  const media::Init* init = window_.init(number);
  return init ? ok(init->bytes) : LiveReply();
}

LiveReply LiveStream::multivariant(std::string_view media_uri) const {
  const std::lock_guard lock(mutex_);
  const media::Init* init = window_.newest_init();
  if (init == nullptr || window_.empty()) return {};
  return ok(shared(media::multivariant_playlist(*init, window_.peak_bandwidth(),
                                                window_.average_bandwidth(), media_uri)));
}

void LiveStream::expire(MonoMs now) {
  change([&](Due& due) {
    answer_if(due, [&](const Waiting& waiting) { return waiting.until <= now; });
  });
}

void LiveStream::take_due(Due& due) {
  // Most tags end no part: then nobody has anything to gain from a look.
  if (std::exchange(looked_at_, window_.version()) == window_.version()) return;
  answer_if(due, [&](const Waiting& waiting) { return wait_of(waiting) != Wait::hold; });
}

template <class F>
void LiveStream::answer_if(Due& due, F&& is_due) {
  std::erase_if(waiting_, [&](Waiting& waiting) {
    if (!is_due(waiting)) return false;
    LiveReply reply = reply_to(waiting);
    due.emplace_back(std::move(waiting.answer), std::move(reply));
    return true;
  });
}

std::vector<media::SharedBytes> LiveStream::picture() const {
  const std::lock_guard lock(mutex_);
  const media::Part* part = window_.newest_independent_part();
  const media::Init* init = part ? window_.init(part->init) : nullptr;
  if (init == nullptr || !init->has_video) return {};
  return {init->bytes, part->bytes};
}

TimeMs LiveStream::last_media_at() const {
  const std::lock_guard lock(mutex_);
  return last_media_at_;
}

LiveStream::Numbers LiveStream::numbers() const {
  const std::lock_guard lock(mutex_);
  Numbers numbers;
  numbers.packager = packager_.stats();
  numbers.notes = packager_.notes();
  if (const media::Init* init = window_.newest_init()) {
    numbers.width = init->width;
    numbers.height = init->height;
    numbers.frame_rate = init->frame_rate;
    numbers.codecs = init->codecs;
  }
  return numbers;
}

media::PackagerStart LiveStream::position() const {
  const std::lock_guard lock(mutex_);
  return packager_.position();
}

}  // namespace strims::stream
