#include "stream/thumbnails.h"

#include <chrono>

#include "child/run.h"
#include "obs/log.h"
#include "obs/metric.h"

namespace strims::stream {
namespace {

constexpr std::chrono::milliseconds kLookMs{500};
constexpr size_t kMostBytes = 2 << 20;

obs::Counter& runs(const char* outcome) {
  return obs::counter("strims_child_runs_total", "Pictures that ffmpeg was asked for.",
                      {{"outcome", outcome}});
}

}  // namespace

Thumbnails::Thumbnails(ThumbnailOptions options, const Clock& clock, const Directory& directory,
                       std::function<void(BroadcastId, const media::SharedBytes&)> taken)
    : options_(std::move(options)),
      clock_(clock),
      directory_(directory),
      taken_(std::move(taken)),
      thread_([this] { run(); }) {}

Thumbnails::~Thumbnails() {
  stop();
}

void Thumbnails::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Thumbnails::looked_at(const std::string& slug) {
  const std::lock_guard lock(mutex_);
  const auto it = subjects_.find(slug);
  if (it == subjects_.end()) return;
  const MonoMs now = clock_.mono_ms();
  // Whoever looks after a quiet time need not wait for the long interval to end.
  if (now - it->second.looked_at > options_.interest_ms && it->second.picture)
    it->second.due = std::min(it->second.due, now + options_.watched_ms);
  it->second.looked_at = now;
}

media::SharedBytes Thumbnails::picture(const std::string& slug) const {
  const std::lock_guard lock(mutex_);
  const auto it = subjects_.find(slug);
  return it == subjects_.end() ? nullptr : it->second.picture;
}

void Thumbnails::run() {
  obs::name_thread("thumbnails");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const ChannelViewPtr view = next(clock_.mono_ms());
    if (!view) {
      wake_.wait_for(lock, kLookMs, [this] { return stopping_; });
      continue;
    }
    lock.unlock();
    auto taken = take(*view->live);
    media::SharedBytes picture;
    if (taken) {
      runs("ok").inc();
      picture = std::make_shared<const std::string>(std::move(*taken));
      taken_(view->broadcast, picture);
    } else {
      runs("failed").inc();
      // Once: a program that is not there will not be there the next time.
      if (!std::exchange(complained_, true))
        obs::log_warn("thumbnails.failed",
                      {{"reason", taken.error().reason}, {"detail", taken.error().detail}});
    }
    lock.lock();
    const auto it = subjects_.find(view->channel.slug);
    if (it == subjects_.end()) continue;
    if (picture) it->second.picture = std::move(picture);
    const MonoMs now = clock_.mono_ms();
    const bool watched = now - it->second.looked_at <= options_.interest_ms;
    it->second.due = now + (watched ? options_.watched_ms : options_.unwatched_ms);
  }
}

ChannelViewPtr Thumbnails::next(MonoMs now) {
  ChannelViewPtr best;
  MonoMs best_due = now;
  std::map<std::string, Subject> live;
  for (const ChannelViewPtr& view : directory_.all()) {
    if (!view->is_ours()) continue;
    Subject& subject = live[view->channel.slug];
    if (const auto it = subjects_.find(view->channel.slug);
        it != subjects_.end() && it->second.broadcast == view->broadcast) {
      subject = std::move(it->second);
    } else {
      subject.broadcast = view->broadcast;
      subject.due = now + options_.first_ms;
    }
    if (subject.due <= best_due) {
      best = view;
      best_due = subject.due;
    }
  }
  subjects_ = std::move(live);
  return best;
}

Result<std::string> Thumbnails::take(const LiveStream& live) const {
  const auto pieces = live.picture();
  if (pieces.empty()) return fail(Errc::unavailable, "no_picture", "no keyframe is there");
  std::vector<std::string_view> input;
  input.reserve(pieces.size());
  for (const auto& piece : pieces) input.push_back(*piece);
  child::ChildOptions options;
  options.command = {options_.ffmpeg,
                     "-v",
                     "quiet",
                     "-protocol_whitelist",
                     "pipe",
                     "-threads",
                     "1",
                     "-f",
                     "mp4",
                     "-i",
                     "pipe:0",
                     "-frames:v",
                     "1",
                     "-vf",
                     "scale=480:-2",
                     "-f",
                     "mjpeg",
                     "-q:v",
                     "5",
                     "pipe:1"};
  options.max_output = kMostBytes;
  options.require_sandbox = options_.require_sandbox;
  STRIMS_TRY(std::string picture, child::run_child(options, input));
  if (!picture.starts_with("\xff\xd8"))
    return fail(Errc::internal, "no_picture", "what ffmpeg printed is no JPEG");
  return picture;
}

}  // namespace strims::stream
