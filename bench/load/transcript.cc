#include "load/transcript.h"

#include <charconv>
#include <string>

namespace strims::load {
namespace {

uint64_t number_after(std::string_view text, std::string_view key) {
  const size_t at = text.find(key);
  uint64_t value = 0;
  if (at != std::string_view::npos)
    std::from_chars(text.data() + at + key.size(), text.data() + text.size(), value);
  return value;
}

}  // namespace

void Transcript::on_text(std::string_view text, int64_t now_us, Tally& tally, MessageTable& table,
                         SenderLog* sender, bool measuring) {
  if (text.starts_with("MSG ")) {
    const uint64_t seq = seq_of(text);
    on_seq(seq, tally);
    return on_message(text, seq, now_us, tally, table, sender, measuring);
  }
  if (text.starts_with("HISTORY ")) return on_history(text, now_us, tally, table);
  if (text.starts_with("ACK ")) {
    if (!sender || !sender->nonces) return;
    const uint64_t number = number_after(text, "\"nonce\":\"n");
    const uint64_t sent = number_after(text, "-");
    ++sender->answered;
    sender->acknowledged.push_back(number);
    tally.answered.add();
    if (measuring && sent > 0) tally.answer.record(now_us - static_cast<int64_t>(sent));
    return;
  }
  if (text.starts_with("ERR ")) {
    tally.refused.add();
    if (!sender) return;
    ++sender->refused;
    if (sender->nonces) sender->acknowledged.push_back(number_after(text, "\"nonce\":\"n"));
    return;
  }
  if (text.starts_with("RESUME ")) {
    tally.gaps.add();
    last_seq_ = 0;
    return;
  }
  joins_ += text.starts_with("JOIN ");
  quits_ += text.starts_with("QUIT ");
  if (const uint64_t seq = seq_of(text); seq > 0) on_seq(seq, tally);
}

void Transcript::on_seq(uint64_t seq, Tally& tally) {
  if (seq == 0) return;
  if (last_seq_ == 0 || seq == last_seq_ + 1) {
    last_seq_ = seq;
  } else if (seq > last_seq_) {
    tally.lost.add(seq - last_seq_ - 1);
    last_seq_ = seq;
  } else if (seq == last_seq_) {
    tally.doubled.add();
  } else {
    tally.reordered.add();
  }
}

void Transcript::on_message(std::string_view text, uint64_t seq, int64_t now_us, Tally& tally,
                            MessageTable& table, SenderLog* sender, bool measuring) {
  const auto stamp = stamp_of(text);
  if (!stamp) return;
  ++messages_;
  tally.messages.add();
  if (!table.agrees(seq, stamp->number)) tally.differing.add();
  if (measuring) {
    tally.all.record(now_us - stamp->sent_us);
    table.arrived(stamp->number, now_us, tally);
  }
  if (!sender || sender->nonces || stamp->number % sender->senders != sender->index) return;
  ++sender->answered;
  tally.answered.add();
  if (measuring) tally.answer.record(now_us - stamp->sent_us);
}

// Lines inside JSON strings: their quotes are escaped. Somebody new begins after the last of them;
// somebody who returns goes on with those that he does not have.
void Transcript::on_history(std::string_view text, int64_t, Tally& tally, MessageTable& table) {
  static constexpr std::string_view kKey = "\\\"seq\\\":";
  static constexpr std::string_view kData = "\\\"data\\\":\\\"m";
  size_t line = 0;
  for (size_t at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at + 1)) {
    const uint64_t seq = number_after(text.substr(at), kKey);
    const std::string_view before = text.substr(line, at - line);
    line = at;
    if (!resuming_) {
      last_seq_ = seq;
      continue;
    }
    if (seq <= last_seq_) continue;
    on_seq(seq, tally);
    if (before.find(kData) == std::string_view::npos) continue;
    ++messages_;
    tally.messages.add();
    if (!table.agrees(seq, number_after(before, kData))) tally.differing.add();
  }
}

}  // namespace strims::load
