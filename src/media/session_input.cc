#include "media/session_input.h"

#include <utility>

#include "base/bytes.h"
#include "media/flv_tag.h"

namespace strims::media {
namespace {

// A tag that cannot be read is let pass; a codec that cannot be played is not.
Result<SessionInput::Step> unreadable(Error error) {
  if (error.code == Errc::unsupported) return std::unexpected(std::move(error));
  return SessionInput::Step::malformed;
}

}  // namespace

Result<SessionInput::Step> SessionInput::take(const Tag& tag, TimeMs now) {
  unit_ = {.now = now};
  Result<Step> step = Step::nothing;
  if (tag.kind == TagKind::video) step = take_video(tag);
  if (tag.kind == TagKind::audio) step = take_audio(tag);
  if (step && *step == Step::unit) unit_.time_ms = clock_.unwrap(tag.timestamp_ms);
  return step;
}

Result<SessionInput::Step> SessionInput::take_video(const Tag& tag) {
  auto parsed = parse_video_tag(tag.body);
  if (!parsed) return unreadable(std::move(parsed).error());
  if (parsed->content == TagContent::nothing) return Step::nothing;
  if (parsed->content == TagContent::config) {
    if (video_ && as_text(parsed->payload) == video_->record) return Step::nothing;
    STRIMS_TRY(auto config, parse_avc_config(parsed->payload));
    return std::exchange(video_, std::move(config)) ? Step::changed_track : Step::new_track;
  }
  unit_.video = true;
  unit_.keyframe = parsed->keyframe;
  unit_.composition_ms = parsed->composition_ms;
  unit_.data = parsed->payload;
  if (!video_) return Step::not_configured;
  return avc_units_are_whole(unit_.data, video_->nal_length) ? Step::unit : Step::malformed;
}

Result<SessionInput::Step> SessionInput::take_audio(const Tag& tag) {
  auto parsed = parse_audio_tag(tag.body);
  if (!parsed) return unreadable(std::move(parsed).error());
  if (parsed->content == TagContent::nothing) return Step::nothing;
  if (parsed->content == TagContent::config) {
    if (audio_ && as_text(parsed->payload) == audio_->record) return Step::nothing;
    STRIMS_TRY(auto config, parse_aac_config(parsed->payload));
    return std::exchange(audio_, std::move(config)) ? Step::changed_track : Step::new_track;
  }
  unit_.data = parsed->payload;
  return audio_ ? Step::unit : Step::not_configured;
}

}  // namespace strims::media
