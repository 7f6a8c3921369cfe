// Reads JSON into a small immutable tree. simdjson parses; only json_read.cc includes it.
//
// Object keys keep their order; a repeated key keeps the last value. Numbers are int64 when they
// are integral and fit, else double; one that fits no double either is an error. Bounded: depth 64,
// 1,024 members in one object (more is invalid_json); size by the caller. A lone surrogate escape
// is an error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace strims {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  // Errors: invalid/"invalid_json" with simdjson's reason.
  static Result<Json> parse(std::string_view text);

  bool is_null() const { return std::holds_alternative<std::monostate>(v_); }
  bool is_object() const { return std::holds_alternative<Object>(v_); }
  bool is_array() const { return std::holds_alternative<Array>(v_); }
  bool is_string() const { return std::holds_alternative<std::string>(v_); }

  // The value in that type, or nothing. `integer` also takes an integral double such as
  // 86400000000000.0.
  std::optional<std::string_view> string() const;
  std::optional<int64_t> integer() const;
  std::optional<double> number() const;
  std::optional<bool> boolean() const;
  const Array& array() const;    // empty when it is none
  const Object& object() const;  // empty when it is none

  // The member with exactly this key, or nullptr. A member whose value is null is returned.
  const Json* find(std::string_view key) const;
  // The member whose key equals in ASCII case-insensitively (Go's rule in the dgg dialect); null
  // counts as absent.
  const Json* find_nocase(std::string_view key) const;
  // The string member `key`; nothing when it is absent, null or of another type.
  std::optional<std::string_view> find_string(std::string_view key) const;

  // Back to compact JSON.
  std::string dump() const;

 private:
  friend struct JsonBuilder;
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object> v_;
};

}  // namespace strims
