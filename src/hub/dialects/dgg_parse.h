// Frames of dgg clients to commands (chat-websocket.md sections 2 and 7). Pure.
#pragma once

#include <string_view>

#include "hub/dialects/dialect.h"

namespace strims::hub {

// `today`: false for the strims flavour, which knows neither polls, pins, phrases nor DIE.
Parsed parse_dgg(std::string_view frame, bool today);

}  // namespace strims::hub
