// What a seed decides before it begins: how big the world is, which bounds hold in it and how often
// what goes wrong.
#pragma once

#include <cstddef>

#include "chat/room.h"
#include "hub/settings.h"
#include "journal/journal.h"
#include "sim/random.h"

namespace strims::sim {

struct Plan {
  hub::HubSettings hub;
  chat::RoomLimits room;
  journal::JournalOptions journal;
  size_t lane_bound = 64;
  size_t viewers = 10;
  size_t steps = 300;
  // Chances per step, of 1,000.
  int cuts = 10;
  int stalls = 20;
  int kills = 2;
  int restarts = 2;
  int outages = 8;
  int bursts = 30;
};

Plan make_plan(Random& random);

}  // namespace strims::sim
