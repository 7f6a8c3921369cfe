#include "hooks/poller.h"

#include <algorithm>
#include <iterator>

#include "hooks/http_get.h"
#include "obs/log.h"

namespace strims::hooks {
namespace {

constexpr int64_t kRetryMs = 5'000;

}  // namespace

Poller::Poller(const config::HookServer& server, const Clock& clock, Listener listener)
    : dialect_(dialect_of(server.kind)),
      name_(server.name),
      api_(server.api),
      clock_(clock),
      listener_(std::move(listener)) {}

Poller::~Poller() {
  stop();
}

void Poller::start() {
  thread_ = std::thread([this] { run(); });
}

void Poller::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Poller::look_in(int64_t ms) {
  const std::lock_guard lock(mutex_);
  due_ = std::min(due_, clock_.mono_ms() + ms);
  wake_.notify_one();
}

void Poller::kick(Kick kick) {
  const std::lock_guard lock(mutex_);
  if (kicks_.size() < kMaxKicks) kicks_.push_back(std::move(kick));
  wake_.notify_one();
}

void Poller::run() {
  obs::name_thread("hooks-" + name_.substr(0, 9));
  HttpClient client(stop_);
  // GETs every page of the list; the generation is that of the last.
  const auto list = [&]() -> Result<Snapshot> {
    Snapshot all;
    for (int page = 0; page < all.pages; ++page) {
      STRIMS_TRY(const HttpAnswer answer, client.request("GET", api_ + dialect_.list_target(page)));
      if (answer.status != 200)
        return fail(Errc::unavailable, "unreachable",
                    "its API answers " + std::to_string(answer.status));
      STRIMS_TRY(Snapshot one, dialect_.parse_list(answer.body, clock_.wall_ms()));
      std::ranges::move(one.published, std::back_inserter(all.published));
      all.generation = std::move(one.generation);
      all.pages = one.pages;
    }
    return all;
  };
  bool reachable = true;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (!kicks_.empty()) {
      const Kick kick = std::move(kicks_.front());
      kicks_.pop_front();
      lock.unlock();
      const auto done = client.request(kick.method, api_ + kick.target);
      obs::log_info("hooks.kick", {{"server", name_}, {"status", done ? done->status : 0}});
      lock.lock();
    } else if (const MonoMs now = clock_.mono_ms(); now >= due_) {
      due_ = now + kRetryMs;
      lock.unlock();
      auto snapshot = list();
      if (snapshot.has_value() != reachable && !stop_) {
        reachable = snapshot.has_value();
        if (reachable)
          obs::log_info("hooks.reachable", {{"server", name_}});
        else
          obs::log_warn("hooks.unreachable",
                        {{"server", name_}, {"detail", snapshot.error().detail}});
      }
      if (!stop_) listener_(std::move(snapshot), now);
      lock.lock();
    } else {
      wake_.wait_for(lock, std::chrono::milliseconds(due_ - now));
    }
  }
}

}  // namespace strims::hooks
