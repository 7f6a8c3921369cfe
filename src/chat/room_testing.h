// For tests only: a room whose port writes down what is said, with a journal and a database that do
// what the test wants.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "chat/room.h"

namespace strims::chat {

// Everything a room says, one line each: "message Ada 'hi'" to all, "#2 refused muted" to
// connection 2.
class RecordingPort final : public RoomPort {
 public:
  struct Pending {
    Entry entry;
    Asker asker;
  };
  // The journal.
  bool full = false;
  bool stalled = false;
  std::deque<Pending> pending;
  std::vector<Entry> stored;
  // The database.
  bool away = false;
  bool later = false;  // answers wait in `waiting`
  std::deque<std::move_only_function<void()>> waiting;
  std::map<UserId, User> users;
  std::map<UserId, std::vector<std::string>> addresses;
  std::optional<Error> whisper_error;
  // What was said.
  std::vector<std::string> said;
  std::vector<Refusal> refusals;
  std::vector<Receipt> receipts;
  std::vector<Entry> published;
  size_t answers = 0;  // given to connections: refusals, receipts, whispers sent

  std::vector<std::string> take() { return std::exchange(said, {}); }
  // Gives the answer that has waited longest.
  void answer_next() {
    auto answer = std::move(waiting.front());
    waiting.pop_front();
    answer();
  }

  bool append(Entry& entry, Asker& asker) override {
    if (full) return false;
    pending.push_back({std::move(entry), std::move(asker)});
    return true;
  }
  bool journal_stalled() const override { return stalled; }

  void publish(const Entry& e) override {
    published.push_back(e);
    std::string line =
        std::string(to_string(e.kind)) + " " + (e.actor.id ? e.actor.nick : "System");
    if (!e.target_nick.empty()) line += " " + e.target_nick;
    if (e.number != 0) line += " " + std::to_string(e.number);
    if (!e.text.empty()) line += " '" + e.text + "'";
    said.push_back(std::move(line));
  }
  void publish_presence(PresenceKind kind, const User& user, TimeMs) override {
    static constexpr std::string_view kWords[] = {"join ", "quit ", "update "};
    said.push_back(std::string(kWords[static_cast<size_t>(kind)]) + user.nick);
  }
  void publish_notice(std::string_view text, TimeMs) override {
    said.push_back("notice '" + std::string(text) + "'");
  }
  void publish_paid_events(const std::vector<Entry>& live) override {
    said.push_back("bar " + std::to_string(live.size()));
  }
  void publish_reload() override { said.emplace_back("reload"); }

  void welcome(ConnId conn, const User* user) override {
    tell(conn, "welcome " + (user ? user->nick : std::string("guest")));
  }
  void refuse(ConnId conn, const Refusal& refusal, std::string_view nonce) override {
    ++answers;
    refusals.push_back(refusal);
    tell(conn,
         "refused " + std::string(refusal.word) + (nonce.empty() ? "" : " " + std::string(nonce)));
  }
  void acknowledge(ConnId conn, const Receipt& receipt, std::string_view nonce) override {
    ++answers;
    receipts.push_back(receipt);
    tell(conn, "ack " + std::string(nonce));
  }
  void deliver_whisper(ConnId conn, const Whisper& w) override {
    tell(conn, "whisper " + w.from.nick + " '" + w.text + "'");
  }
  void whisper_sent(ConnId conn, const Whisper& w) override {
    ++answers;
    tell(conn, "sent " + w.to_nick + " '" + w.text + "'");
  }
  void vote_counted(ConnId conn, int64_t option) override {
    tell(conn, "voted " + std::to_string(option));
  }
  void expel(ConnId conn, std::string_view word) override {
    tell(conn, "expelled " + std::string(word));
  }

  void find_user(std::string nick, UserId id, UserAnswer answer) override {
    reply([this, nick = std::move(nick), id, answer = std::move(answer)]() mutable {
      if (away) return answer(fail(Errc::unavailable, "unavailable"));
      for (const auto& [known, user] : users)
        if (id != 0 ? known == id : ascii_iequals(user.nick, nick))
          return answer(std::optional<User>(user));
      answer(std::optional<User>());
    });
  }
  void find_addresses(UserId user,
                      std::move_only_function<void(std::vector<std::string>)> answer) override {
    reply([this, user, answer = std::move(answer)]() mutable { answer(addresses[user]); });
  }
  void reload_users(std::vector<UserId> ids,
                    std::move_only_function<void(std::vector<User>)> answer) override {
    reply([this, ids = std::move(ids), answer = std::move(answer)]() mutable {
      std::vector<User> found;
      for (const UserId id : ids)
        if (users.contains(id)) found.push_back(users.at(id));
      answer(std::move(found));
    });
  }
  void store_whisper(User from, User to, std::string text,
                     std::move_only_function<void(Result<Whisper>)> answer) override {
    reply([this, from = std::move(from), to = std::move(to), text = std::move(text),
           answer = std::move(answer)]() mutable {
      if (whisper_error) return answer(std::unexpected(*whisper_error));
      answer(Whisper{++whisper_id_, 1, from, to.nick, text});
    });
  }
  void find_entry(EntryId id,
                  std::move_only_function<void(Result<std::optional<Entry>>)> answer) override {
    reply([this, id, answer = std::move(answer)]() mutable {
      if (away) return answer(fail(Errc::unavailable, "unavailable"));
      for (const Entry& e : stored)
        if (e.id == id) return answer(std::optional<Entry>(e));
      answer(std::optional<Entry>());
    });
  }

 private:
  void tell(ConnId conn, const std::string& what) {
    said.push_back("#" + std::to_string(conn.slot) + " " + what);
  }
  void reply(std::move_only_function<void()> answer) {
    if (later) {
      waiting.push_back(std::move(answer));
    } else {
      answer();
    }
  }
  int64_t whisper_id_ = 0;
};

inline UserPtr person(UserId id, std::string nick, Role role = Role::user,
                      std::vector<std::string> features = {}) {
  User user;
  user.id = id;
  user.nick = std::move(nick);
  user.role = role;
  user.features = std::move(features);
  user.created_at = 1'700'000'000'000;
  return std::make_shared<const User>(std::move(user));
}

// A room with its surroundings; connections are numbered from 1.
class RoomCase {
 public:
  explicit RoomCase(RoomLimits limits = {}) : room(1, clock, ids, port, limits) {}

  ManualClock clock;
  IdSource ids{clock};
  RecordingPort port;
  Room room;

  UserPtr ada = person(1, "Ada");
  UserPtr bo = person(2, "Bo");
  UserPtr mod = person(3, "Mod", Role::moderator);
  UserPtr boss = person(4, "Boss", Role::admin);
  UserPtr bot = person(5, "Bot", Role::user, {"bot"});

  ConnId enter(const UserPtr& user, std::string_view address = "192.0.2.1") {
    const ConnId conn = knock(user, address);
    room.end_round();
    return conn;
  }
  // Without the end of the round.
  ConnId knock(const UserPtr& user, std::string_view address = "192.0.2.1") {
    const ConnId conn{.slot = ++next_slot_, .generation = 1};
    if (user) port.users[user->id] = *user;
    room.join(conn, user, *IpAddress::parse(address));
    return conn;
  }
  void send(ConnId conn, Command command) {
    Asker asker;
    asker.conn = conn;
    asker.nonce = command.nonce;
    room.command(std::move(asker), std::move(command));
  }
  void say(ConnId conn, std::string text, std::string nonce = {}) {
    send(conn, {.verb = Verb::message, .text = std::move(text), .nonce = std::move(nonce)});
  }
  // A call without a connection; the answer is written into what is returned.
  std::shared_ptr<std::optional<Result<Receipt>>> call(UserPtr user, Command command) {
    auto answer = std::make_shared<std::optional<Result<Receipt>>>();
    Asker asker;
    asker.user = std::move(user);
    asker.nonce = command.nonce;
    asker.reply = [answer](Result<Receipt> result) { *answer = std::move(result); };
    room.command(std::move(asker), std::move(command));
    return answer;
  }
  // The journal stores the oldest entry that waits; a nonce of the same user is stored once.
  void commit_next() {
    auto [entry, asker] = std::move(port.pending.front());
    port.pending.pop_front();
    if (!entry.nonce.empty()) {
      const auto [it, fresh] =
          nonces_.try_emplace({entry.actor.id, entry.nonce}, port.stored.size());
      if (!fresh) return room.committed(port.stored[it->second], true, std::move(asker));
    }
    entry.seq = port.stored.size() + 1;
    port.stored.push_back(entry);
    room.committed(entry, false, std::move(asker));
  }
  void commit() {
    while (!port.pending.empty()) commit_next();
  }
  // The journal can never store the oldest entry that waits.
  void fail_next() {
    auto [entry, asker] = std::move(port.pending.front());
    port.pending.pop_front();
    room.failed(entry, std::move(asker));
  }
  // Commits, and gives what was said since the last look.
  std::vector<std::string> heard() {
    commit();
    return port.take();
  }

 private:
  uint32_t next_slot_ = 0;
  std::map<std::pair<UserId, std::string>, size_t> nonces_;
};

}  // namespace strims::chat
