// /moderation/*: reading what was done and what is in force.
#pragma once

#include "api/call.h"

namespace strims::api {

// {"bans":[...],"next"}; never an address.
Answer list_bans(Call& call);
// {"mutes":[...]}
Answer list_mutes(Call& call);
// {"phrases":[...]}
Answer list_phrases(Call& call);
// {"entries":[...],"next"}
Answer read_log(Call& call);

}  // namespace strims::api
