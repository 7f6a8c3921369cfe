// The list of a recording's fragments, kept beside each of its files: one line per fragment, in the
// order of the file. A cache: what it lacks is read from the file itself (recording_recovery.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/part.h"

namespace strims::stream {

struct Fragment {
  uint64_t offset = 0;  // in the file
  uint64_t length = 0;
  uint64_t segment = 0;
  int64_t start_us = 0;
  int64_t duration_us = 0;
  TimeMs wall_ms = 0;
  bool independent = false;
  bool discontinuity = false;
  bool operator==(const Fragment&) const = default;
};

struct RecordedFile {
  uint32_t number = 0;       // of "part-0001.mp4"
  uint64_t init_length = 0;  // `ftyp` and `moov` at its beginning
  std::vector<Fragment> fragments;
  uint64_t end() const {
    return fragments.empty() ? init_length : fragments.back().offset + fragments.back().length;
  }
};

// How the picture that stands for a recording is called, in its folder.
inline constexpr const char* kPosterName = "poster.jpg";
// "part-0001.mp4", "part-0001.idx".
std::string media_name(uint32_t number);
std::string index_name(uint32_t number);

// A line with its '\n'. The first one of an index tells the length of the init.
std::string init_line(uint64_t length);
std::string fragment_line(const Fragment& fragment);

// Reads an index as far as its lines are whole and follow one another without a gap; `number` is
// the file's. Nothing when not even the first line is right.
std::optional<RecordedFile> parse_index(uint32_t number, std::string_view text);

}  // namespace strims::stream
