// The broadcast that parts belong to: their numbers, their init, their bytes.
#pragma once

#include <cstdint>
#include <string>

#include "media/aac.h"
#include "media/avc.h"
#include "media/packager.h"
#include "media/part_builder.h"

namespace strims::media {

class PartWriter final : public CutSink {
 public:
  // Counts parts and segments in `stats`.
  PartWriter(PackagerSink& sink, const PackagerStart& start, PackagerStats& stats)
      : sink_(sink), stats_(stats), position_(start) {}

  // What follows is of these tracks (null: none) and does not continue what came before. Writes an
  // init when it is another one than the last. `now` is the wall time of what comes first.
  void begin_stretch(const AvcConfig* video, const AacConfig* audio, TimeMs now);
  void end_stretch(int64_t media_us) { position_.media_us = media_us; }
  void on_cut(const Cut& cut) override;

  // Of the next segment, once a stretch has ended.
  const PackagerStart& position() const { return position_; }

 private:
  void write_init(const AvcConfig* video, const AacConfig* audio);

  PackagerSink& sink_;
  PackagerStats& stats_;
  PackagerStart position_;
  uint32_t index_ = 0;
  bool discontinuity_ = false;  // before the next part
  std::string video_, audio_;   // the records that the last init was made of
};

}  // namespace strims::media
