// What follows once an entry is stored: only now anybody sees it.
#include <algorithm>

#include "chat/room.h"

namespace strims::chat {

void Room::committed(Entry entry, bool repeated, Asker asker) {
  const Receipt receipt{entry.id, entry.seq, entry.at};
  if (!entry.nonce.empty()) {
    const auto it = nonces_.find(nonce_key(entry.actor.id, entry.nonce));
    if (it != nonces_.end()) it->second = {true, receipt, it->second.at};
  }
  if (!repeated) {
    last_seq_ = entry.seq;
    show(std::move(entry));
  }
  accept(asker, receipt);
}

void Room::failed(const Entry& entry, Asker asker) {
  undo(entry);
  refuse(asker, "unknown");
}

void Room::show(Entry entry) {
  port_.publish(entry);
  switch (entry.kind) {
    case EntryKind::ban:
      expel_banned(entry);
      break;
    case EntryKind::subonly:
      subonly_shown_ = static_cast<int>(entry.number);
      subonly_entry_ = entry;
      break;
    case EntryKind::pin:
      pin_ = entry.text.empty() ? std::nullopt : std::optional<Entry>(entry);
      unpin_ = entry.text.empty() ? std::optional<Entry>(entry) : std::nullopt;
      break;
    case EntryKind::poll_start:
      poll_pending_ = false;
      if (auto poll = Poll::from_entry(entry)) poll_ = std::move(*poll);
      break;
    case EntryKind::poll_stop:
      poll_.reset();
      poll_ending_ = false;
      break;
    case EntryKind::vote:
      if (poll_) poll_->show(static_cast<int>(entry.number), vote_quantity(entry));
      welcome_first();
      if (const Member* member = members_.find(entry.actor.id))
        for (const ConnId conn : member->connections) port_.vote_counted(conn, entry.number);
      break;
    case EntryKind::subscription:
    case EntryKind::gift_sub:
    case EntryKind::mass_gift:
    case EntryKind::donation:
      paid_events_.push_back(entry);
      break;
    case EntryKind::event_remove:
      std::erase_if(paid_events_, [&](const Entry& e) { return e.uuid == entry.uuid; });
      port_.publish_paid_events(live_paid_events());
      break;
    default:
      break;
  }
  history_.add(std::move(entry));
}

// Nobody has seen it. What it had replaced (an earlier mute, say) is not remembered and does not
// come back.
void Room::undo(const Entry& entry) {
  if (!entry.nonce.empty()) nonces_.erase(nonce_key(entry.actor.id, entry.nonce));
  switch (entry.kind) {
    case EntryKind::message:
      if (Member* member = members_.find(entry.actor.id)) member->last_text.clear();
      break;
    case EntryKind::mute:
    case EntryKind::death:
      punishments_.unmute(entry.target_id);
      break;
    case EntryKind::ban:
      punishments_.withdraw(entry.id);
      break;
    case EntryKind::subonly:
      subonly_tier_ = subonly_shown_;
      break;
    case EntryKind::poll_start:
      poll_pending_ = false;
      break;
    case EntryKind::poll_stop:
      poll_ending_ = false;
      break;
    case EntryKind::vote:
      if (poll_) poll_->withdraw(entry.actor.id, vote_quantity(entry));
      break;
    case EntryKind::phrase_add: {
      std::vector<std::string> phrases = phrases_;
      std::erase(phrases, entry.text);
      compile_phrases(std::move(phrases));
      break;
    }
    case EntryKind::phrase_remove: {
      std::vector<std::string> phrases = phrases_;
      phrases.push_back(entry.text);
      compile_phrases(std::move(phrases));
      break;
    }
    default:
      break;
  }
}

}  // namespace strims::chat
