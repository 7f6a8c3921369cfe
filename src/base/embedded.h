// Files that tools/embed.py compiled into the program. Each module that has some defines
// `std::span<const EmbeddedFile> strims::<module>::embedded()`, sorted by path.
#pragma once

#include <string_view>

namespace strims {

struct EmbeddedFile {
  std::string_view path;   // relative to the BASE of strims_embed(), with '/'
  std::string_view bytes;  // lives as long as the program
};

}  // namespace strims
