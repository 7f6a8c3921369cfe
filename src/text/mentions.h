// Nicks that a line speaks to: runs of [A-Za-z0-9_] of 3 to 20 that stand alone, with or without
// "@".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strims::text {

// Every word that could be a nick, lower-cased, each once, in order of first appearance; at most
// `limit`. Parts of links count too: a reader searching for himself expects them.
std::vector<std::string> mention_candidates(std::string_view text, size_t limit = 64);

// Whether `nick` is mentioned, without regard to case.
bool mentions(std::string_view text, std::string_view nick);

}  // namespace strims::text
