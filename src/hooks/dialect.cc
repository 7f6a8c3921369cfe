#include "hooks/dialect.h"

#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "stream/stream_key.h"

namespace strims::hooks {
namespace {

constexpr size_t kMaxText = 1'024;
constexpr uint64_t kStartMayDifferMs = 5'000;

// What is kept, logged and sent back as a part of addresses.
bool is_plain(std::string_view text) {
  return text.size() <= kMaxText &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

bool same_generation(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const size_t at = a.find('@');
  const size_t bt = b.find('@');
  if (at == std::string_view::npos || bt == std::string_view::npos) return a == b;
  if (a.substr(0, at) != b.substr(0, bt)) return false;
  const auto x = parse_u64(a.substr(at + 1));
  const auto y = parse_u64(b.substr(bt + 1));
  return x && y && std::max(*x, *y) - std::min(*x, *y) <= kStartMayDifferMs;
}

std::string_view slug_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::unexpected<Error> bad_hook(std::string detail) {
  return fail(Errc::invalid, "bad_hook", std::move(detail));
}

std::unexpected<Error> bad_answer(std::string detail) {
  return fail(Errc::invalid, "bad_answer", std::move(detail));
}

Result<Hook> checked(Hook hook) {
  using What = Hook::What;
  if (hook.what == What::welcome || hook.what == What::refused) return hook;
  if (hook.session.empty()) return bad_hook("A hook names no session.");
  if (hook.path.empty() && hook.what != What::over) return bad_hook("A hook names no stream.");
  if (!is_plain(hook.session) || !is_plain(hook.path) || !is_plain(hook.generation))
    return bad_hook("A name in a hook has odd characters.");
  hook.ask.name = slug_of(hook.path);
  // A key as the name would stand in the addresses of what viewers fetch.
  if (stream::is_stream_key(hook.ask.name)) hook.what = What::refused;
  return hook;
}

const Dialect& dialect_of(config::HookKind kind) {
  switch (kind) {
    case config::HookKind::nginx:
      return nginx_dialect();
    case config::HookKind::srs:
      return srs_dialect();
    case config::HookKind::mediamtx:
      return mediamtx_dialect();
  }
  std::abort();
}

}  // namespace strims::hooks
