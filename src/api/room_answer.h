// A call that the room answers: the handler gives its Responder away and returns.
#pragma once

#include "api/call.h"
#include "chat/command.h"

namespace strims::api {

// Makes the answer from what the room stored. Runs on the home shard: it must not block.
using BuildResponse = proto::Response (*)(const chat::Receipt&);

// Passes the command to the room in the name of the caller (who must be somebody). Refusals become
// problem documents. The handler returns what this returns.
Answer ask_room(Call& call, chat::Command command, BuildResponse build);

// 201 {"id","seq"}, 200 with the same, and 204.
proto::Response created_entry(const chat::Receipt& receipt);
proto::Response stored_entry(const chat::Receipt& receipt);
proto::Response done(const chat::Receipt& receipt);

}  // namespace strims::api
