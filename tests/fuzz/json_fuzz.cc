// deps: base
// What parses must print as JSON that parses to the same; what is written from any bytes must
// parse.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto json = strims::Json::parse(text)) {
    const std::string once = json->dump();
    const auto again = strims::Json::parse(once);
    if (!again || again->dump() != once) std::abort();
    if (!strims::valid_utf8(once)) std::abort();
  }
  std::string quoted;
  strims::append_json_string(quoted, text);
  const auto back = strims::Json::parse(quoted);
  if (!back || !back->string()) std::abort();
  if (strims::valid_utf8(text) && *back->string() != text) std::abort();
  return 0;
}
