// Playlists (RFC 8216bis). URIs are relative, so what stands before them in a path (a token) is
// inherited.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "media/live_window.h"
#include "media/part.h"

namespace strims::media {

// The live playlist with its low-latency tags. The window is not empty. What it names, in a window
// whose series is "k3x": "init-k3x-1.mp4", "seg-k3x-17.m4s", "part-k3x-17.2.m4s".
std::string media_playlist(const LiveWindow& window);

// The multivariant playlist of one variant.
std::string multivariant_playlist(const Init& init, uint64_t peak_bandwidth,
                                  uint64_t average_bandwidth, std::string_view media_uri);

// A byte range of a recorded file.
struct VodSegment {
  std::string_view uri;  // of the file; begins with an init
  uint64_t offset = 0;
  uint64_t length = 0;
  uint64_t init_length = 0;  // of that file: bytes from 0
  int64_t duration_us = 0;
  TimeMs wall_ms = 0;
  bool discontinuity = false;  // before it
};

std::string vod_playlist(std::span<const VodSegment> segments);

}  // namespace strims::media
