// What a reader who fell behind, and asked rather to miss entries than to be closed, must have of
// what he missed. Pure; any thread.
#pragma once

#include <vector>

#include "hub/private_queue.h"
#include "model/user.h"

namespace strims::hub {

// Of the dgg frames in `missed` (one WebSocket frame each, as RecentFrames keeps them): everything
// but chat lines, for moderation must reach him; and of the chat lines his own and those that
// mention him. Votes and the beginning of a poll are left out: he is sent the poll as it is.
// `user`: null for a guest.
std::vector<Bytes> essential_frames(const std::vector<Bytes>& missed, const User* user);

}  // namespace strims::hub
