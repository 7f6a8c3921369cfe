// Stream keys: what a publisher shows to be let in. Only its secret_hash is stored; the key
// itself is shown once. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace strims::stream {

// "sk_" and 43 characters of base64url: 256 random bits.
std::string make_stream_key();

// Whether it can be a key at all: anything else is not looked up.
bool is_stream_key(std::string_view text);

struct PublishName {
  std::string slug;  // empty: the key alone says which channel
  std::string key;
};

// From the name and the query of RTMP's publish: "sk_..." or "slug" with "key=sk_...". A query that
// stands behind the name ("slug?key=sk_...") is found there when none is given. The first `key`
// counts: what a publisher appends changes nothing. Error: unauthenticated/"bad_key", the same
// whatever is wrong.
Result<PublishName> parse_publish_name(std::string_view name, std::string_view query);

}  // namespace strims::stream
