// One WebSocket connection: a socket, a decoder, a cursor in its feed and, while needed, a private
// queue. Lives on its shard, owned by the ShardHub. Small: what is rare lies on the heap while it
// is needed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "chat/conn_id.h"
#include "hub/echo_table.h"
#include "hub/feed.h"
#include "hub/newcomer.h"
#include "hub/private_queue.h"
#include "net/reactor.h"
#include "net/send_batch.h"
#include "proto/ws_decoder.h"

namespace strims::hub {

class ShardHub;

// What a shard keeps of who somebody is; the room knows the rest.
struct Login {
  explicit Login(const Identity& identity)
      : user(identity.user->id), key(login_key(identity.access_id)), bot(identity.user->is_bot()) {}
  UserId user;
  LoginKey key;
  Seq echoed = 0;  // the newest entry that its pongs say has arrived
  bool bot;
  bool echo_waits = false;  // to be told to the home shard
};

class Connection final : public net::EventHandler, private proto::WsDecoder::Sink {
 public:
  enum class State : uint8_t {
    joining,  // upgraded; the room has not answered yet, input waits
    live,
    closing,  // a close frame is queued or sent
    dead,     // deregistered, waits for its burial
  };
  using Mode = hub::Mode;

  // Takes socket, lease and leftover of the newcomer.
  Connection(ShardHub& hub, chat::ConnId id, Newcomer& newcomer);

  chat::ConnId id() const { return id_; }
  Flavour flavour() const { return flavour_; }
  State state() const { return state_; }
  Mode mode() const { return mode_; }
  Login* login() const { return login_.get(); }  // null: a guest
  // Reads the deflated form of the feed, or waits for the epoch from which on it can.
  bool wants_deflated() const { return shared_window_; }
  bool reads_deflated() const { return encoding_ == Encoding::deflated; }

  // Queues frames behind what the feed holds now. A connection that lets too much lie is cut.
  void send(Bytes frames);
  // The room's welcome: its frames are queued, and the feed follows from here.
  void welcome(const std::vector<Bytes>& frames);
  // The answer to ShardHub::ask_for_gap: what the client must have of what it missed, and the feed
  // follows again from here.
  void resume_feed(const std::vector<Bytes>& frames);
  // Sends a frame that may be left out, when it can go at once: nothing waits and the socket takes
  // it. Costs no memory.
  void send_now(std::string_view frame);
  // Ends politely: a close frame behind all that is queued, then the TCP connection.
  void close(uint16_t code, std::string_view reason);
  // Ends at once, with RST: for readers that cannot be told any more.
  void cut(std::string_view why);
  // Reads on when TLS holds decrypted bytes, for which no event comes.
  void read_some();

  // True when there is something to send and the socket would take it.
  bool wants_flush() const;
  // True when the reader is further behind in the feed than he may be.
  bool lags() const;
  // For such a reader: he is told which entries he misses, when he asked for that; else he is
  // closed with 4008 and comes back to the history.
  void fall_behind();
  // Sends from the cursor on, as much as the socket takes.
  void flush();
  // The same as a part of `batch`, where the socket can; else false. sent() follows.
  bool flush_later(net::SendBatch<Connection>& batch);
  void sent(std::span<const iovec> parts, const net::IoResult& result);
  // Looked at about once a second: time-outs.
  void check_time(MonoMs now);

  void on_event(uint32_t events) override;

 private:
  bool on_event(const proto::WsDecoder::Event& event) override;
  void on_message(std::string_view text);
  void queue(Bytes frames, bool counted);
  void start_reading();
  void advance(size_t sent);
  size_t gather(iovec* parts, size_t max_parts) const;
  size_t next_parts(std::span<iovec> parts);
  bool settle(std::span<const iovec> parts, const net::IoResult& result);
  FeedPosition feed_limit() const;
  void change_over();
  bool keep_started_frame(FeedPosition behind);
  void set_blocked(bool blocked);
  void finish(std::string_view why);
  bool take_command_token();

  ShardHub& hub_;
  net::Socket socket_;
  proto::WsDecoder decoder_;
  FeedPosition cursor_ = 0;
  std::unique_ptr<PrivateQueue> queue_;
  std::unique_ptr<Login> login_;
  std::unique_ptr<std::string> leftover_;
  http::ConnectionTable::Lease lease_;
  Seq gap_from_ = 0;            // the first entry he missed, while his feed stands still
  int64_t command_due_us_ = 0;  // rate limit (GCRA): when the next command is due
  chat::ConnId id_;
  uint32_t heard_s_ = 0;    // monotonic seconds: something came from the peer
  uint32_t stalled_s_ = 0;  // when the socket stopped taking bytes, or closing began; 0: neither
  State state_ = State::joining;
  Flavour flavour_;
  Mode mode_;
  Encoding encoding_ = Encoding::plain;
  const bool shared_window_;
  const bool gaps_;
  bool follows_feed_ = false;
  bool pinged_ = false;   // alone, as a newcomer
  bool blocked_ = false;  // waits for EPOLLOUT
  bool in_batch_ = false;
  bool watched_ = false;
  bool heard_close_ = false;
  bool lost_track_ = false;  // the decoder has given up
};

}  // namespace strims::hub
