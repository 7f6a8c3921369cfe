// What the tables say of a channel, in the room's own words.
#pragma once

#include "chat/room.h"
#include "storage/repositories/channel_state.h"

namespace strims::app {

chat::RoomState to_room_state(storage::ChannelSnapshot snapshot);

}  // namespace strims::app
