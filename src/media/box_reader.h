// Finds the whole fragments of a recording: what is valid of a file after a crash, and what a
// playlist of it needs. Reads headers only, not the media.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "media/moof_reader.h"

namespace strims::media {

// A `prft`, `moof` and `mdat` in a file.
struct FileFragment {
  uint64_t offset = 0;
  uint64_t length = 0;
  int64_t start_us = 0;  // media time, of video when it has some
  int64_t duration_us = 0;
  TimeMs wall_ms = 0;     // of its first frame; 0: no `prft` says it
  bool keyframe = false;  // begins with one (of audio only: always)
};

// Walks the top-level boxes of one file: an init (`ftyp`, `moov`), then fragments. Asks for the
// bytes it wants, so the caller reads the file in pieces of its own:
//
//   BoxReader reader(file_size);
//   while (auto want = reader.want()) reader.give(read_at(want->offset, want->length));
//
// Stops at the first thing that is not whole and right. Any sizes in the file are harmless: it
// never wants more than kMaxWant bytes, nor anything past the end, and always gets ahead.
class BoxReader {
 public:
  static constexpr size_t kMaxWant = 1 << 20;

  struct Want {
    uint64_t offset = 0;
    size_t length = 0;  // 1 to kMaxWant; offset + length is at most the file's size
  };

  explicit BoxReader(uint64_t file_size);

  // What to read next; nothing when it is done.
  std::optional<Want> want() const;
  // The bytes at the offset that want() named. Fewer than it named: the file ends there.
  void give(std::span<const uint8_t> bytes);

  // Length of `ftyp` and `moov` at the beginning; 0: none, so the file is worth nothing.
  uint64_t init_length() const { return init_length_; }
  // In the order of the file, each right behind the one before it.
  const std::vector<FileFragment>& fragments() const { return fragments_; }
  // How much of the file is whole: the end of the last fragment, or of the init. What is behind it
  // is to be cut off.
  uint64_t valid_length() const { return valid_length_; }

 private:
  bool take(std::string_view type, std::span<const uint8_t> body, uint64_t body_size, uint64_t end);
  bool take_fragment(uint64_t data_size, uint64_t end);

  uint64_t file_size_;
  uint64_t at_ = 0;  // the next box's offset
  size_t wanted_;    // so many bytes of it are needed at once; 0: done
  bool has_ftyp_ = false;
  std::vector<FileTrack> tracks_;
  // Of the fragment that is being read.
  TimeMs wall_ms_ = 0;
  std::optional<MoofSummary> moof_;

  uint64_t init_length_ = 0;
  uint64_t valid_length_ = 0;
  std::vector<FileFragment> fragments_;
};

}  // namespace strims::media
