// deps: text
// The rules never crash, agree with is_nick, and a skeleton is its own skeleton whatever the case.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "text/mentions.h"
#include "text/nick_rules.h"

using namespace strims::text;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const NickPolicy kPolicy = [] {
    NickPolicy policy;
    policy.emotes = {"OverRustle", "LUL", "Wow"};
    return policy;
  }();
  if (check_nick(text, kPolicy) && !is_nick(text)) std::abort();
  const std::string skeleton = nick_skeleton(text);
  if (is_nick(text)) {
    if (nick_skeleton(strims::ascii_lower(text)) != skeleton) std::abort();
    if (nick_skeleton(skeleton) != skeleton) std::abort();
    if (!mentions(text, text)) std::abort();
  }
  for (const auto& nick : mention_candidates(text))
    if (!is_nick(nick) || !mentions(text, nick)) std::abort();
  return 0;
}
