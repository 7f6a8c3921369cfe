// What the room asks of the database: on the db lane, with the answer at home.
#include <algorithm>

#include "hub/hub.h"
#include "storage/repositories/entries.h"
#include "storage/repositories/moderation.h"
#include "storage/repositories/user_addresses.h"
#include "storage/repositories/users.h"

namespace strims::hub {

template <class T, class Work>
void Hub::on_db(Work work, std::move_only_function<void(Result<T>)> answer) {
  auto shared = std::make_shared<std::move_only_function<void(Result<T>)>>(std::move(answer));
  const bool taken = parts_.db.try_run([this, shared, work = std::move(work)](
                                           Result<sql::Connection*> db) mutable {
    if (closing_.load(std::memory_order_relaxed))
      db = fail(Errc::unavailable, "unavailable", "The server is shutting down.");
    Result<T> result = db ? work(**db) : Result<T>(std::unexpected(db.error()));
    inbox_.push([shared, result = std::move(result)]() mutable { (*shared)(std::move(result)); });
  });
  if (!taken)
    (*shared)(fail(Errc::unavailable, "unavailable", "Too much is waiting for the database."));
}

void Hub::save_presence(storage::PresenceDiff batch,
                        std::move_only_function<void(Result<void>)> done) {
  on_db<void>([batch = std::move(batch)](
                  sql::Connection& db) { return storage::save_presence(db, kChannel, batch); },
              [this, done = std::move(done)](Result<void> result) mutable {
                done(std::move(result));
                presence_saved_.store(presence_saver_.settled(), std::memory_order_relaxed);
              });
}

void Hub::find_user(std::string nick, UserId id, UserAnswer answer) {
  on_db<std::optional<User>>(
      [nick = std::move(nick), id](sql::Connection& db) -> Result<std::optional<User>> {
        auto found = id != 0 ? storage::find_user(db, id) : storage::find_user_by_nick(db, nick);
        if (found && *found && (*found)->deleted) return std::optional<User>();
        return found;
      },
      std::move(answer));
}

void Hub::find_addresses(UserId user,
                         std::move_only_function<void(std::vector<std::string>)> answer) {
  on_db<std::vector<IpAddress>>(
      [user](sql::Connection& db) { return storage::list_addresses(db, user); },
      [answer = std::move(answer)](Result<std::vector<IpAddress>> found) mutable {
        std::vector<std::string> out;
        if (found)
          for (const IpAddress& address : *found) out.push_back(address.ban_unit().to_string());
        answer(std::move(out));
      });
}

void Hub::reload_users(std::vector<UserId> ids,
                       std::move_only_function<void(std::vector<User>)> answer) {
  on_db<std::vector<User>>(
      [ids = std::move(ids)](sql::Connection& db) -> Result<std::vector<User>> {
        std::vector<User> out;
        for (const UserId id : ids) {
          STRIMS_TRY(auto found, storage::find_user(db, id));
          if (found) out.push_back(std::move(*found));
        }
        return out;
      },
      [answer = std::move(answer)](Result<std::vector<User>> users) mutable {
        answer(users ? std::move(*users) : std::vector<User>());
      });
}

void Hub::store_whisper(User from, User to, std::string text,
                        std::move_only_function<void(Result<chat::Whisper>)> answer) {
  const TimeMs now = parts_.clock.wall_ms();
  on_db<chat::Whisper>(
      [from = std::move(from), to = std::move(to), text = std::move(text), now,
       limits = parts_.whispers](sql::Connection& db) -> Result<chat::Whisper> {
        STRIMS_TRY(const auto ban, storage::active_ban_of_user(db, kChannel, from.id, now));
        STRIMS_TRY(const auto stored,
                   storage::send_whisper(db, from, to, ban.has_value(), text, now, limits));
        return chat::Whisper{stored.id, stored.at, from, to.nick, stored.text};
      },
      std::move(answer));
}

void Hub::find_entry(EntryId id,
                     std::move_only_function<void(Result<std::optional<Entry>>)> answer) {
  on_db<std::optional<Entry>>(
      [id](sql::Connection& db) -> Result<std::optional<Entry>> {
        STRIMS_TRY(auto found, storage::find_entry(db, id));
        if (!found) return found;
        STRIMS_TRY(const bool deleted, storage::is_deleted(db, id));
        if (deleted) return std::optional<Entry>();
        return found;
      },
      std::move(answer));
}

}  // namespace strims::hub
