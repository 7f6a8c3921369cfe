// deps: text
// An accepted message is a trimmed part of the input that would be accepted again unchanged.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "text/message_rules.h"
#include "text/utf8.h"

using namespace strims::text;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool strict : {false, true}) {
    const MessageLimits limits{.max_runes = 64, .refuse_unbalanced_bidi = strict};
    const auto accepted = check_message(text, limits);
    if (!accepted) continue;
    if (accepted->empty() || count_code_points(*accepted) > 64) std::abort();
    if (!strims::valid_utf8(*accepted)) std::abort();
    if (accepted->data() < text.data()) std::abort();
    const auto again = check_message(*accepted, limits);
    if (!again || *again != *accepted) std::abort();
  }
  (void)fold_case(text);
  (void)first_code_points(text, 3);
  return 0;
}
