#include "stream/viewers.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace strims::stream {
namespace {

constexpr int64_t kLatencyStepMs = 125;
constexpr int64_t kLatencySeconds = 10;

uint64_t mix(uint64_t a, uint64_t b) {
  a ^= b + 0x9e3779b97f4a7c15 + (a << 6) + (a >> 2);
  a *= 0xff51afd7ed558ccd;
  return a ^ (a >> 33);
}

// Accounts and addresses lie in one table: the last bit tells them apart.
uint64_t person_key(const Watcher& watcher) {
  if (watcher.account != 0) return mix(static_cast<uint64_t>(watcher.account), 0) | 1;
  const IpAddress unit = watcher.address.ban_unit();
  return mix(std::hash<IpAddress>{}(unit), watcher.agent) & ~uint64_t{1};
}

}  // namespace

// Hangs in the bucket of the second in which it ends.
struct Viewers::Session {
  PlaybackId sid = 0;
  uint64_t person = 0;
  int64_t ends = 0;
  int64_t latency_due = 0;  // second from which its word on that counts again
  Session* before = nullptr;
  Session* after = nullptr;
};

PlaybackId open_playback_id(const Watcher& watcher) {
  const PlaybackId id = mix(person_key(watcher), 0x6f70656e);
  return id == 0 ? 1 : id;
}

Viewers::Viewers(size_t max_sessions) : max_sessions_(max_sessions) {}
Viewers::~Viewers() = default;

void Viewers::fetched(const Watcher& watcher, MonoMs now) {
  touch(watcher, now, kFetchSeconds);
}

void Viewers::beacon(const Watcher& watcher, MonoMs now, int64_t latency_ms) {
  Session* session = touch(watcher, now, kBeaconSeconds);
  // The page tells it every 15 seconds: who tells it oftener has no more of a say.
  if (session == nullptr || latency_ms <= 0 || second_ < session->latency_due) return;
  session->latency_due = second_ + kLatencySeconds;
  const auto step = static_cast<size_t>(latency_ms / kLatencyStepMs);
  ++latencies_[std::min(step, latencies_.size() - 1)];
  ++latency_count_;
}

// Null: there is no place for it.
Viewers::Session* Viewers::touch(const Watcher& watcher, MonoMs now, int64_t seconds) {
  if (watcher.sid == 0) return nullptr;
  sweep(now);
  const int64_t ends = second_ + seconds;
  const auto found = sessions_.find(watcher.sid);
  Session* session = found != sessions_.end() ? found->second.get() : admit(watcher);
  if (session == nullptr) return nullptr;
  // A page that has spoken is believed for as long as it said, whatever its player does.
  if (ends > session->ends) {
    if (session->ends != 0) unlink(*session);
    schedule(*session, ends);
  }
  return session;
}

Viewers::Session* Viewers::admit(const Watcher& watcher) {
  if (sessions_.size() >= max_sessions_) return nullptr;
  const uint64_t key = person_key(watcher);
  auto person = people_.find(key);
  if (person == people_.end()) {
    Person fresh;
    if (watcher.account == 0) {
      fresh.address = watcher.address.ban_unit();
      fresh.anonymous = true;
      uint32_t& others = anonymous_[fresh.address];
      if (others >= kPeoplePerAddress) return nullptr;
      ++others;
    }
    person = people_.emplace(key, fresh).first;
    note();
  } else if (person->second.sessions >= kSessionsPerPerson) {
    return nullptr;
  }
  ++person->second.sessions;
  auto session = std::make_unique<Session>();
  session->sid = watcher.sid;
  session->person = key;
  return sessions_.emplace(watcher.sid, std::move(session)).first->second.get();
}

void Viewers::forget(PlaybackId sid) {
  const auto found = sessions_.find(sid);
  if (found != sessions_.end()) drop(*found->second);
}

void Viewers::advance(MonoMs now, TimeMs wall) {
  sweep(now);
  begin_minute(wall);
}

void Viewers::sweep(MonoMs now) {
  const int64_t until = now / 1000;
  // After a long pause each bucket is looked at once: it holds nothing that ends later than that.
  second_ = std::max(second_, until - static_cast<int64_t>(kBuckets));
  for (; second_ < until; ++second_) {
    Session*& head = buckets_[static_cast<size_t>(second_) % kBuckets];
    while (head != nullptr) drop(*head);
  }
}

void Viewers::begin_minute(TimeMs wall) {
  const int64_t minute = wall / 60'000;
  if (minute == minute_.minute) return;
  if (minute_.minute != 0 && minutes_.size() < kMaxMinutes) minutes_.push_back(minute_);
  minute_ = {minute, viewers()};
}

int64_t Viewers::latency_ms() const {
  uint64_t below = 0;
  for (size_t i = 0; i < latencies_.size(); ++i) {
    below += latencies_[i];
    if (below * 2 > latency_count_)
      return static_cast<int64_t>(i) * kLatencyStepMs + kLatencyStepMs / 2;
  }
  return 0;
}

std::optional<int64_t> Viewers::news(MonoMs now, int64_t interval_ms) {
  if (viewers() == told_ || now - told_at_ < interval_ms) return std::nullopt;
  told_ = viewers();
  told_at_ = now;
  return told_;
}

std::vector<MinuteViewers> Viewers::take_minutes() {
  return std::exchange(minutes_, {});
}

void Viewers::begin_broadcast(TimeMs wall) {
  peak_ = viewers();
  minutes_.clear();
  minute_ = {wall / 60'000, viewers()};
  latencies_.fill(0);
  latency_count_ = 0;
}

void Viewers::schedule(Session& session, int64_t second) {
  Session*& head = buckets_[static_cast<size_t>(second) % kBuckets];
  session.ends = second;
  session.before = nullptr;
  session.after = head;
  if (head != nullptr) head->before = &session;
  head = &session;
}

void Viewers::unlink(Session& session) {
  if (session.after != nullptr) session.after->before = session.before;
  if (session.before != nullptr)
    session.before->after = session.after;
  else
    buckets_[static_cast<size_t>(session.ends) % kBuckets] = session.after;
}

void Viewers::drop(Session& session) {
  unlink(session);
  const auto person = people_.find(session.person);
  if (--person->second.sessions == 0) {
    if (person->second.anonymous) {
      const auto others = anonymous_.find(person->second.address);
      if (--others->second == 0) anonymous_.erase(others);
    }
    people_.erase(person);
  }
  sessions_.erase(session.sid);
}

void Viewers::note() {
  peak_ = std::max(peak_, viewers());
  minute_.viewers = std::max(minute_.viewers, viewers());
}

}  // namespace strims::stream
