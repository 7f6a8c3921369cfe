// What a chat line may contain (chat-websocket.md section 9.1). Text is never changed but for the
// trim.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.h"

namespace strims::text {

struct MessageLimits {
  size_t max_runes = 512;        // code points after the trim
  size_t max_combining_run = 4;  // longest run of combining marks (general category M)
  // Refuse text whose bidirectional embeddings, overrides or isolates (U+202A-202E, U+2066-2069)
  // are not closed in the same line. Off: bots and right-to-left writers send them through today's
  // server.
  bool refuse_unbalanced_bidi = false;
};

// Checks text from a client and returns it without white space at both ends (a view into `text`).
// Errors, all Errc::invalid: "msgempty" (nothing left), "msgtoolong" (too many code points),
// "invalidmsg" (not UTF-8, too many combining marks in a row, U+2028, U+2029, U+202F, U+00A0,
// unbalanced bidi if refused). Today's dgg clients know all three words; a dialect that knows only
// "invalidmsg" maps the first two to it.
Result<std::string_view> check_message(std::string_view text, const MessageLimits& limits = {});

// True when every embedding, override and isolate is closed before its line ends.
bool bidi_balanced(std::string_view text);

}  // namespace strims::text
