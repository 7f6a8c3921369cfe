// Counting, trimming and walking text by code points. Well-formed UTF-8 in unless said otherwise.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/utf8.h"

namespace strims::text {

// Code points of well-formed text; in malformed text every stray byte counts as one.
size_t count_code_points(std::string_view text);

// Unicode's White_Space property: what trimming removes.
bool is_white_space(char32_t c);

// Without white space at both ends; a view into `text`. Malformed bytes end the trimming.
std::string_view trim_white_space(std::string_view text);

// The first `n` code points of the text.
std::string_view first_code_points(std::string_view text, size_t n);

// Canonical caseless form for comparisons (Unicode default case folding). Malformed bytes stay
// as they are.
std::string fold_case(std::string_view text);

}  // namespace strims::text
