#include "config/env.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/keys.h"

namespace strims::config {
namespace {

constexpr std::string_view kPrefix = "STRIMS_";

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "a, b" → {"a", "b"}; "" → {}.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  if (trim(text).empty()) return out;
  for (size_t start = 0;;) {
    const size_t comma = text.find(',', start);
    out.push_back(trim(text.substr(start, comma - start)));
    if (comma == std::string_view::npos) return out;
    start = comma + 1;
  }
}

std::optional<int64_t> integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Value> to_value(const Key& key, std::string_view text) {
  switch (key.type) {
    case Type::boolean:
      if (text == "true" || text == "1") return Value(true);
      if (text == "false" || text == "0") return Value(false);
      return std::nullopt;
    case Type::integer:
      if (const auto n = integer(trim(text))) return Value(*n);
      return std::nullopt;
    case Type::text:
    case Type::choice:
      return Value(std::string(text));
    case Type::texts: {
      Strings out;
      for (const auto item : split(text)) out.emplace_back(item);
      return Value(std::move(out));
    }
  }
  return std::nullopt;
}

const Key* key_of(std::string_view variable) {
  for (const Key& key : keys())
    if (environment_name(key.name) == variable) return &key;
  return nullptr;
}

// What the key would be called in the file, for the search of the nearest one.
std::string dotted(std::string_view variable) {
  std::string out(variable.substr(kPrefix.size()));
  if (const size_t at = out.find("__"); at != std::string::npos) out.replace(at, 2, ".");
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

}  // namespace

Environment process_environment() {
  Environment out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (!text.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

std::string environment_name(std::string_view key) {
  std::string out(kPrefix);
  for (const char c : key) {
    if (c == '.') {
      out += "__";
    } else {
      out += upper(c);
    }
  }
  return out;
}

Result<void> apply_environment(Config& config, const Environment& environment) {
  for (const auto& [variable, text] : environment) {
    if (!variable.starts_with(kPrefix) || variable.find("__") == std::string::npos) continue;
    const Key* key = key_of(variable);
    if (key == nullptr) {
      const std::string_view near = nearest_key(dotted(variable));
      return fail(Errc::invalid, "config",
                  near.empty() ? variable + ": unknown key"
                               : fmt::format("{}: unknown key; did you mean {}?", variable,
                                             environment_name(near)));
    }
    const auto value = to_value(*key, text);
    if (!value || !acceptable(*key, *value))
      return fail(Errc::invalid, "config",
                  fmt::format("{}: expected {}, not \"{}\"", variable, expectation(*key),
                              key->secret ? "(secret)" : text));
    key->set(config, *value);
  }
  return {};
}

}  // namespace strims::config
