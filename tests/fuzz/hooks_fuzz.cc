// deps: hooks
// Hooks and lists of media servers. The first byte says whose, the second which part: what is
// parsed keeps the promises of hooks/dialect.h, and can be answered and thrown out.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "hooks/dialect.h"
#include "stream/stream_key.h"

namespace {

using namespace strims;
using namespace strims::hooks;

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_plain(std::string_view text) {
  for (const char c : text)
    if (c <= ' ' || c >= 0x7f) return false;
  return text.size() <= 1'024;
}

void check_hook(const Dialect& dialect, const HookRequest& request) {
  const auto hook = dialect.parse(request);
  if (!hook) return require(hook.error().reason == "bad_hook");
  const auto status = dialect.answer(hook->what != Hook::What::refused).status;
  require(status >= 200 && status < 500);
  if (hook->what == Hook::What::welcome || hook->what == Hook::What::refused) return;
  require(!hook->session.empty() && is_plain(hook->session) && is_plain(hook->generation));
  require(is_plain(hook->path) && (!hook->path.empty() || hook->what == Hook::What::over));
  require(hook->ask.name == slug_of(hook->path) && !stream::is_stream_key(hook->ask.name));
  const Kick kick = dialect.kick(hook->path, hook->session, hook->door);
  require(kick.target.starts_with('/') && is_plain(kick.target.substr(0, 1'024)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Dialect& dialect = dialect_of(static_cast<config::HookKind>(data[0] % 3));
  constexpr std::string_view kEvents[] = {"auth", "available", "unavailable", "event"};
  if (data[1] % 6 < 4) {
    check_hook(dialect, {.event = kEvents[data[1] % 6], .query = {}, .body = text});
  } else if (data[1] % 6 == 4) {
    check_hook(dialect, {.event = "available", .query = text, .body = {}});
  } else if (const auto list = dialect.parse_list(text, 1'760'000'000'000)) {
    require(!list->generation.empty() && list->pages >= 1 && list->pages <= 100);
    require(same_generation(list->generation, list->generation));
  } else {
    require(list.error().reason == "bad_answer");
  }
  return 0;
}
