// What one reader has been told, in order: the check that nothing was lost, doubled or reordered.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "load/message_table.h"
#include "load/message_text.h"
#include "load/tally.h"

namespace strims::load {

// What a sender waits for.
struct SenderLog {
  uint64_t index = 0;  // message numbers n with n % senders == index are its own
  uint64_t senders = 1;
  bool nonces = false;
  uint64_t sent = 0;
  uint64_t answered = 0;
  uint64_t refused = 0;
  std::vector<uint64_t> acknowledged;  // numbers; whoever sends again takes them out
};

class Transcript {
 public:
  // One text message. `measuring`: its times are recorded.
  void on_text(std::string_view text, int64_t now_us, Tally& tally, MessageTable& table,
               SenderLog* sender, bool measuring);
  // A new connection begins, which may say again what the last one has said before it goes on.
  void resume() { resuming_ = true; }
  uint64_t last_seq() const { return last_seq_; }
  // Our messages since the last reset.
  uint64_t messages() const { return messages_; }
  void reset_window() {
    messages_ = 0;
    joins_ = quits_ = 0;
  }
  uint32_t joins() const { return joins_; }
  uint32_t quits() const { return quits_; }

 private:
  void on_seq(uint64_t seq, Tally& tally);
  void on_history(std::string_view text, int64_t now_us, Tally& tally, MessageTable& table);
  void on_message(std::string_view text, uint64_t seq, int64_t now_us, Tally& tally,
                  MessageTable& table, SenderLog* sender, bool measuring);

  uint64_t last_seq_ = 0;
  uint64_t messages_ = 0;
  uint32_t joins_ = 0;
  uint32_t quits_ = 0;
  bool resuming_ = false;
};

}  // namespace strims::load
