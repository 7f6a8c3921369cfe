// The media playlist of a live stream with low latency, as a player reads it (RFC 8216bis). The
// tool's own reader, so that a fault of the server's writer cannot hide in shared code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace strims::stream_load {

// The name of a part: of media segment `msn`, counted from 0.
struct PartNumber {
  uint64_t msn = 0;
  uint32_t index = 0;
  auto operator<=>(const PartNumber&) const = default;
};

struct ListedPart {
  PartNumber number;
  int64_t duration_us = 0;
  int64_t end_us = 0;  // wall clock at which its last frame ends: PROGRAM-DATE-TIME and position
  bool independent = false;
  bool last_of_segment = false;  // the next one is {msn + 1, 0}
  std::string uri;
};

struct Playlist {
  std::vector<ListedPart> parts;  // in order
  PartNumber next;                // to wait for
  std::string map;                // the newest URI of an init
  int64_t hold_back_us = 0;       // a player stays so far from the end
  bool ended = false;
};

// Reasons of errors: "no_playlist", "no_parts", "no_date", "bad_number".
Result<Playlist> parse_playlist(std::string_view text);

}  // namespace strims::stream_load
