#include "base/json_integers.h"

#include <algorithm>

namespace strims {
namespace {

constexpr size_t kLongInteger = 19;  // INT64_MAX has as many digits

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The end of the string literal that begins at `at`; the end of the text when it is not closed.
size_t end_of_string(std::string_view json, size_t at) {
  for (size_t i = at + 1; i < json.size(); ++i) {
    if (json[i] == '\\') {
      ++i;
    } else if (json[i] == '"') {
      return i + 1;
    }
  }
  return json.size();
}

size_t end_of_number(std::string_view json, size_t at) {
  return std::min(json.find_first_not_of("0123456789+-.eE", at), json.size());
}

}  // namespace

std::string long_integers_as_doubles(std::string_view json) {
  std::string out;
  out.reserve(json.size() + 16);
  for (size_t at = 0; at < json.size();) {
    const bool number = is_digit(json[at]) || json[at] == '-';
    const size_t end = json[at] == '"' ? end_of_string(json, at)
                       : number        ? end_of_number(json, at)
                                       : at + 1;
    const std::string_view token = json.substr(at, end - at);
    out += token;
    if (number) {
      const std::string_view digits = token.substr(token.front() == '-' ? 1 : 0);
      if (digits.size() >= kLongInteger && std::all_of(digits.begin(), digits.end(), is_digit))
        out += "e0";
    }
    at = end;
  }
  return out;
}

}  // namespace strims
