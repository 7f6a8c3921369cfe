#include "config/describe.h"

#include <fmt/format.h>

#include <iterator>

#include "config/env.h"
#include "config/keys.h"

namespace strims::config {
namespace {

constexpr size_t kWidth = 100;

// The text in comment lines of at most kWidth.
std::string comment(std::string_view text) {
  std::string out;
  std::string line = "#";
  while (!text.empty()) {
    const size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    if (line.size() + 1 + word.size() > kWidth) {
      out += line + "\n";
      line = "#";
    }
    line.append(" ").append(word);
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  }
  return out + line + "\n";
}

// "one of normal, full", "0 to 1024 ms", or "".
std::string range(const Key& key) {
  const std::string unit = key.unit.empty() ? "" : fmt::format(" {}", key.unit);
  switch (key.type) {
    case Type::choice:
      return expectation(key);
    case Type::integer:
      return fmt::format("{} to {}{}", key.min, key.max, unit);
    default:
      return {};
  }
}

std::string_view type_word(Type type) {
  switch (type) {
    case Type::boolean:
      return "boolean";
    case Type::integer:
      return "integer";
    case Type::text:
      return "string";
    case Type::texts:
      return "strings";
    case Type::choice:
      return "word";
  }
  return {};
}

std::string shown(const Key& key, const Config& config) {
  std::string text = to_toml(key.get(config));
  if (!key.secret || text == "\"\"" || text == "[]") return text;
  return key.type == Type::texts ? "[\"(set)\"]" : "\"(set)\"";
}

// A table cell: a bar would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string default_toml() {
  const Config defaults;
  std::string out =
      "# Every key of the configuration with its default. Generated: `strims config default`.\n"
      "# Each may be set in the environment too: STRIMS_SECTION__KEY=value, lists with commas.\n";
  for (const Section& section : sections()) {
    out += "\n" + comment(section.doc) + fmt::format("[{}]\n", section.name);
    for (const Key& key : keys()) {
      if (key.section() != section.name) continue;
      out += "\n" + comment(key.doc);
      if (const auto limits = range(key); !limits.empty()) out += comment("Range: " + limits + ".");
      out += fmt::format("{} = {}\n", key.leaf(), to_toml(key.get(defaults)));
    }
  }
  return out;
}

std::string markdown() {
  const Config defaults;
  std::string out =
      "# Configuration\n\n"
      "<!-- Generated from src/config/keys_*.cc; `STRIMS_REGENERATE=1 config_test` writes it anew. "
      "-->\n\n"
      "`strims serve --config FILE` reads TOML. Every key has a default, so an empty file will "
      "do;\n"
      "`strims config default` prints them all with comments. A key that is unknown, of another "
      "type or out of\n"
      "its range stops the start with the line and what was expected.\n\n"
      "Each key may be set in the environment as well, which wins over the file: `server.shards` "
      "is\n"
      "`STRIMS_SERVER__SHARDS`. Lists are separated by commas there.\n";
  for (const Section& section : sections()) {
    out += fmt::format("\n## {}\n\n{}\n\n", section.name, section.doc);
    out += "| Key | Type | Range | Default | Meaning |\n| --- | --- | --- | --- | --- |\n";
    for (const Key& key : keys()) {
      if (key.section() != section.name) continue;
      out += fmt::format("| `{}` | {} | {} | `{}` | {} |\n", key.name, type_word(key.type),
                         cell(range(key)), cell(to_toml(key.get(defaults))), cell(key.doc));
    }
  }
  return out;
}

std::string effective_toml(const Config& config) {
  std::string out;
  for (const Section& section : sections()) {
    fmt::format_to(std::back_inserter(out), "{}[{}]\n", out.empty() ? "" : "\n", section.name);
    for (const Key& key : keys())
      if (key.section() == section.name)
        fmt::format_to(std::back_inserter(out), "{} = {}\n", key.leaf(), shown(key, config));
  }
  return out;
}

}  // namespace strims::config
