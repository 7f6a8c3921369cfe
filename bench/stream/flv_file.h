// A recorded stream to be sent over and over (FLV 10.1, annex E).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "media/tag.h"

namespace strims::stream_load {

class FlvFile {
 public:
  struct Item {
    media::TagKind kind = media::TagKind::video;
    uint32_t time_ms = 0;  // from the first frame of the file
    bool once = false;     // metadata or a sequence header: not said again in the next round
    std::span<const uint8_t> body;
  };

  // Reasons of errors: "no_flv", "no_video", "no_file".
  static Result<FlvFile> read(const std::string& path);
  static Result<FlvFile> parse(std::string bytes);

  // In the order of the file; what goes on longer than the video is left out.
  const std::vector<Item>& items() const { return items_; }
  // Of one round: the video and the time that its last frame is seen.
  uint32_t length_ms() const { return length_ms_; }

 private:
  Result<void> take_items();
  Result<void> measure();

  std::vector<uint8_t> bytes_;  // what the bodies point to: moved, never copied
  std::vector<Item> items_;
  uint32_t length_ms_ = 0;
};

}  // namespace strims::stream_load
