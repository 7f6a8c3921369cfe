// What a room needs from the world, and what it tells it. The hub implements it; tests record it. A
// room calls it on the home shard only. Everything a room says goes out in the order of these
// calls.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/command.h"
#include "chat/presence.h"
#include "model/entry.h"
#include "model/user.h"

namespace strims::chat {

// Private to one connection.
struct Whisper {
  int64_t message_id = 0;
  TimeMs at = 0;
  User from;
  std::string to_nick;
  std::string text;
};

class RoomPort {
 public:
  virtual ~RoomPort() = default;

  // To the journal; the answer comes as Room::committed. False: the journal is full, and both are
  // untouched; else both are moved from.
  virtual bool append(Entry& entry, Asker& asker) = 0;
  // True while the journal has not stored anything for longer than the operator's notice time.
  virtual bool journal_stalled() const = 0;

  // To all connections.
  virtual void publish(const Entry& entry) = 0;
  virtual void publish_presence(PresenceKind kind, const User& user, TimeMs at) = 0;
  virtual void publish_notice(std::string_view text,
                              TimeMs at) = 0;  // a system line that is not stored
  virtual void publish_paid_events(const std::vector<Entry>& live) = 0;
  virtual void publish_reload() = 0;

  // To one connection. `welcome` sends the whole state of the room as it is now; live frames
  // follow.
  virtual void welcome(ConnId conn, const User* user) = 0;
  virtual void refuse(ConnId conn, const Refusal& refusal, std::string_view nonce) = 0;
  virtual void acknowledge(ConnId conn, const Receipt& receipt, std::string_view nonce) = 0;
  virtual void deliver_whisper(ConnId conn, const Whisper& whisper) = 0;
  virtual void whisper_sent(ConnId conn, const Whisper& whisper) = 0;
  virtual void vote_counted(ConnId conn, int64_t option) = 0;
  // Ends a connection after the frames that were sent before; `word` goes out as an ERR first.
  virtual void expel(ConnId conn, std::string_view word) = 0;

  // Looks a user up in the database on a lane. The answer comes on the home shard: the user,
  // nullopt when there is none, or an error when the database is away.
  using UserAnswer = std::move_only_function<void(Result<std::optional<User>>)>;
  virtual void find_user(std::string nick, UserId id, UserAnswer answer) = 0;
  // The ban units of the last known addresses of a user.
  virtual void find_addresses(UserId user,
                              std::move_only_function<void(std::vector<std::string>)> answer) = 0;
  // Reads these users again.
  virtual void reload_users(std::vector<UserId> ids,
                            std::move_only_function<void(std::vector<User>)> answer) = 0;
  // Stores a whisper; the message id, or the error word of the rules.
  virtual void store_whisper(User from, User to, std::string text,
                             std::move_only_function<void(Result<Whisper>)> answer) = 0;
  // The stored message with that id.
  virtual void find_entry(EntryId id,
                          std::move_only_function<void(Result<std::optional<Entry>>)> answer) = 0;
};

}  // namespace strims::chat
