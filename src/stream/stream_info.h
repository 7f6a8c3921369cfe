// The site's streams as destiny.gg's clients know them (media.md section 1).
#pragma once

#include <string>

#include "stream/directory.h"

namespace strims::stream {

// {"hostedChannel":null,"streams":{"twitch":null,...,"strims":{...} or null}}: under "strims" the
// public channel with the most viewers. Any thread.
std::string stream_info(const Directory& directory, TimeMs now);

}  // namespace strims::stream
