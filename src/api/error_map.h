// Every stable word that a client may meet, in one table: what it means, its HTTP status, its close
// code, and whether trying again helps. docs/ERRORS.md is made from it; a test holds both together,
// and the words of the sources to it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace strims::api {

struct ErrorWord {
  std::string_view word;
  std::string_view
      where;  // "chat" (frames and REST), "rest", "http" (below the endpoints), "socket"
  std::optional<Errc> code;  // nothing: only an HTTP status or a close code
  int status = 0;            // HTTP; 0: never an HTTP answer
  uint16_t close_code = 0;   // of a WebSocket that ends with this word; 0: none does
  bool retryable = false;    // the same request may succeed later
  std::string_view sentence;
};

// Sorted by `where`, then as written.
std::span<const ErrorWord> error_words();
// nullptr for an unknown word.
const ErrorWord* find_error_word(std::string_view word);
std::string_view to_string(Errc code);  // "invalid", "rate_limited", ...
// docs/ERRORS.md.
std::string errors_markdown();

}  // namespace strims::api
