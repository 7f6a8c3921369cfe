// Who may be called what (site-api.md section 2.3), and which nicks a reader would mistake for one
// another.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace strims::text {

struct NickPolicy {
  size_t min_length = 3;
  size_t max_length = 20;
  // Names that speak for the house; compared by skeleton, so "adm1n" is covered too.
  std::vector<std::string> reserved = default_reserved();
  // Emotes of the site: a nick may not be, begin with or nearly be one (rule 7).
  std::vector<std::string> emotes;
  // Emotes whose near misses are allowed (rule 7's exception).
  std::vector<std::string> near_allowed = {"LUL"};

  static std::vector<std::string> default_reserved();
};

// [A-Za-z0-9_]{3,20}: the shape alone, for looking names up. Never slow.
bool is_nick(std::string_view text);

// All rules but "not taken", which needs the database (unique nick_skeleton). Errors, all
// Errc::invalid but the reserved ones (Errc::conflict): "invalid_nick" with a sentence that names
// the rule, "reserved_nick", "emote_nick" with the emote.
Result<void> check_nick(std::string_view nick, const NickPolicy& policy = {});

// Two nicks with equal skeletons look alike ("l0rd" and "Iord", "rn" and "m", case aside). Unicode
// TS 39 skeleton of the lower-cased nick joined with look-alikes that only case hides. Store it
// beside the nick under a unique index. Deterministic for one ICU version; thread-safe.
std::string nick_skeleton(std::string_view nick);

// Emotes that the nick collides with by rule 7, in the order given.
std::vector<std::string> similar_emotes(std::string_view nick, std::span<const std::string> emotes);

}  // namespace strims::text
