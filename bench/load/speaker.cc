#include "load/speaker.h"

#include <algorithm>

namespace strims::load {

void Speaker::start(int64_t now_us, double seconds) {
  begin_us_ = now_us;
  end_us_ = now_us + static_cast<int64_t>(seconds * 1e6);
  due_ = static_cast<uint64_t>(plan_.rate * seconds);
  said_ = 0;
}

bool Speaker::step(int64_t now_us) {
  if (senders_.empty()) return false;
  for (Client* sender : senders_) settle(*sender->sender());
  if (plan_.window > 0) {
    if (now_us >= end_us_) return false;
    step_closed(now_us);
    return true;
  }
  if (said_ >= due_) return false;
  step_open(now_us);
  return true;
}

void Speaker::step_open(int64_t now_us) {
  const auto now_due =
      static_cast<uint64_t>(static_cast<double>(now_us - begin_us_) / 1e6 * plan_.rate) + 1;
  const uint64_t wanted = std::min(due_, now_due) - std::min(said_, now_due);
  // Each sender's share in one write: numbers go round the senders.
  const size_t first = static_cast<size_t>(said_ % senders_.size());
  for (size_t i = 0; i < senders_.size() && i < wanted; ++i) {
    const uint64_t share = (wanted - i + senders_.size() - 1) / senders_.size();
    say((first + i) % senders_.size(), share, now_us);
  }
  said_ += wanted;
}

void Speaker::step_closed(int64_t now_us) {
  for (size_t i = 0; i < senders_.size(); ++i) {
    const SenderLog& log = *senders_[i]->sender();
    const uint64_t waiting = log.sent - std::min(log.sent, log.answered + log.refused);
    if (waiting < plan_.window) say(i, plan_.window - waiting, now_us);
  }
}

void Speaker::say(size_t index, uint64_t count, int64_t now_us) {
  Client& sender = *senders_[index];
  SenderLog& log = *sender.sender();
  frames_.clear();
  for (uint64_t i = 0; i < count; ++i) {
    const Stamp stamp{(log.sent + i) * senders_.size() + log.index, now_us};
    table_.open(stamp.number, stamp.sent_us);
    std::string nonce;
    if (log.nonces)
      nonce = "n" + std::to_string(stamp.number) + "-" + std::to_string(stamp.sent_us);
    const size_t at = frames_.size();
    text_.append_frame(frames_, stamp, nonce);
    if (log.nonces) unacknowledged_[stamp.number] = frames_.substr(at);
  }
  // With nonces whatever is not sent now is sent when the connection is back.
  if (!sender.send(frames_) && !log.nonces) return tally_.unsent.add(count);
  log.sent += count;
  tally_.sent.add(count);
}

void Speaker::settle(SenderLog& log) {
  for (const uint64_t number : log.acknowledged) unacknowledged_.erase(number);
  log.acknowledged.clear();
}

void Speaker::repeat_unacknowledged(Client& sender) {
  const SenderLog& log = *sender.sender();
  settle(*sender.sender());
  for (const auto& [number, frame] : unacknowledged_)
    if (number % log.senders == log.index) (void)sender.send(frame);
}

uint64_t Speaker::accepted() const {
  uint64_t sum = 0;
  for (const Client* sender : senders_) sum += sender->sender()->sent - sender->sender()->refused;
  return sum;
}

}  // namespace strims::load
