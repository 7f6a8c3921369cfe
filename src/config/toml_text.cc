#include "config/toml_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace strims::config {
namespace {

// Where the string that begins with the quote at `at` ends: behind its closing quote, or at the end
// of the line when there is none (the parser will say so).
size_t string_end(std::string_view line, size_t at) {
  const char quote = line[at];
  for (size_t i = at + 1; i < line.size(); ++i) {
    if (line[i] == quote) return i + 1;
    if (line[i] == '\\' && quote == '"') ++i;
  }
  return line.size();
}

// Whether a line that begins a table goes on with a name; other lines are as they should be.
bool names_its_table(std::string_view line) {
  const auto skip_blanks = [&] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  };
  skip_blanks();
  if (!line.starts_with('[')) return true;
  line.remove_prefix(line.starts_with("[[") ? 2 : 1);
  skip_blanks();
  if (line.empty()) return false;
  const char c = line.front();
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '"' || c == '\'';
}

// What is wrong with a line; empty: nothing.
std::string_view objection(std::string_view line) {
  if (!names_its_table(line)) return "a name must follow the [";
  for (size_t i = 0; i < line.size();) {
    const char c = line[i];
    if (c == '#') break;
    if (static_cast<unsigned char>(c) >= 0x80) return "only ASCII outside of strings and comments";
    if (c != '"' && c != '\'') {
      ++i;
      continue;
    }
    if (line.substr(i, 3) == std::string_view("\"\"\"") || line.substr(i, 3) == "'''")
      return "strings of several lines are not used here";
    i = string_end(line, i);
  }
  return {};
}

}  // namespace

Result<void> check_toml_text(std::string_view text, std::string_view name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view wrong = objection(text.substr(0, end));
    if (!wrong.empty())
      return fail(Errc::invalid, "config", fmt::format("{}:{}: {}", name, number, wrong));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

}  // namespace strims::config
