#include "text/message_rules.h"

#include <unicode/uchar.h>

#include <array>
#include <string>

#include "text/utf8.h"

namespace strims::text {
namespace {

bool is_combining(char32_t c) {
  if (c < 0x300) return false;
  const auto mask = U_GET_GC_MASK(static_cast<UChar32>(c));
  return (mask & U_GC_M_MASK) != 0;
}

// Line separators and the no-break spaces that chat clients print as holes.
bool is_refused(char32_t c) {
  return c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0xa0;
}

// The embeddings and isolates that are open at one point of a line.
class BidiStack {
 public:
  // False when the character closes what is not open, or too much is open.
  bool take(char32_t c) {
    if (c == '\n') return depth_ == 0;
    if ((c >= 0x202a && c <= 0x202b) || c == 0x202d || c == 0x202e) return push(false);
    if (c >= 0x2066 && c <= 0x2068) return push(true);
    if (c == 0x202c) return pop(false);
    if (c == 0x2069) return pop(true);
    return true;
  }
  bool closed() const { return depth_ == 0; }

 private:
  bool push(bool isolate) {
    if (depth_ == open_.size()) return false;
    open_[depth_++] = isolate;
    return true;
  }
  bool pop(bool isolate) {
    if (depth_ == 0) return false;
    --depth_;
    return open_[depth_] == isolate;
  }

  std::array<bool, 125> open_{};  // UAX 9's own bound
  size_t depth_ = 0;
};

std::unexpected<Error> refuse(std::string_view word, std::string detail) {
  return fail(Errc::invalid, word, std::move(detail));
}

}  // namespace

bool bidi_balanced(std::string_view text) {
  BidiStack stack;
  for (size_t i = 0; i < text.size();) {
    const CodePoint c = decode_utf8(text, i);
    if (!stack.take(c.value)) return false;
    i += c.length == 0 ? 1 : c.length;
  }
  return stack.closed();
}

Result<std::string_view> check_message(std::string_view raw, const MessageLimits& limits) {
  if (!valid_utf8(raw)) return refuse("invalidmsg", "the text is not UTF-8");
  const std::string_view text = trim_white_space(raw);
  if (text.empty()) return refuse("msgempty", "the text is empty");
  // Nothing in ASCII is forbidden, combines or changes the direction.
  if (text.size() <= limits.max_runes && is_ascii(text)) return text;
  size_t runes = 0;
  size_t marks = 0;
  for (size_t i = 0; i < text.size(); ++runes) {
    const CodePoint c = decode_utf8(text, i);
    i += c.length;
    if (runes == limits.max_runes)
      return refuse("msgtoolong",
                    "the text is longer than " + std::to_string(limits.max_runes) + " characters");
    if (is_refused(c.value)) return refuse("invalidmsg", "the text has a forbidden character");
    marks = is_combining(c.value) ? marks + 1 : 0;
    if (marks > limits.max_combining_run)
      return refuse("invalidmsg", "the text has too many combining marks in a row");
  }
  if (limits.refuse_unbalanced_bidi && !bidi_balanced(text))
    return refuse("invalidmsg", "the text leaves a change of direction open");
  return text;
}

}  // namespace strims::text
