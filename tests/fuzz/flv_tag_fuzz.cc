// deps: media
// The body of a tag: a payload that lies in it, or a word that the rest of the program knows. The
// first byte says whether it is of video.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "media/flv_tag.h"

namespace strims::media {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

template <class Tag>
void check(const Result<Tag>& tag, std::span<const uint8_t> body) {
  if (!tag) {
    const Error& error = tag.error();
    require((error.code == Errc::unsupported && error.reason == "codec") ||
            (error.code == Errc::invalid && error.reason == "malformed"));
    require(!error.detail.empty());
    for (const char c : error.detail) require(c >= ' ' && c < 0x7f);
    return;
  }
  if (tag->content == TagContent::nothing) return;
  require(tag->content == TagContent::config || !tag->payload.empty());
  require(tag->payload.data() > body.data());
  require(tag->payload.data() + tag->payload.size() == body.data() + body.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::span body(data + 1, size - 1);
  if (data[0] & 1) {
    const auto tag = parse_video_tag(body);
    check(tag, body);
    if (tag) require(tag->composition_ms >= -0x800000 && tag->composition_ms < 0x800000);
  } else {
    check(parse_audio_tag(body), body);
  }
  return 0;
}

}  // namespace strims::media
