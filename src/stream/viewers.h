// How many people watch a channel. Playback sessions are what is heard of; people are what is
// counted: an account once, and without one an address and browser once, kPeoplePerAddress at most.
//
// Not thread-safe: its owner's. Each event costs O(1). Bounds: kSessionsPerPerson and
// kPeoplePerAddress, beyond which nothing is kept, and `max_sessions` in all.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/cidr.h"
#include "base/clock.h"
#include "model/stream.h"
#include "stream/grant.h"

namespace strims::stream {

struct Watcher {
  PlaybackId sid = 0;
  UserId account = 0;  // 0: not logged in
  IpAddress address;
  uint64_t agent = 0;  // a hash of the browser's name
};

// For who asks at an open address, without a session of his own: one for each account, or for each
// address and browser. `sid` is not looked at.
PlaybackId open_playback_id(const Watcher& watcher);

class Viewers {
 public:
  static constexpr int64_t kFetchSeconds = 12;   // counted since the last playlist or part
  static constexpr int64_t kBeaconSeconds = 40;  // since the last word of the page
  static constexpr uint32_t kPeoplePerAddress = 20;
  static constexpr uint32_t kSessionsPerPerson = 20;

  explicit Viewers(size_t max_sessions = 200'000);
  ~Viewers();

  // A playlist or a part was asked for.
  void fetched(const Watcher& watcher, MonoMs now);
  // The page said that it is watching; how far it is behind, when it knows.
  void beacon(const Watcher& watcher, MonoMs now, int64_t latency_ms = 0);
  // A session that may watch no longer.
  void forget(PlaybackId sid);
  // Lets go who was not heard of. Once a second, and before any number is read.
  void advance(MonoMs now, TimeMs wall);

  int64_t viewers() const { return static_cast<int64_t>(people_.size()); }
  int64_t sessions() const { return static_cast<int64_t>(sessions_.size()); }
  int64_t peak() const { return peak_; }
  int64_t latency_ms() const;  // the median; 0: nobody told

  // The number, when it is another one than was told last, and that was `interval_ms` ago.
  std::optional<int64_t> news(MonoMs now, int64_t interval_ms);
  // Minutes that are over, each with its highest number; they are given once.
  std::vector<MinuteViewers> take_minutes();
  // Another broadcast begins: the peak is who is here, the minutes and latencies begin anew.
  void begin_broadcast(TimeMs wall);

 private:
  struct Session;
  struct Person {
    uint32_t sessions = 0;
    bool anonymous = false;
    IpAddress address;
  };
  static constexpr size_t kBuckets = 64;  // seconds; more than the longest life
  static constexpr size_t kMaxMinutes = 2880;

  Session* touch(const Watcher& watcher, MonoMs now, int64_t seconds);
  Session* admit(const Watcher& watcher);
  void schedule(Session& session, int64_t second);
  void unlink(Session& session);
  void drop(Session& session);
  void note();
  void sweep(MonoMs now);
  void begin_minute(TimeMs wall);

  const size_t max_sessions_;
  std::unordered_map<PlaybackId, std::unique_ptr<Session>> sessions_;
  std::unordered_map<uint64_t, Person> people_;
  std::unordered_map<IpAddress, uint32_t> anonymous_;  // people without an account per address
  std::array<Session*, kBuckets> buckets_{};           // by the second in which they end
  int64_t second_ = 0;                                 // all before it has ended
  int64_t peak_ = 0;
  int64_t told_ = 0;
  MonoMs told_at_ = INT64_MIN / 2;
  MinuteViewers minute_;
  std::vector<MinuteViewers> minutes_;
  std::array<uint32_t, 256> latencies_{};  // 125 ms each
  uint64_t latency_count_ = 0;
};

}  // namespace strims::stream
