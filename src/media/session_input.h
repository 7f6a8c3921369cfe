// What one publisher sends, read: its tags to access units on a clock that does not wrap, and the
// configuration of its tracks.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/error.h"
#include "media/aac.h"
#include "media/avc.h"
#include "media/session_clock.h"
#include "media/start_buffer.h"
#include "media/tag.h"

namespace strims::media {

class SessionInput {
 public:
  enum class Step : uint8_t {
    nothing,
    new_track,       // the first configuration of a track
    changed_track,   // another one: what came before does not go with it
    unit,            // unit() is one, valid as long as the tag
    not_configured,  // a frame before its configuration
    malformed,       // cannot be read, or would stop players
  };

  // Errors: unsupported/"codec", invalid/"sequence_header".
  Result<Step> take(const Tag& tag, TimeMs now);
  void declare(bool video, bool audio) {
    declared_video_ = video;
    declared_audio_ = audio;
  }

  const Unit& unit() const { return unit_; }
  // Null: none so far.
  const AvcConfig* video() const { return video_ ? &*video_ : nullptr; }
  const AacConfig* audio() const { return audio_ ? &*audio_ : nullptr; }
  // Whether every declared track has its configuration.
  bool complete() const { return (video_ || !declared_video_) && (audio_ || !declared_audio_); }

 private:
  Result<Step> take_video(const Tag& tag);
  Result<Step> take_audio(const Tag& tag);

  SessionClock clock_;
  std::optional<AvcConfig> video_;
  std::optional<AacConfig> audio_;
  bool declared_video_ = true;
  bool declared_audio_ = true;
  Unit unit_;
};

}  // namespace strims::media
