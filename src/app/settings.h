// From the configuration to the numbers that each part is given. Pure.
#pragma once

#include "chat/room.h"
#include "config/schema.h"
#include "http/connection_limits.h"
#include "hub/settings.h"
#include "journal/journal.h"
#include "storage/repositories/whispers.h"

namespace strims::app {

hub::HubSettings hub_settings(const config::Config& config);
chat::RoomLimits room_limits(const config::Config& config);
http::ConnectionLimits connection_limits(const config::Config& config);
journal::JournalOptions journal_options(const config::Config& config);
storage::WhisperLimits whisper_limits(const config::Config& config);

}  // namespace strims::app
