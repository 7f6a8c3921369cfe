// One player with low latency: waits for each playlist (_HLS_msn, _HLS_part) on one connection and
// fetches every part on another, as browsers do.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "bench/stream/http_client.h"
#include "bench/stream/plan.h"
#include "bench/stream/play_buffer.h"
#include "bench/stream/playlist.h"
#include "load/histogram.h"

namespace strims::stream_load {

// What all viewers have seen together.
struct WatchTally {
  uint64_t requests = 0;  // that were answered
  uint64_t bytes = 0;
  uint64_t parts = 0;
  uint64_t errors = 0;   // wrong answers, none at all, playlists or parts that are none
  uint64_t skipped = 0;  // parts that were gone from the playlist before they were seen
  uint64_t stalls = 0;   // the picture stood still
  int64_t stalled_us = 0;
  load::Histogram part_latency;      // from the end of a part's last frame until it is there
  load::Histogram playlist_latency;  // ... until the playlist names it
  std::string trouble;               // the first error, in words
};

class Viewer {
 public:
  // Its events come with the tokens 2 * index (playlists) and 2 * index + 1 (media).
  Viewer(EpollSet& epoll, size_t index, const Plan& plan, WatchTally& tally);

  void start() { ask_playlist(); }
  void on_event(bool media, int64_t now_us);
  // Begins anew some time after an error.
  void tick(int64_t now_us);
  bool plays() const { return playing_; }
  uint64_t renewals() const { return playlists_.renewals() + media_.renewals(); }

 private:
  void ask_playlist();
  void on_playlist(int64_t now_us);
  void join(const Playlist& list, int64_t now_us);
  void follow(const Playlist& list, int64_t now_us);
  void fetch_next();
  void on_media(int64_t now_us);
  void fail(const std::string& words, int64_t now_us);
  bool count(const HttpClient& client, const std::string& what, int64_t now_us);

  struct Wanted {
    ListedPart part;
    bool live = false;  // came while it was watched
  };

  WatchTally& tally_;
  const std::string path_;
  const std::string folder_;
  HttpClient playlists_, media_;
  bool playing_ = false;
  bool ended_ = false;
  int64_t retry_at_us_ = 0;
  PartNumber next_list_;  // to wait for
  PartNumber next_part_;  // that must follow
  std::string map_;       // the init to be fetched before anything else
  std::deque<Wanted> wanted_;
  PlayBuffer buffer_;
};

}  // namespace strims::stream_load
