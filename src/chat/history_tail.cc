#include "chat/history_tail.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace strims::chat {
namespace {

bool belongs(EntryKind kind) {
  switch (kind) {
    case EntryKind::message:
    case EntryKind::broadcast:
    case EntryKind::mute:
    case EntryKind::unmute:
    case EntryKind::ban:
    case EntryKind::unban:
    case EntryKind::subonly:
    case EntryKind::phrase_add:
    case EntryKind::phrase_remove:
    case EntryKind::death:
    case EntryKind::subscription:
    case EntryKind::gift_sub:
    case EntryKind::mass_gift:
    case EntryKind::donation:
      return true;
    default:
      return false;
  }
}

}  // namespace

void HistoryTail::add(Entry entry) {
  if (entry.kind == EntryKind::tombstone) {
    if (std::erase_if(entries_, [&](const Entry& e) { return e.id == entry.target_entry; }) > 0)
      ++version_;
    return;
  }
  if (!belongs(entry.kind)) return;
  entries_.push_back(std::move(entry));
  if (entries_.size() > kept_) entries_.pop_front();
  ++version_;
}

size_t HistoryTail::lines_since(Seq seq) const {
  const auto first =
      std::upper_bound(entries_.begin(), entries_.end(), seq,
                       [](Seq value, const Entry& entry) { return value < entry.seq; });
  return std::max(lines_, static_cast<size_t>(entries_.end() - first));
}

std::vector<const Entry*> HistoryTail::replay(size_t lines) const {
  std::vector<const Entry*> out;
  lines = std::min(lines, entries_.size());
  out.reserve(lines);
  const size_t first = entries_.size() - lines;
  std::unordered_set<UserId> released;  // spoke or was pardoned later than the entry at hand
  std::unordered_map<UserId, std::vector<size_t>> pardons;  // places in `out`
  for (size_t i = entries_.size(); i > first; --i) {
    const Entry& e = entries_[i - 1];
    switch (e.kind) {
      case EntryKind::message:
        released.insert(e.actor.id);
        break;
      case EntryKind::unmute:
      case EntryKind::unban:
        released.insert(e.target_id);
        pardons[e.target_id].push_back(out.size());
        break;
      case EntryKind::mute:
      case EntryKind::ban:
        if (!released.contains(e.target_id)) break;
        // Nor is it told that something was lifted which is not told.
        for (const size_t place : pardons[e.target_id]) out[place] = nullptr;
        pardons.erase(e.target_id);
        continue;
      case EntryKind::death:
        if (released.contains(e.actor.id)) continue;
        break;
      default:
        break;
    }
    out.push_back(&e);
  }
  std::erase(out, nullptr);
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace strims::chat
