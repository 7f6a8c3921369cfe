// What the tables say of a channel, in the room's own words.
#pragma once

#include <vector>

#include "chat/room.h"
#include "storage/repositories/channel_state.h"

namespace strims::app {

// `present`: who was in the room when the last process ended.
chat::RoomState to_room_state(storage::ChannelSnapshot snapshot, std::vector<User> present);

}  // namespace strims::app
