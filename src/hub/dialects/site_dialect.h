// What the site tells pages and bots beside the chat: envelopes {"type":"dggApi:...","data":...},
// as today's destiny.gg clients read them (media.md section 1). Nobody speaks here, and who listens
// is not in the room.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "hub/dialects/dialect.h"

namespace strims::hub {

// `stream_info` gives the data of dggApi:streamInfo as it is now; any thread.
std::unique_ptr<Dialect> make_site_dialect(std::function<std::string()> stream_info);

}  // namespace strims::hub
