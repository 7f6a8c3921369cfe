// deps: text
// Bounds lie inside the text, links are what the text says there, and the output is JSON.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json_read.h"
#include "text/entities.h"
#include "text/utf8.h"

using namespace strims::text;

namespace {

void expect(const Bounds& b, size_t limit) {
  if (b.start >= b.end || b.end > limit) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const EntityWords kWords{{"Wow", "LUL"}, {"wide"}, {"nsfw"}};
  const Entities e =
      find_entities(text, kWords, [](std::string_view word) { return std::string(word); });
  const size_t runes = count_code_points(text);
  for (const auto& link : e.links) {
    expect(link.bounds, text.size());
    if (text.substr(link.bounds.start, link.url.size()) != link.url) std::abort();
    if (link.bounds.end - link.bounds.start != link.url.size()) std::abort();
  }
  for (const auto& emote : e.emotes) expect(emote.bounds, runes);
  for (const auto& nick : e.nicks) expect(nick.bounds, runes);
  for (const auto& tag : e.tags) expect(tag.bounds, runes);
  for (const auto& list : {e.codes, e.spoilers, e.greentext, e.me})
    for (const auto& bounds : list) expect(bounds, runes);
  if (!strims::Json::parse(e.to_json())) std::abort();
  return 0;
}
