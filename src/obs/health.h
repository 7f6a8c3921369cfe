// Is the process alive, and may it get traffic. Conditions are set by whoever knows; the readiness
// probe reads.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace strims::obs {

struct Condition {
  std::string name;
  bool ok = false;
  std::string reason;  // why not; empty when ok
  TimeMs since = 0;    // when `ok` last changed
};

// A loop that should turn: shards beat, the liveness probe looks. beat() is one relaxed store.
class Heartbeat {
 public:
  void beat(MonoMs now) { last_.store(now, std::memory_order_relaxed); }
  MonoMs last() const { return last_.load(std::memory_order_relaxed); }

 private:
  std::atomic<MonoMs> last_{0};
};

// All functions from any thread. Conditions are few (kMaxConditions); names are literals of the
// program.
class Health {
 public:
  explicit Health(const Clock& clock = system_clock()) : clock_(clock) {}

  // Creates or updates a condition. A condition that is not ok makes the process not ready.
  void set(std::string_view name, bool ok, std::string_view reason = {});
  // True when there is at least one condition and all are ok.
  bool ready() const;
  // Conditions by name.
  std::vector<Condition> conditions() const;
  // {"ready":true,"version":"...","conditions":[{"name","ok","reason","since"}]}: the body of
  // /readyz.
  std::string to_json() const;

  // A loop whose last beat is older than `limit_ms` makes the process not alive. The first beat is
  // now.
  std::shared_ptr<Heartbeat> watch(std::string_view name, int64_t limit_ms);
  // True when every watched loop that still exists has turned lately; else `*late` names one that
  // has not.
  bool alive(std::string* late = nullptr) const;

 private:
  struct Watched {
    std::string name;
    int64_t limit_ms;
    std::weak_ptr<Heartbeat> beat;
  };
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Condition> conditions_;
  std::vector<Watched> watched_;
};

// The one of this process.
Health& health();

struct BuildInfo {
  std::string_view version;   // "0.1.0"
  std::string_view commit;    // short hash, or "unknown" outside of a checkout
  std::string_view compiler;  // "gcc 12.2.0"
  std::string_view build;     // "release", "debug" or "sanitized"
};
const BuildInfo& build_info();

}  // namespace strims::obs
