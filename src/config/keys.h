// The one table of configuration keys. Internal to config/ but for tests.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "config/schema.h"

namespace strims::config {

enum class Type : uint8_t { boolean, integer, text, texts, choice };

// A choice travels as its word.
using Value = std::variant<bool, int64_t, std::string, Strings>;

struct Key {
  std::string_view name;  // "chat.history_lines"
  Type type = Type::boolean;
  std::string_view doc;   // one or two sentences
  std::string_view unit;  // "ms", "bytes", ...; empty: none
  int64_t min = 0;        // of integers
  int64_t max = 0;
  std::span<const std::string_view> choices;
  bool secret = false;
  Value (*get)(const Config&) = nullptr;
  // Takes a value of the right type and range.
  void (*set)(Config&, const Value&) = nullptr;

  std::string_view section() const { return name.substr(0, name.find('.')); }
  std::string_view leaf() const { return name.substr(name.find('.') + 1); }
};

struct Section {
  std::string_view name;
  std::string_view doc;
};

// In the order of the documents.
std::span<const Key> keys();
std::span<const Section> sections();
const Key* find_key(std::string_view name);

// "an integer from 0 to 1024", "one of normal, full", ...: what an error says was expected.
std::string expectation(const Key& key);
// Whether the value is of the key's type and in its range.
bool acceptable(const Key& key, const Value& value);
// The known key nearest to `name` by edit distance, or "" when none is near.
std::string_view nearest_key(std::string_view name);
// As TOML: true, 12, "text", ["a", "b"].
std::string to_toml(const Value& value);

}  // namespace strims::config
