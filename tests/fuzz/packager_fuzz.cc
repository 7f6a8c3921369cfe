// deps: media
// Tags of a publisher who does as he likes: headers, frames at any time, reconnects. What comes out
// is numbered and placed without gaps, each file of it is whole, and the window can always be
// shown.
//
// Each step is a byte that says what and one or two more that say when; see step().
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <span>
#include <string>

#include "base/bytes.h"
#include "media/box_reader.h"
#include "media/hls_playlist.h"
#include "media/live_window.h"
#include "media/media_testing.h"
#include "media/packager.h"

namespace strims::media {
namespace {

constexpr TimeMs kWall = 1'760'000'000'000;

void require(bool condition) {
  if (!condition) std::abort();
}

class Checker final : public PackagerSink {
 public:
  void on_init(const Init& init) override {
    require(init.number == last_.init + 1 && (init.has_video || init.has_audio));
    last_.init = init.number;
    files_[init.number] = *init.bytes;
    window_.add(init);
  }

  void on_part(const Part& part) override {
    require(part.init == last_.init && part.duration_us > 0);
    require(part.wall_ms == wall_at_0(part) + part.start_us / 1000);
    if (parts_ > 0) {
      require(part.segment == last_.segment + (last_.ends_segment ? 1 : 0));
      require(part.index == (last_.ends_segment ? 0 : last_.index + 1));
      const int64_t end_us = last_.start_us + last_.duration_us;
      if (part.discontinuity)
        require(last_.ends_segment && part.start_us >= end_us);
      else
        require(part.start_us == end_us);
    } else {
      require(part.segment == 0 && part.index == 0 && part.start_us == 0 && !part.discontinuity);
    }
    ++parts_;
    last_ = part;
    files_[part.init] += *part.bytes;
    window_.add(part);
    require(window_.playlist_wait(part.segment, part.index) == LiveWindow::Wait::ready);
    require(!media_playlist(window_).empty());
  }

  // Between sessions.
  void check_whole() {
    require(parts_ == 0 || last_.ends_segment);
    window_.set_state(LiveWindow::State::interrupted);
    size_t fragments = 0;
    for (const auto& [number, file] : files_) {
      BoxReader reader(file.size());
      while (const auto want = reader.want())
        reader.give(as_bytes(file).subspan(static_cast<size_t>(want->offset), want->length));
      require(reader.init_length() > 0 && reader.valid_length() == file.size());
      fragments += reader.fragments().size();
    }
    require(fragments == parts_);
  }

 private:
  TimeMs wall_at_0(const Part& part) {
    if (wall_at_0_ == 0) wall_at_0_ = part.wall_ms;
    return wall_at_0_;
  }

  LiveWindow window_;
  std::map<uint32_t, std::string> files_;
  Part last_;
  size_t parts_ = 0;
  TimeMs wall_at_0_ = 0;
};

class Driver {
 public:
  Driver() { packager_.begin_session(); }

  // False: no more bytes.
  bool step() {
    if (in_.empty()) return false;
    const uint8_t what = take();
    switch (what & 15) {
      case 0:
        send(TagKind::video, testing::video_config_tag(testing::avc_record(
                                 testing::sps({.macroblocks_wide = uint32_t{20} + what / 64}))));
        break;
      case 1:
        send(TagKind::audio, testing::audio_config_tag(testing::aac_record(3 + what / 128)));
        break;
      case 2:
      case 3:
        frame(what, 33);
        break;
      case 4:
      case 5:
        frame(what, take());
        break;
      case 6:  // far, either way
        ms_ += static_cast<uint32_t>(take() << 24 | take() << 16 | take() << 8);
        break;
      case 7:
        wall_ms_ += take() * 100;
        break;
      case 8:
        packager_.flush();
        packager_.flush();
        checker_.check_whole();
        break;
      case 9:
        packager_.begin_session();
        checker_.check_whole();
        break;
      case 10:
        packager_.declare_tracks(what & 16, what & 32);
        break;
      case 11: {  // as it comes
        const size_t size = std::min<size_t>(take(), in_.size());
        send(what & 16 ? TagKind::video : TagKind::audio, std::string(as_text(in_.first(size))));
        in_ = in_.subspan(size);
        break;
      }
      default:
        ms_ += what / 16 * 8;
    }
    return true;
  }

  void run(std::span<const uint8_t> in) {
    in_ = in;
    while (step()) {
    }
    for (const std::string& note : packager_.notes()) require(!note.empty());
    packager_.flush();
    checker_.check_whole();
  }

 private:
  uint8_t take() {
    if (in_.empty()) return 0;
    const uint8_t byte = in_[0];
    in_ = in_.subspan(1);
    return byte;
  }
  // One of either kind, and time goes on.
  void frame(uint8_t what, uint32_t ms) {
    if (what & 1)
      send(TagKind::audio, testing::audio_tag(1 + what / 16));
    else
      send(TagKind::video, testing::video_tag(what & 16, (what >> 5) * 20 - 40, 2 + what / 16));
    ms_ += ms;
    wall_ms_ += ms;
  }
  void send(TagKind kind, const std::string& body) {
    const auto result = packager_.push({kind, ms_, as_bytes(body)}, wall_ms_);
    require(result || !result.error().detail.empty());
  }

  Checker checker_;
  Packager packager_{checker_, {.max_part_bytes = 4096}};
  std::span<const uint8_t> in_;
  uint32_t ms_ = 0;
  TimeMs wall_ms_ = kWall;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 20'000) return 0;
  Driver().run({data, size});
  return 0;
}

}  // namespace strims::media
