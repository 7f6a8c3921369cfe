// Banned phrases (chat-websocket.md section 12): an immutable set, compiled once and shared between
// threads.
//
// A phrase is plain text, found anywhere in the message without regard to case, or `/pattern/`, an
// RE2 regular expression (linear time, so no message can stall a shard); `/pattern/i` ignores case.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace strims::text {

struct PhraseLimits {
  size_t max_phrases = 2000;
  size_t max_runes = 512;                // of one phrase
  size_t max_pattern_bytes = 64 * 1024;  // memory of one compiled pattern
  size_t max_memory_bytes =
      8 * 1024 * 1024;  // memory of the set while matching, for each half (plain, patterns)
};

// Whether the phrase could be added. The word to store is the trimmed text. Errors:
// invalid/"invalidphrase" (empty, too long, not UTF-8, a pattern that is bad, too big or matches
// the empty text).
Result<std::string_view> check_phrase(std::string_view phrase, const PhraseLimits& limits = {});

// Thread-safe once made. Copies share the compiled form.
class PhraseSet {
 public:
  PhraseSet();  // matches nothing
  ~PhraseSet();
  PhraseSet(const PhraseSet&);
  PhraseSet& operator=(const PhraseSet&);

  // Compiles all phrases. Errors: invalid/"invalidphrase" naming the phrase;
  // too_large/"too_many_phrases".
  static Result<PhraseSet> compile(std::span<const std::string> phrases,
                                   const PhraseLimits& limits = {});

  // The first phrase of the list that the text contains, or nothing. A set whose memory bound is
  // hit falls back to asking phrase by phrase: slower, never wrong.
  std::optional<std::string> match(std::string_view text) const;

  size_t size() const;
  bool empty() const { return size() == 0; }
  const std::vector<std::string>& phrases() const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace strims::text
