// The WebSocket connections of one shard and the feeds they read. All calls on the shard's thread.
//
// Fan-out: frames are appended to a ring once; a sweep then visits every connection and sends what
// lies between its cursor and the ring's end. A sweep goes in slices (a few dozen sends, then a
// look at the input), and what arrives during a sweep goes out with it, so batching needs no timer
// and no message waits for one.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chat/command.h"
#include "hub/connection.h"
#include "hub/deflate_demand.h"
#include "hub/dialects/dialect.h"
#include "hub/feed.h"
#include "hub/newcomer.h"
#include "hub/outbox.h"
#include "hub/settings.h"
#include "net/shard.h"
#include "proto/ws_inflate.h"

namespace strims::hub {

class Hub;

// One stretch of every feed, encoded once for all shards.
struct FeedBatch {
  std::array<FeedPart, kFlavours> parts;
  Seq last_seq = 0;  // of the newest entry in it or before it
};

class ShardHub {
 public:
  ShardHub(Hub& hub, net::Shards& shards, size_t shard);
  ~ShardHub();

  // Makes the connection. It joins the room; echo connections are live at once.
  chat::ConnId adopt(Newcomer newcomer);

  // From the home shard, in its order.
  void apply(const FeedBatch& batch);
  // `encode` turns the connection's dialect into one frame's text.
  template <class F>
  void send_as(chat::ConnId id, const F& encode) {
    if (Connection* connection = find(id))
      send_text(*connection, encode(dialect(connection->flavour())));
  }
  void welcome(chat::ConnId id, const std::vector<Bytes>& frames);
  // What a reader who fell behind must have of what he missed; his feed goes on from here.
  void resume_feed(chat::ConnId id, const std::vector<Bytes>& frames);
  // Sends the word as an ERR and closes.
  void expel(chat::ConnId id, std::string_view word);
  // A login ended: its connections close with 1008 "revoked".
  void end_access(std::string_view access_id, UserId user);
  // Closes everything, spread over `spread_ms`, with 1001 (today's web client returns at once and
  // in silence).
  void drain(int64_t spread_ms);

  // Puts a ping into every feed.
  void ping();
  // Sends one to this connection alone.
  void ping(Connection& connection);
  // Ends the connections whose time is up at `now`. Done about once a second.
  void check_time(MonoMs now);

  // One slice of work; true when there is more. The reactor's idle hook.
  bool turn();
  bool has_work() const;
  bool sweeping() const { return sweep_left_ > 0; }

  // For connections.
  net::Reactor& reactor() { return reactor_; }
  const HubSettings& settings() const;
  const Dialect& dialect(Flavour flavour) const;
  const Feed& feed(Flavour flavour) const { return *feeds_[static_cast<size_t>(flavour)]; }
  proto::WsInflater& inflater() { return inflater_; }
  void mark_dirty(Connection& connection) { dirty_.push_back(connection.id()); }
  void read_again(chat::ConnId id) { read_again_.push_back(id); }
  void remove(Connection& connection, std::string_view why);
  void submit(Connection& connection, chat::Command command);
  void refuse(Connection& connection, std::string_view word, std::string_view nonce);
  void send_text(Connection& connection, const std::string& text);
  void count_sent(size_t bytes);
  // A connection has changed over to the deflated form of its feed (+1) or back (-1).
  void count_deflated(const Connection& connection, int change);
  // The connection's feed stands still; the home shard finds what it must have of the entries from
  // `first_missed` on and answers by resume_feed().
  void ask_for_gap(const Connection& connection, Seq first_missed);
  // A pong's payload: the number of an entry that was pinged, or anything else.
  void note_echo(chat::ConnId id, Login& login, std::string_view payload);

  size_t size() const { return connections_.size(); }
  // Of the newest entry that the feeds have or had.
  Seq last_seq() const { return last_seq_; }
  // Before the shards run.
  void restore(Seq last_seq) { last_seq_ = last_seq; }

 private:
  struct Slot {
    std::unique_ptr<Connection> connection;
    uint32_t generation = 0;
    uint32_t index = 0;  // in connections_
  };
  Connection* find(chat::ConnId id);
  void flush_dirty();
  void flush(Connection& connection);
  void send_batch();
  void sweep();
  bool may_sweep();
  void visit(Connection& connection, size_t& sends);
  void tick();
  void tell_echoes();
  void drain_some();

  Hub& hub_;
  net::Reactor& reactor_;
  const size_t shard_;
  Outbox to_home_;
  std::array<std::unique_ptr<Feed>, kFlavours> feeds_;
  proto::WsInflater inflater_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  std::vector<Connection*> connections_;  // all, in no order; the sweep goes round
  net::SendBatch<Connection> batch_;
  std::vector<chat::ConnId> dirty_;  // have private frames
  std::vector<chat::ConnId> read_again_;
  size_t sweep_at_ = 0;
  size_t sweep_left_ = 0;  // connections that have not been visited since the last append
  size_t pass_left_ = 0;   // visits until the sweep has been everywhere once
  MonoMs next_pass_ = 0;   // not before
  bool pass_timer_ = false;
  std::array<size_t, kFlavours> readers_{};
  std::array<size_t, kFlavours> deflated_{};  // of them, who read the deflated form
  Seq last_seq_ = 0;
  Seq pinged_ = 0;                    // the newest number that a ping carried
  std::vector<chat::ConnId> echoed_;  // have echoed a new number since home was told
  MonoMs next_ping_ = 0;
  MonoMs drain_start_ = 0;
  int64_t drain_spread_ms_ = -1;
  size_t drain_total_ = 0;
};

}  // namespace strims::hub
