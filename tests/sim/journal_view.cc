#include "sim/journal_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "journal/journal.h"
#include "sim/trace.h"
#include "storage/database_case.h"
#include "text/mentions.h"

namespace strims::sim {
namespace {

constexpr size_t kHistoryKept = 200;  // by the room, at the least, for those who come back

bool in_history(EntryKind kind) {
  switch (kind) {
    case EntryKind::pin:
    case EntryKind::poll_start:
    case EntryKind::vote:
    case EntryKind::poll_stop:
    case EntryKind::event_remove:
    case EntryKind::tombstone:
    case EntryKind::reload:
    case EntryKind::stream:
      return false;
    default:
      return true;
  }
}

// May be left out of a history, for what has happened since.
bool is_punishment(EntryKind kind) {
  return kind == EntryKind::mute || kind == EntryKind::unmute || kind == EntryKind::ban ||
         kind == EntryKind::unban || kind == EntryKind::death;
}

std::string numbers(const std::vector<Seq>& seqs) {
  return fmt::format("[{}]", fmt::join(seqs, " "));
}

}  // namespace

JournalView::JournalView(sql::Database& database, int64_t paid_event_ms)
    : connection_(storage::connect(database)),
      dialects_{hub::make_dgg_dialect(paid_event_ms), hub::make_strims_dialect({"Wow"}),
                hub::make_site_dialect([] { return std::string("null"); })} {}

std::vector<Entry> JournalView::read_after(Seq after) {
  auto entries = journal::read(*connection_, 1,
                               {.after = after,
                                .limit = storage::kMaxReadLimit,
                                .newest_first = false,
                                .with_deleted = true});
  if (!entries) throw std::runtime_error(entries.error().detail);
  return std::move(*entries);
}

void JournalView::add(Entry entry) {
  if (entry.seq != lines_.size() + 1)
    throw Violation(fmt::format("journal: {} follows {}", entry.seq, lines_.size()));
  Line line;
  for (size_t i = 0; i < hub::kFlavours; ++i) line.text[i] = dialects_[i]->entry(entry);
  if (entry.kind == EntryKind::tombstone) {
    const auto target = static_cast<Seq>(entry.number);
    if (target == 0 || target > lines_.size() || at(target).entry.id != entry.target_entry)
      throw Violation(fmt::format("journal: tombstone {} is for no entry", entry.seq));
    Seq& by = lines_[target - 1].deleted_by;
    if (by == 0) by = entry.seq;
  }
  line.entry = std::move(entry);
  lines_.push_back(std::move(line));
}

void JournalView::read_on() {
  for (Entry& entry : read_after(last())) add(std::move(entry));
}

const JournalView::Line* JournalView::find(Seq seq) {
  if (seq > last()) read_on();
  return seq == 0 || seq > last() ? nullptr : &at(seq);
}

Seq JournalView::next_visible(hub::Flavour flavour, Seq after) const {
  for (Seq seq = after + 1; seq <= last(); ++seq)
    if (!at(seq).text[static_cast<size_t>(flavour)].empty()) return seq;
  return 0;
}

std::string JournalView::fault_in_history(const std::vector<Seq>& shown, Seq last, size_t lines,
                                          Seq echoed) const {
  const std::set<Seq> has(shown.begin(), shown.end());
  if (!shown.empty() && shown.back() > last)
    return fmt::format("{} is in a history that ends at {}", shown.back(), last);
  std::vector<Seq> all;
  for (Seq seq = 1; seq <= last; ++seq)
    if (in_history(at(seq).entry.kind) && !deleted(seq, last)) all.push_back(seq);
  for (const Seq seq : shown)
    if (deleted(seq, last)) return fmt::format("{} was deleted by {}", seq, at(seq).deleted_by);

  std::set<UserId> released;  // spoke later, or was pardoned later
  for (size_t i = all.size(); i > 0; --i) {
    const Seq seq = all[i - 1];
    const Entry& e = at(seq).entry;
    const bool must = i + lines > all.size() || (!shown.empty() && seq >= shown.front()) ||
                      (echoed != 0 && seq > echoed && i + kHistoryKept > all.size());
    const bool lifted = is_punishment(e.kind) &&
                        (e.kind == EntryKind::unmute || e.kind == EntryKind::unban ||
                         released.contains(e.kind == EntryKind::death ? e.actor.id : e.target_id));
    if (must && !lifted && !has.contains(seq))
      return fmt::format("{} is missing in a history that ends at {}: {}", seq, last,
                         numbers(shown));
    if (e.kind == EntryKind::message) released.insert(e.actor.id);
    if (e.kind == EntryKind::unmute || e.kind == EntryKind::unban) released.insert(e.target_id);
  }
  return {};
}

std::string JournalView::fault_in_missed(const std::vector<Seq>& shown, Seq since, Seq last) const {
  const std::set<Seq> has(shown.begin(), shown.end());
  for (Seq seq = since + 1; seq <= last; ++seq) {
    const bool must = !at(seq).text[0].empty() && !deleted(seq, last);
    if (must && !has.contains(seq))
      return fmt::format("{} is missing in what came after {}, up to {}: {}", seq, since, last,
                         numbers(shown));
  }
  for (const Seq seq : shown) {
    if (seq > last) return fmt::format("{} is in what came up to {}", seq, last);
    if (seq > since && deleted(seq, last))
      return fmt::format("{} was deleted by {}", seq, at(seq).deleted_by);
  }
  return {};
}

std::vector<Seq> JournalView::essentials(Seq from, Seq to, const User* reader, size_t kept) const {
  std::vector<Seq> out;
  for (Seq seq = std::max(from, to > kept ? to - kept + 1 : 1); seq <= to; ++seq) {
    const Entry& e = at(seq).entry;
    if (at(seq).text[0].empty() || deleted(seq, to) || e.kind == EntryKind::vote ||
        e.kind == EntryKind::poll_start)
      continue;
    const bool his = reader && (e.actor.id == reader->id || text::mentions(e.text, reader->nick));
    if (e.kind != EntryKind::message || his) out.push_back(seq);
  }
  return out;
}

void JournalView::read_again() {
  const std::vector<Entry> now = read_after(0);
  if (now.size() < lines_.size()) throw Violation("journal: entries are gone");
  for (size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    if (now[i].seq != i + 1 || now[i].id != line.entry.id ||
        dialects_[0]->entry(now[i]) != line.text[0])
      throw Violation(fmt::format("journal: {} has changed since it was read", i + 1));
  }
  read_on();
  std::map<UserId, TimeMs> times;
  std::set<EntryId> ids;
  for (const Line& line : lines_) {
    const Entry& e = line.entry;
    if (!ids.insert(e.id).second) throw Violation(fmt::format("journal: id {} twice", e.id));
    // Clients tell lines apart by their time and their author.
    if (e.actor.id == 0 || e.kind == EntryKind::poll_stop) continue;
    TimeMs& time = times[e.actor.id];
    if (e.at <= time)
      throw Violation(
          fmt::format("journal: {} has the time of an earlier one of {}", e.seq, e.actor.nick));
    time = e.at;
  }
}

}  // namespace strims::sim
