// The way into the room for what is no connection: REST handlers and the operator's tools. Any
// thread.
#pragma once

#include <functional>
#include <string>

#include "chat/command.h"
#include "model/user.h"

namespace strims::chat {

class Room;

class RoomCalls {
 public:
  virtual ~RoomCalls() = default;
  // A command of `user`. `reply` runs once, on the home shard: it must not block.
  virtual void call(UserPtr user, Command command,
                    std::move_only_function<void(Result<Receipt>)> reply) = 0;
  // A user's record changed in the database: in force at once for his connections.
  virtual void user_changed(User user) = 0;
  // Ends the sockets of a login or login key (auth::Principal::access_id).
  virtual void end_access(std::string access_id, UserId user) = 0;
  // The recent past as today's clients get it: a JSON array of frame strings, oldest first.
  // `answer` runs on the home shard.
  virtual void history(std::move_only_function<void(std::string)> answer) = 0;
  // Something that the system tells everybody, and the journal keeps: a broadcast with its text, or
  // the state of a stream, `fields` being the JSON object that clients see. `reply` runs once, on
  // the home shard.
  virtual void announce(EntryKind kind, std::string text, std::string fields,
                        std::move_only_function<void(Result<Receipt>)> reply) = 0;
  // The same for a stream's numbers: told to whoever is here, and not kept.
  virtual void show_stream(std::string fields) = 0;
  // Shows the room on the home shard; `look` must keep no reference and must not block.
  virtual void look(std::move_only_function<void(const Room&)> look) = 0;
};

}  // namespace strims::chat
