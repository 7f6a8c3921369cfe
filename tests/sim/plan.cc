#include "sim/plan.h"

namespace strims::sim {
namespace {

hub::HubSettings make_hub(Random& r) {
  hub::HubSettings s;
  s.ring_bytes = r.pick<size_t>({16, 32, 64, 1024}) * 1024;
  s.private_queue_bytes = r.pick<size_t>({4'000, 16'000, 256'000});
  s.sends_per_slice = r.pick<size_t>({1, 3, 64});
  s.read_bytes_per_turn = r.pick<size_t>({50, 700, 4096});
  s.flush_bytes = r.pick<size_t>({300, 4096, 256 * 1024});
  s.lag_max_bytes = s.ring_bytes / r.pick<size_t>({2, 4, 8});
  s.min_sweep_gap_ms = r.pick<int64_t>({0, 0, 0, 30});
  s.deflate_level = r.pick<int>({5, 5, 5, 1, 0});
  s.deflate_epoch_frames = r.pick<size_t>({1, 5, 64});
  s.ping_interval_ms = r.pick<int64_t>({1'000, 3'000, 10'000});
  s.pong_timeout_ms = s.ping_interval_ms * r.pick<int64_t>({3, 10});
  s.write_timeout_ms = r.pick<int64_t>({3'000, 30'000});
  s.commands_per_second = r.pick<int64_t>({0, 3, 20});
  s.commands_burst = r.pick<int64_t>({5, 40});
  s.resume_max_entries = r.pick<size_t>({10, 60, 5'000});
  return s;
}

chat::RoomLimits make_room(Random& r) {
  chat::RoomLimits l;
  l.throttle.base_ms = r.pick<int64_t>({20, 300});
  l.slow_mode_ms = r.pick<int64_t>({0, 0, 0, 500});
  l.history_lines = r.pick<size_t>({5, 20, 150});
  l.presence.quit_grace_ms = r.pick<int64_t>({0, 500, 2'000});
  l.presence.restart_grace_ms = r.pick<int64_t>({0, 3'000, 15'000});
  l.presence.names_max = r.pick<size_t>({3, 2'000, 2'000});
  l.mute_default_s = 10;
  l.ban_default_s = 15;
  l.die_s = 5;
  l.poll_min_ms = 500;
  l.max_nonces = r.pick<size_t>({6, 200'000, 200'000});
  return l;
}

}  // namespace

Plan make_plan(Random& r) {
  Plan p;
  p.hub = make_hub(r);
  p.room = make_room(r);
  p.journal.thread = false;
  p.journal.max_entries = r.pick<size_t>({4, 40, 100'000, 100'000});
  p.journal.max_batch = r.pick<size_t>({1, 3, 8'192});
  p.lane_bound = r.pick<size_t>({2, 64});
  p.viewers = 8 + r.below(20);
  p.steps = 150 + r.below(300);
  p.cuts = r.pick<int>({0, 10, 40});
  p.stalls = r.pick<int>({0, 20, 60});
  p.kills = r.pick<int>({0, 2, 8});
  p.restarts = r.pick<int>({0, 2, 6});
  p.outages = r.pick<int>({0, 8, 25});
  p.bursts = r.pick<int>({10, 40, 150});
  return p;
}

}  // namespace strims::sim
