// The senders of one worker: at a steady rate whatever comes back (open loop), or each with so many
// messages unanswered (closed loop).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "load/client.h"

namespace strims::load {

class Speaker {
 public:
  Speaker(const Plan& plan, Tally& tally, MessageTable& table)
      : plan_(plan), tally_(tally), table_(table), text_(plan.text_bytes) {}
  void add(Client& sender) { senders_.push_back(&sender); }
  bool silent() const { return senders_.empty(); }

  // From now on, for `seconds`.
  void start(int64_t now_us, double seconds);
  // Sends what is due; false when all has been said.
  bool step(int64_t now_us);
  // Messages that everybody must get: sent, and not refused.
  uint64_t accepted() const;
  // Sends again what a connection that ended has left unacknowledged; with nonces only.
  void repeat_unacknowledged(Client& sender);

 private:
  void step_open(int64_t now_us);
  void step_closed(int64_t now_us);
  void say(size_t sender, uint64_t count, int64_t now_us);
  void settle(SenderLog& log);

  const Plan& plan_;
  Tally& tally_;
  MessageTable& table_;
  MessageText text_;
  std::vector<Client*> senders_;
  std::map<uint64_t, std::string> unacknowledged_;  // frames, with nonces only
  std::string frames_;
  int64_t begin_us_ = 0;
  int64_t end_us_ = 0;
  uint64_t due_ = 0;   // of the open loop, since begin_us_
  uint64_t said_ = 0;  // since begin_us_
};

}  // namespace strims::load
