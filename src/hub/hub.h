// The hub: the room on its home shard, the connections on all shards, and what ties them to the
// journal and the database. One object for the whole program; which thread may call what stands at
// each function.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "chat/room.h"
#include "chat/room_calls.h"
#include "hub/deflate_demand.h"
#include "hub/dialects/dialect.h"
#include "hub/echo_table.h"
#include "hub/feed_encoder.h"
#include "hub/home_inbox.h"
#include "hub/outbox.h"
#include "hub/presence_saver.h"
#include "hub/recent_frames.h"
#include "hub/settings.h"
#include "hub/shard_hub.h"
#include "hub/welcome.h"
#include "journal/journal.h"
#include "net/lane.h"
#include "net/shard.h"
#include "storage/repositories/whispers.h"
#include "storage/sql/database.h"

namespace strims::hub {

using DbLane = net::ResourceLane<sql::Connection>;

// What the hub stands on; everything outlives it.
struct HubParts {
  net::Shards& shards;
  journal::Journal& journal;
  DbLane& db;
  const Clock& clock;
  IdSource& ids;
  int64_t stall_notice_ms = 2000;
  storage::WhisperLimits whispers;
};

class Hub final : public chat::RoomCalls, private chat::RoomPort {
 public:
  static constexpr size_t kHome = 0;  // shard of the only channel's room
  static constexpr ChannelId kChannel = 1;

  Hub(HubParts parts, HubSettings settings, chat::RoomLimits limits,
      std::vector<std::string> emotes);
  ~Hub() override;

  // Before the shards run.
  // `recent`: the newest entries of every kind, oldest first, for those who come back.
  void restore(chat::RoomState state, const std::vector<Entry>& recent);

  // Before the shards run: what the site's feed tells of its streams.
  void set_stream_info(std::function<std::string()> stream_info) {
    stream_info_ = std::move(stream_info);
  }

  // Before the shards run: told of each account whose rights or bans are others now, once the
  // database says so. Called on any thread; must not block.
  void set_account_changed(std::function<void(UserId)> told) { account_changed_ = std::move(told); }

  // Any thread.
  const HubSettings& settings() const { return settings_; }
  const Dialect& dialect(Flavour flavour) const { return *dialects_[static_cast<size_t>(flavour)]; }
  void call(UserPtr user, chat::Command command,
            std::move_only_function<void(Result<chat::Receipt>)> reply) override;
  void user_changed(User user) override;
  void end_access(std::string access_id, UserId user) override;
  void history(std::move_only_function<void(std::string)> answer) override;
  void announce(EntryKind kind, std::string text, std::string fields,
                std::move_only_function<void(Result<chat::Receipt>)> reply) override;
  void show_stream(std::string fields) override;
  void look(std::move_only_function<void(const chat::Room&)> look) override;
  // Closes all connections with 1001 over `spread_ms`; whoever is here is expected back.
  void drain(int64_t spread_ms);
  // True once drain() has stored who was here, or could not.
  bool presence_saved() const { return presence_saved_.load(std::memory_order_relaxed); }
  // True from drain() on: nobody new is let in.
  bool draining() const { return draining_.load(std::memory_order_relaxed); }

  // The lanes are about to end: their queued work is answered without the database.
  void close() { closing_.store(true, std::memory_order_relaxed); }

  DeflateDemand& deflate_demand(Flavour flavour) {
    return deflate_demand_[static_cast<size_t>(flavour)];
  }

  // On shard `i`'s thread.
  ShardHub& shard(size_t i) { return *shard_hubs_[i]; }

  // Home shard: from the shards.
  // `since`: the last entry that a returning client says it has. `login`: 0 for guests.
  void join(chat::ConnId conn, const UserPtr& user, const IpAddress& address,
            std::optional<Seq> since, LoginKey login);
  void leave(chat::ConnId conn);
  void heard(const std::vector<Echo>& echoes);
  void command(chat::ConnId conn, chat::Command command);
  // A reader who fell behind asks what he must have of the entries from `first_missed` on.
  void gap(chat::ConnId conn, Seq first_missed);

 private:
  // RoomPort, home shard.
  bool append(Entry& entry, chat::Asker& asker) override;
  bool journal_stalled() const override;
  void publish(const Entry& entry) override;
  void publish_presence(chat::PresenceKind kind, const User& user, TimeMs at) override;
  void publish_notice(std::string_view text, TimeMs at) override;
  void publish_paid_events(const std::vector<Entry>& live) override;
  void publish_reload() override;
  void welcome(chat::ConnId conn, const User* user) override;
  void refuse(chat::ConnId conn, const chat::Refusal& refusal, std::string_view nonce) override;
  void acknowledge(chat::ConnId conn, const chat::Receipt& receipt,
                   std::string_view nonce) override;
  void deliver_whisper(chat::ConnId conn, const chat::Whisper& whisper) override;
  void whisper_sent(chat::ConnId conn, const chat::Whisper& whisper) override;
  void vote_counted(chat::ConnId conn, int64_t option) override;
  void expel(chat::ConnId conn, std::string_view word) override;
  void find_user(std::string nick, UserId id, UserAnswer answer) override;
  void find_addresses(UserId user,
                      std::move_only_function<void(std::vector<std::string>)> answer) override;
  void reload_users(std::vector<UserId> ids,
                    std::move_only_function<void(std::vector<User>)> answer) override;
  void store_whisper(User from, User to, std::string text,
                     std::move_only_function<void(Result<chat::Whisper>)> answer) override;
  void find_entry(EntryId id,
                  std::move_only_function<void(Result<std::optional<Entry>>)> answer) override;

  // A message between its admission and its showing.
  struct Admitted;
  void answered(journal::Requests batch);  // on the journal's thread
  void settle(Admitted& admitted);

  // hub_fan_out.cc
  bool turn(size_t shard);
  bool home_turn();
  std::string shown_nick(std::string_view word) const;
  void tick();
  template <class F>  // f(dialect) -> frame text
  void publish_frames(F encode, Seq seq);
  void add_text(size_t flavour, std::string_view text, Seq seq);
  template <class F>
  void send_frame(chat::ConnId conn, F encode);
  void seal();
  void publish_stream(std::string_view fields);
  void remember(const Entry& entry, const std::string& text);
  Outbox& to(chat::ConnId conn);
  // hub_database.cc: runs `work` with a connection on the db lane and `answer` with its result at
  // home.
  template <class T, class Work>
  void on_db(Work work, std::move_only_function<void(Result<T>)> answer);
  void save_presence(storage::PresenceDiff batch, std::move_only_function<void(Result<void>)> done);

  const HubParts parts_;
  std::function<void(UserId)> account_changed_;
  std::function<std::string()> stream_info_ = [] { return std::string("null"); };
  const HubSettings settings_;
  std::array<std::unique_ptr<Dialect>, kFlavours> dialects_;
  HomeInbox inbox_;
  chat::Room room_;
  WelcomeDesk welcome_;
  std::vector<std::unique_ptr<ShardHub>> shard_hubs_;
  std::vector<Outbox> outboxes_;  // home to each shard
  std::array<DeflateDemand, kFlavours> deflate_demand_;
  std::vector<FeedEncoder> encoders_;  // by flavour
  std::shared_ptr<FeedBatch> building_;
  std::array<size_t, kFlavours> readers_{};  // connections that have joined and not left
  size_t unswept_bytes_ = 0;  // published since all readers of the home shard had been visited
  std::string history_json_;
  uint64_t history_version_ = 0;  // that history_json_ was made of
  std::atomic<bool> closing_{false};
  RecentFrames recent_;
  struct Returning {
    std::optional<Seq> since;
    std::optional<Seq> echoed;
  };
  std::unordered_map<chat::ConnId, Returning> returning_;  // until they are welcomed
  EchoTable echoes_;
  PresenceSaver presence_saver_;
  std::atomic<bool> presence_saved_{false};
  const int64_t restart_grace_ms_;
  // Those who were here at a restart had surely received all up to here, and are awaited so long.
  Seq restart_echo_ = 0;
  MonoMs restart_until_ = 0;
  Seq last_seq_ = 0;
  std::atomic<bool> draining_{false};
};

}  // namespace strims::hub
