// Who publishes on the external media servers, as far as we let him in: hooks and the servers' own
// lists go in, and the broadcasts hear what follows from them.
//
// Hooks come late, twice, in another order, or never; a server's list is what counts. So a hook may
// begin something where nobody publishes, and may end its own session; only the list lets one
// session of an external server take a channel over from another, and brings back what a hook has
// ended wrongly. Nobody is taken up who has not shown a key: neither to this process nor to an
// earlier one, which has left its list in a file.
//
// One owner: the lane of the streams. Bounds: kMaxHeld sessions.
#pragma once

#include <functional>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "hooks/hook.h"
#include "model/stream.h"

namespace strims::hooks {

// What the ledger needs of the broadcasts. Made for one call.
class Stage {
 public:
  virtual ~Stage() = default;
  struct Claim {
    ChannelId channel = 0;
    std::string slug;
    std::string key_hash;
  };
  // Errors: unauthenticated/..., forbidden/...: he may not; others: it cannot be told now.
  virtual Result<Claim> check(const stream::PublishAsk& ask) = 0;
  // Whether what was right once is so still.
  virtual Result<bool> still_fits(const Claim& claim) = 0;
  // Becomes the channel's session, in place of the one that is.
  virtual Result<SessionId> begin(size_t server, const Claim& claim) = 0;
  virtual void media(ChannelId channel, SessionId session) = 0;
  virtual void over(ChannelId channel, SessionId session) = 0;
  virtual SessionId current(ChannelId channel) = 0;
};

class Ledger {
 public:
  static constexpr size_t kMaxHeld = 10'000;
  static constexpr int64_t kStaleMs = 60'000;

  struct Held {
    size_t server = 0;
    std::string generation;
    bool guessed = false;  // the hook did not tell it
    std::string path, session, door;
    Stage::Claim claim;
    SessionId ours = 0;     // 0: it is not the channel's session, or not any more
    bool proven = false;    // has sent media
    bool ended = false;     // kept for a while, so that what comes late is known for that
    bool doomed = false;    // is to be thrown out
    bool unlisted = false;  // known by its updates alone: a process of nginx that is about to end,
                            // whose list nobody sees any more, still has it
    int misses = 0;         // lists in a row that do not have it
    int sightings = 0;      // lists that have it though it has ended
    std::optional<int64_t> bytes;
    MonoMs accepted_at = 0, seen_at = 0, ended_at = 0, kicked_at = INT64_MIN / 2;
  };
  using Kicker = std::function<void(const Held&)>;

  // `names` of the servers, in the order of their numbers.
  Ledger(std::vector<std::string> names, const Clock& clock, Kicker kicker);

  // Whether the server is to go on.
  bool hook(Stage& stage, size_t server, const Hook& hook);
  // `asked_at`: when the list was asked for; what came later is not held against it.
  void snapshot(Stage& stage, size_t server, const Snapshot& snapshot, MonoMs asked_at);
  void unreachable(Stage& stage, size_t server);
  // The broadcasts are done with a session of ours: whoever it belongs to is thrown out.
  void close(SessionId session);
  // How long until the server's list is to be looked at again.
  int64_t pause_ms(size_t server) const;

  // The accepted sessions as JSON, for the next process, and whether they have changed since the
  // last call.
  std::optional<std::string> take_changes();
  std::string save() const;
  // What an earlier process saved. Error: invalid/"invalid_json".
  Result<void> load(std::string_view text);

  const std::list<Held>& held() const { return held_; }
  uint64_t foreign_ends() const { return foreign_ends_; }

 private:
  struct Server {
    std::string name;
    std::string generation;  // empty: not known yet
    MonoMs reached_at = 0;
    MonoMs asked_at = 0;              // of the last list
    std::set<std::string> strangers;  // published there and not let in by us
  };
  Held* find(size_t server, const Hook& hook);
  bool is_meant(const Held& held, size_t server, const Hook& hook) const;
  bool publish(Stage& stage, size_t server, const Hook& hook);
  bool refuse(size_t server, const Error& error) const;
  bool admit(Stage& stage, size_t server, const Hook& hook, Stage::Claim claim);
  bool media(Stage& stage, size_t server, const Hook& hook);
  void over(Stage& stage, size_t server, const Hook& hook);
  static bool is_refusal(const Error& error);
  bool begin(Stage& stage, Held& held);
  void advance(Stage& stage, Held& held, bool listed);
  void end(Stage& stage, Held& held);
  void kick(Held& held);
  void new_generation(Stage& stage, size_t server, const std::string& generation);
  void sighted(Stage& stage, Held& held, const Seen& seen, MonoMs asked_at);
  void missed(Stage& stage, Held& held, MonoMs asked_at);
  void sweep();

  const Clock& clock_;
  const Kicker kicker_;
  std::vector<Server> servers_;
  std::list<Held> held_;
  bool changed_ = false;
  uint64_t foreign_ends_ = 0;
};

}  // namespace strims::hooks
