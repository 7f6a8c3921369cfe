#include "obs/health.h"

#include <algorithm>

#include "base/json_write.h"

namespace strims::obs {
namespace {
constexpr size_t kMaxConditions = 64;
}

void Health::set(std::string_view name, bool ok, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  auto it = std::ranges::lower_bound(conditions_, name, {}, &Condition::name);
  if (it == conditions_.end() || it->name != name) {
    if (conditions_.size() >= kMaxConditions) return;
    it = conditions_.insert(it, {std::string(name), ok, {}, clock_.wall_ms()});
  } else if (it->ok != ok) {
    it->ok = ok;
    it->since = clock_.wall_ms();
  }
  it->reason = ok ? std::string() : std::string(reason);
}

bool Health::ready() const {
  const std::lock_guard lock(mutex_);
  return !conditions_.empty() && std::ranges::all_of(conditions_, &Condition::ok);
}

std::vector<Condition> Health::conditions() const {
  const std::lock_guard lock(mutex_);
  return conditions_;
}

std::string Health::to_json() const {
  const auto all = conditions();
  const bool ready = !all.empty() && std::ranges::all_of(all, &Condition::ok);
  JsonWriter w;
  w.object().field("ready", ready).field("version", build_info().version).key("conditions").array();
  for (const Condition& c : all) {
    w.object().field("name", c.name).field("ok", c.ok);
    if (!c.reason.empty()) w.field("reason", c.reason);
    w.field("since", format_rfc3339(c.since)).end_object();
  }
  w.end_array().end_object();
  return w.take();
}

std::shared_ptr<Heartbeat> Health::watch(std::string_view name, int64_t limit_ms) {
  auto beat = std::make_shared<Heartbeat>();
  beat->beat(clock_.mono_ms());
  const std::lock_guard lock(mutex_);
  std::erase_if(watched_, [](const Watched& w) { return w.beat.expired(); });
  watched_.push_back({std::string(name), limit_ms, beat});
  return beat;
}

bool Health::alive(std::string* late) const {
  const MonoMs now = clock_.mono_ms();
  const std::lock_guard lock(mutex_);
  for (const Watched& w : watched_) {
    const auto beat = w.beat.lock();
    if (!beat || now - beat->last() <= w.limit_ms) continue;
    if (late != nullptr) *late = w.name;
    return false;
  }
  return true;
}

Health& health() {
  static Health instance;
  return instance;
}

}  // namespace strims::obs
