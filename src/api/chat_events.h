// POST /chat/events: what a shop or a bot reports to the room.
#pragma once

#include "api/call.h"

namespace strims::api {

// Body: {type: "subscription" | "gift_sub" | "mass_gift" | "donation", nick or user_id, tier,
// tier_label?, amount?, streak?, recipient or recipient_id, from_mass_gift?, quantity, text?}.
// Which of them count depends on the type. Answers 201 {"id","seq","uuid"} once the event is
// stored.
Answer post_event(Call& call);

}  // namespace strims::api
