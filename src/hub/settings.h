// The hub's numbers, filled from the configuration.
#pragma once

#include <cstddef>
#include <cstdint>

namespace strims::hub {

// What is spoken to whom; each has a feed. Who reads the site's feed is not in the room.
enum class Flavour : uint8_t { dgg = 0, strims = 1, site = 2 };
inline constexpr size_t kFlavours = 3;

struct HubSettings {
  size_t max_message_bytes = 6144;
  size_t ring_bytes = 4 * 1024 * 1024;      // per feed and shard
  size_t private_queue_bytes = 256 * 1024;  // per connection; past it the connection is cut
  size_t sends_per_slice = 64;              // sends of a sweep between two looks at the input
  size_t read_bytes_per_turn = 4096;  // input of one connection between two looks at the others
  size_t flush_bytes = 256 * 1024;    // of one connection at once
  size_t lag_max_bytes =
      2 * 1024 * 1024;               // plain bytes a reader may be behind; half a ring at most
  int64_t min_sweep_gap_ms = 0;      // least time between the beginnings of two sweeps
  int deflate_level = 5;             // of the feeds; 0: they are sent plain only
  size_t deflate_epoch_frames = 64;  // least number of frames between two epochs
  int64_t ping_interval_ms = 10'000;
  int64_t pong_timeout_ms = 60'000;
  int64_t write_timeout_ms = 30'000;
  int64_t close_timeout_ms = 5'000;
  int64_t commands_per_second = 20;  // per connection; bots are exempt
  int64_t commands_burst = 40;
  bool deflate_in = true;
  bool debug_echo = false;
  size_t resume_max_entries = 5000;
  int64_t paid_event_ms = 300'000;
};

}  // namespace strims::hub
