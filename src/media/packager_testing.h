// A publisher and a viewer of a packager, made for tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "media/media_testing.h"
#include "media/packager.h"

namespace strims::media::testing {

// Keeps what comes out.
struct Collector final : PackagerSink {
  void on_init(const Init& init) override { inits.push_back(init); }
  void on_part(const Part& part) override { parts.push_back(part); }

  // As a recording of one init: its bytes and those of its parts.
  std::string file(uint32_t init_number) const {
    std::string out;
    for (const Init& init : inits)
      if (init.number == init_number) out += *init.bytes;
    for (const Part& part : parts)
      if (part.init == init_number) out += *part.bytes;
    return out;
  }

  std::vector<Init> inits;
  std::vector<Part> parts;
};

// Sends what an encoder would, in the order of decoding. Its timestamps begin at `origin_ms` and
// are rounded as FLV does it.
struct Publisher {
  Packager& packager;
  double fps = 30;  // 0: no video
  int gop = 60;
  int rate = 48'000;  // 0: no audio
  bool b_frames = false;
  uint32_t origin_ms = 0;
  TimeMs wall_ms = 1'760'000'000'000;  // of origin_ms
  std::string record = avc_record(sps());

  double video_at = 0, audio_at = 0;  // ms of what comes next
  int frame = 0;

  void send(TagKind kind, double at_ms, const std::string& body) {
    const auto ms = int64_t{std::lround(at_ms)};
    const auto bytes = as_bytes(body);
    (void)packager.push({kind, static_cast<uint32_t>(origin_ms + ms), bytes}, wall_ms + ms);
  }
  void send_headers(double at_ms = 0) {
    if (fps > 0) send(TagKind::video, at_ms, video_config_tag(record));
    if (rate > 0) send(TagKind::audio, at_ms, audio_config_tag(aac_record(rate == 48'000 ? 3 : 4)));
  }
  void send_video() {
    const int offset = b_frames ? (frame % 2 ? 0 : 67) : 0;
    send(TagKind::video, video_at, video_tag(frame % gop == 0, offset, frame % gop ? 40 : 400));
    ++frame;
    video_at += 1000.0 / fps;
  }
  void send_audio() {
    send(TagKind::audio, audio_at, audio_tag());
    audio_at += 1024'000.0 / rate;
  }
  // Everything before `until_ms` of its clock.
  void run_until(double until_ms) {
    for (;;) {
      const bool video = fps > 0 && (rate == 0 || video_at <= audio_at);
      if ((video ? video_at : audio_at) >= until_ms - 0.001) return;
      video ? send_video() : send_audio();
    }
  }
};

}  // namespace strims::media::testing
