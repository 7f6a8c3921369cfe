// deps: hub
// Frames from strangers: whatever the bytes, the parser answers with one of its kinds, and what it
// makes a command keeps the bounds that the room counts on.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json_read.h"
#include "base/utf8.h"
#include "hub/dialects/dgg_parse.h"

namespace {

using strims::hub::Parsed;
using Kind = Parsed::Kind;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Parsed& parsed, std::string_view frame) {
  const bool has_space = frame.find(' ') != std::string_view::npos;
  require((parsed.kind == Kind::close) == !has_space);
  if (parsed.kind == Kind::refused) require(parsed.text == "protocolerror");
  if (parsed.kind == Kind::ping) require(frame.ends_with(parsed.text));
  if (parsed.kind != Kind::command) return;
  const strims::chat::Command& c = parsed.command;
  require(c.tier >= -1 && c.tier <= 5);  // -1: the room refuses it, after asking for the right
  for (const std::string_view text : {c.text, c.nick, c.reason, c.question, c.nonce}) {
    require(text.size() <= frame.size());
    require(strims::valid_utf8(text));
  }
  require(c.options.size() <= frame.size());
  // Nothing that only REST may say, and nobody is named but by his nick.
  require(c.target_id == 0 && c.entry_id == 0 && c.extra.empty());
  require(!c.skip_throttle && !c.from);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view frame(reinterpret_cast<const char*>(data), size);
  const Parsed today = strims::hub::parse_dgg(frame, true);
  const Parsed old = strims::hub::parse_dgg(frame, false);
  check(today, frame);
  check(old, frame);
  // The old flavour is the smaller one; what both know they read alike.
  if (old.kind != Kind::ignore) require(old.kind == today.kind);
  if (old.kind == Kind::command) {
    require(old.command.verb == today.command.verb);
    require(old.command.text == today.command.text);
    require(old.command.duration_ns == today.command.duration_ns);
    require(old.command.combo_rule && !today.command.combo_rule);
  }
  if (today.kind == Kind::ping) {
    const auto dialect = strims::hub::make_dgg_dialect(1);
    const std::string pong = dialect->pong(today.text);
    require(pong.starts_with("PONG "));
    require(strims::Json::parse(std::string_view(pong).substr(5)).has_value());
  }
  return 0;
}
