#include "storage/migration_text.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <utility>

namespace strims::storage {
namespace {

constexpr std::string_view kOnly = "-- only ";
constexpr std::string_view kEnd = "-- end only";

// Words outside of SQLite's STRICT tables.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kElsewhere = {{
    {"INTEGER", "BIGINT"},
    {"REAL", "DOUBLE PRECISION"},
    {"STRICT", ""},
}};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view translate(std::string_view word) {
  for (const auto& [here, there] : kElsewhere)
    if (word == here) return there;
  return word;
}

void append_translated(std::string& out, std::string_view line) {
  size_t at = 0;
  while (at < line.size()) {
    size_t end = at;
    while (end < line.size() && is_word(line[end])) ++end;
    if (end == at) {
      out += line[at++];
      continue;
    }
    out += translate(line.substr(at, end - at));
    at = end;
  }
}

std::string_view trim_end(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string migration_text(std::string_view text, std::string_view driver) {
  std::string out;
  bool kept = true;
  bool own_block = false;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.starts_with(kOnly)) {
      own_block = kept = trim_end(line.substr(kOnly.size())) == driver;
    } else if (trim_end(line) == kEnd) {
      own_block = false;
      kept = true;
    } else if (kept) {
      if (driver == "sqlite" || own_block)
        out += line;
      else
        append_translated(out, line);
      out += '\n';
    }
  }
  return out;
}

std::string migration_checksum(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace strims::storage
