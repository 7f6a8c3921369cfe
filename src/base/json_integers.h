// JSON bounds no number, and JavaScript writes integers up to 1e21 with all their digits; the
// parser behind Json refuses those that do not fit into 64 bits.
#pragma once

#include <string>
#include <string_view>

namespace strims {

// `json` with an exponent ("e0") behind each integer of 19 or more digits, so that it is read as a
// double. Strings and all else stay as they are; what is no JSON stays none.
std::string long_integers_as_doubles(std::string_view json);

}  // namespace strims
