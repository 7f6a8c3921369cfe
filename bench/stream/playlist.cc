#include "bench/stream/playlist.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"

namespace strims::stream_load {
namespace {

// The value of an attribute of a tag's list; quotes are taken off.
std::string_view attribute(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const size_t equals = list.find('=');
    if (equals == std::string_view::npos) return {};
    const std::string_view key = list.substr(0, equals);
    list.remove_prefix(equals + 1);
    const bool quoted = list.starts_with('"');
    if (quoted) list.remove_prefix(1);
    const size_t end = std::min(list.size(), list.find(quoted ? '"' : ','));
    const std::string_view value = list.substr(0, end);
    if (key == name) return value;
    list.remove_prefix(std::min(list.size(), end + (quoted ? 2 : 1)));
  }
  return {};
}

std::optional<int64_t> parse_us(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || !(seconds >= 0 && seconds < 1e6)) return std::nullopt;
  return std::llround(seconds * 1e6);
}

class PlaylistReader {
 public:
  Result<void> line(std::string_view line);
  Result<Playlist> finish();

 private:
  Result<void> on_part(std::string_view list);
  Result<void> on_segment();

  Playlist out_;
  uint64_t msn_ = 0;
  uint32_t index_ = 0;
  std::optional<int64_t> at_us_;       // where the next part or segment begins
  std::optional<int64_t> segment_us_;  // EXTINF
  int64_t segment_start_us_ = 0;
};

Result<void> PlaylistReader::line(std::string_view line) {
  const auto take = [&](std::string_view tag) {
    if (!line.starts_with(tag)) return false;
    line.remove_prefix(tag.size());
    return true;
  };
  if (take("#EXT-X-PART:")) return on_part(line);
  if (take("#EXT-X-MEDIA-SEQUENCE:")) {
    const auto number = parse_u64(line);
    if (!number) return fail(Errc::invalid, "bad_number", "the media sequence is no number");
    msn_ = *number;
  } else if (take("#EXT-X-PROGRAM-DATE-TIME:")) {
    const auto at = parse_rfc3339(line);
    if (!at) return fail(Errc::invalid, "no_date", "a date cannot be read");
    at_us_ = *at * 1000;
  } else if (take("#EXTINF:")) {
    segment_us_ = parse_us(line.substr(0, line.find(',')));
    if (!segment_us_) return fail(Errc::invalid, "bad_number", "a segment's length is no number");
  } else if (take("#EXT-X-MAP:")) {
    out_.map = attribute(line, "URI");
  } else if (take("#EXT-X-SERVER-CONTROL:")) {
    out_.hold_back_us = parse_us(attribute(line, "PART-HOLD-BACK")).value_or(0);
  } else if (line == "#EXT-X-ENDLIST") {
    out_.ended = true;
  } else if (!line.empty() && !line.starts_with('#')) {
    return on_segment();
  }
  return {};
}

Result<void> PlaylistReader::on_part(std::string_view list) {
  const auto duration = parse_us(attribute(list, "DURATION"));
  if (!duration) return fail(Errc::invalid, "bad_number", "a part's length is no number");
  if (!at_us_) return fail(Errc::invalid, "no_date", "a part has no date");
  if (index_ == 0) segment_start_us_ = *at_us_;
  *at_us_ += *duration;
  out_.parts.push_back({.number = {msn_, index_++},
                        .duration_us = *duration,
                        .end_us = *at_us_,
                        .independent = attribute(list, "INDEPENDENT") == "YES",
                        .uri = std::string(attribute(list, "URI"))});
  return {};
}

Result<void> PlaylistReader::on_segment() {
  if (!segment_us_) return fail(Errc::invalid, "bad_number", "a segment has no length");
  if (index_ > 0) {
    out_.parts.back().last_of_segment = true;
    at_us_ = segment_start_us_ + *segment_us_;
  } else if (at_us_) {
    *at_us_ += *segment_us_;
  }
  segment_us_.reset();
  ++msn_;
  index_ = 0;
  return {};
}

Result<Playlist> PlaylistReader::finish() {
  if (out_.parts.empty()) return fail(Errc::invalid, "no_parts", "the playlist names no part");
  out_.next = {msn_, index_};
  return std::move(out_);
}

}  // namespace

Result<Playlist> parse_playlist(std::string_view text) {
  if (!text.starts_with("#EXTM3U\n"))
    return fail(Errc::invalid, "no_playlist", "that is no playlist");
  PlaylistReader reader;
  while (!text.empty()) {
    const size_t end = std::min(text.size(), text.find('\n'));
    STRIMS_CHECK_OK(reader.line(text.substr(0, end)));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return reader.finish();
}

}  // namespace strims::stream_load
