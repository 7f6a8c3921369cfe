// deps: text
// Lines of phrases, an empty line, a text: compiles or refuses, and a plain phrase is found in
// itself.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "text/phrases.h"

using namespace strims::text;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> phrases;
  while (!rest.empty() && phrases.size() < 20) {
    const size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (line.empty()) break;
    phrases.emplace_back(line);
  }
  const PhraseLimits limits{.max_memory_bytes = 1024 * 1024};
  const auto set = PhraseSet::compile(phrases, limits);
  if (!set) return 0;
  (void)set->match(rest);
  for (const std::string& phrase : set->phrases())
    if (phrase.front() != '/' && !set->match(phrase)) std::abort();
  return 0;
}
