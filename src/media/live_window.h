// The newest segments of a broadcast in memory: what the live playlist lists and its bytes.
// Sans-I/O; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "media/part.h"

namespace strims::media {

class LiveWindow {
 public:
  struct Options {
    size_t segments = 7;       // complete ones in the playlist
    size_t part_segments = 3;  // of these, so many newest ones are listed with their parts
    size_t behind = 2;         // kept though no longer listed, for readers of an older playlist
    // Past it fewer segments are kept, whatever their times say.
    size_t max_bytes = 128 << 20;
    int part_target_ms = 500;  // as the packager's
    // At least; see target_duration_s(). Players that do not know low latency stay three of them
    // behind.
    int target_duration_s = 2;
    uint64_t discontinuities = 0;  // of the broadcast before the first part that will be added
    // Stands in the names of what the playlist lists, so that no other window's media has them:
    // caches keep media for ever. Empty: none.
    std::string series;
  };

  enum class State : uint8_t {
    live,
    interrupted,  // no publisher: the playlist promises a discontinuity and no next part
    ended,
  };

  struct Segment {
    uint64_t number = 0;  // media sequence number
    uint32_t init = 0;
    int64_t duration_us = 0;
    TimeMs wall_ms = 0;
    bool discontinuity = false;  // before it
    bool complete = false;
    size_t bytes = 0;
    std::vector<Part> parts;  // never empty
  };

  // What to do about a request for something that is not there yet.
  enum class Wait : uint8_t {
    ready,    // answer now
    hold,     // answer when version() has changed and it is ready, or after three target durations
    too_far,  // 400: nobody can know of it
    gone,     // 404: it is not there and will not come
  };

  LiveWindow() : LiveWindow(Options()) {}
  explicit LiveWindow(Options options);

  void add(const Init& init);
  // In the packager's order. Makes the state live.
  void add(const Part& part);
  // Interrupted and ended complete the last segment.
  void set_state(State state);

  State state() const { return state_; }
  bool empty() const { return segments_.empty(); }
  // Rises with every change: a playlist made at the same version is the same.
  uint64_t version() const { return version_; }

  // The playlist with _HLS_msn and perhaps _HLS_part (RFC 8216bis section 6.2.5.2). Nobody waits
  // while there is no publisher: a player must see the discontinuity promised before it comes.
  Wait playlist_wait(uint64_t msn, std::optional<uint32_t> part) const;
  // A part; the one of the preload hint is held.
  Wait part_wait(uint64_t msn, uint32_t index) const;

  // Null when it is not there.
  const Init* init(uint32_t number) const;
  const Init* newest_init() const { return inits_.empty() ? nullptr : &inits_.back(); }
  SharedBytes part(uint64_t msn, uint32_t index) const;
  // The newest part that begins with a keyframe, for a picture of the stream.
  const Part* newest_independent_part() const;
  // A complete segment's parts, one behind the other; empty when it is not there.
  std::vector<SharedBytes> segment(uint64_t msn) const;

  // For the playlist: its segments, the last one perhaps not complete.
  std::span<const Segment> listed() const;
  // Discontinuities before the first listed segment, its own not counted.
  uint64_t discontinuity_sequence() const { return discontinuity_sequence_; }
  // Constant as long as no segment is longer, as with keyframes every two seconds; else it grows.
  int target_duration_s() const { return target_duration_s_; }
  // Of the listed segments, bits per second.
  uint64_t peak_bandwidth() const;
  uint64_t average_bandwidth() const;
  const Options& options() const { return options_; }

 private:
  const Segment* find(uint64_t msn) const;
  void complete_last();
  size_t first_to_list() const;
  void slide_to(size_t first);

  Options options_;
  State state_ = State::live;
  uint64_t version_ = 0;
  uint64_t discontinuity_sequence_;
  int target_duration_s_;
  size_t first_listed_ = 0;
  std::vector<Segment> segments_;
  std::vector<Init> inits_;
};

}  // namespace strims::media
