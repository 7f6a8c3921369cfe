#include "stream/recording_index.h"

#include <fmt/format.h>

#include <array>

#include "base/bytes.h"

namespace strims::stream {
namespace {

// Splits off the text before the next `end`; nothing when there is none.
std::optional<std::string_view> take(std::string_view& text, char end) {
  const size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view word = text.substr(0, at);
  text.remove_prefix(at + 1);
  return word;
}

std::optional<Fragment> parse_fragment(std::string_view line) {
  std::array<int64_t, 6> values{};
  for (int64_t& value : values) {
    const auto word = take(line, ' ');
    const auto number = word ? parse_u64(*word) : std::nullopt;
    if (!number || *number > INT64_MAX) return std::nullopt;
    value = static_cast<int64_t>(*number);
  }
  if (line.size() != 2) return std::nullopt;
  return Fragment{.offset = static_cast<uint64_t>(values[0]),
                  .length = static_cast<uint64_t>(values[1]),
                  .segment = static_cast<uint64_t>(values[2]),
                  .start_us = values[3],
                  .duration_us = values[4],
                  .wall_ms = values[5],
                  .independent = line[0] == 'k',
                  .discontinuity = line[1] == 'd'};
}

}  // namespace

std::string media_name(uint32_t number) {
  return fmt::format("part-{:04}.mp4", number);
}

std::string index_name(uint32_t number) {
  return fmt::format("part-{:04}.idx", number);
}

std::string init_line(uint64_t length) {
  return fmt::format("init {}\n", length);
}

std::string fragment_line(const Fragment& f) {
  return fmt::format("{} {} {} {} {} {} {}{}\n", f.offset, f.length, f.segment, f.start_us,
                     f.duration_us, f.wall_ms, f.independent ? 'k' : '-',
                     f.discontinuity ? 'd' : '-');
}

std::optional<RecordedFile> parse_index(uint32_t number, std::string_view text) {
  constexpr std::string_view kInit = "init ";
  auto line = take(text, '\n');
  if (!line || !line->starts_with(kInit)) return std::nullopt;
  const auto length = parse_u64(line->substr(kInit.size()));
  if (!length) return std::nullopt;
  RecordedFile file{.number = number, .init_length = *length, .fragments = {}};
  while ((line = take(text, '\n'))) {
    const auto fragment = parse_fragment(*line);
    if (!fragment || fragment->offset != file.end() || fragment->length == 0) break;
    file.fragments.push_back(*fragment);
  }
  return file;
}

}  // namespace strims::stream
