#include "media/part_writer.h"

#include <memory>
#include <utility>

#include "media/fmp4_init.h"
#include "media/fmp4_writer.h"

namespace strims::media {

void PartWriter::begin_stretch(const AvcConfig* video, const AacConfig* audio, TimeMs now) {
  discontinuity_ = position_.epoch_ms != 0;
  if (position_.epoch_ms == 0) position_.epoch_ms = now;
  const std::string video_record = video ? video->record : "";
  const std::string audio_record = audio ? audio->record : "";
  if (video_record == video_ && audio_record == audio_) return;
  video_ = video_record;
  audio_ = audio_record;
  write_init(video, audio);
}

void PartWriter::write_init(const AvcConfig* video, const AacConfig* audio) {
  Init init;
  init.number = ++position_.init;
  init.bytes = std::make_shared<const std::string>(media::write_init(video, audio));
  init.has_video = video != nullptr;
  init.has_audio = audio != nullptr;
  if (video) {
    init.codecs = video->codec;
    init.width = video->sps.width;
    init.height = video->sps.height;
    init.frame_rate = video->sps.frame_rate;
  }
  if (audio) init.codecs += (video ? "," : "") + audio->codec;
  sink_.on_init(init);
}

void PartWriter::on_cut(const Cut& cut) {
  Part part;
  part.segment = position_.segment;
  part.index = index_++;
  part.init = position_.init;
  part.start_us = cut.start_us;
  part.duration_us = cut.duration_us;
  part.wall_ms = position_.epoch_ms + cut.start_us / 1000;
  part.independent = cut.independent;
  part.discontinuity = std::exchange(discontinuity_, false);
  part.ends_segment = cut.ends_segment;
  part.bytes = std::make_shared<const std::string>(write_fragment(cut.fragment));
  ++stats_.parts;
  if (part.discontinuity) ++position_.discontinuities;
  if (cut.hard) ++stats_.hard_cuts;
  if (cut.ends_segment) {
    ++position_.segment;
    index_ = 0;
    ++stats_.segments;
  }
  sink_.on_part(part);
}

}  // namespace strims::media
