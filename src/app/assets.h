// The page, the emotes and the flairs as the server hands them out: built in, or from the
// operator's folder.
#pragma once

#include <string>
#include <vector>

#include "config/schema.h"
#include "http/router.h"

namespace strims::app {

struct Assets {
  std::vector<std::string> emotes;  // the words
  std::string emotes_json;
  std::string flairs_json;
};

// Adds the routes of all files, plain and under /cdn (for clients that are given that base).
// Errors: an operator's folder that cannot be read or whose emotes.json is no list of emotes.
Result<Assets> add_assets(http::Router& router, const config::Config& config);

}  // namespace strims::app
