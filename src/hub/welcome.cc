#include "hub/welcome.h"

#include <algorithm>
#include <utility>

#include "hub/gap_digest.h"
#include "proto/ws_encoder.h"

namespace strims::hub {
namespace {

Bytes frame(const std::string& text) {
  return std::make_shared<const std::string>(text.empty() ? std::string()
                                                          : proto::text_frame(text));
}

}  // namespace

std::vector<Bytes> WelcomeDesk::frames(const chat::Room& room, const User* user,
                                       const Dialect& dialect, Flavour flavour,
                                       const Resume& resume) {
  std::vector<Bytes> out;
  const auto add = [&](Bytes bytes) {
    if (!bytes->empty()) out.push_back(std::move(bytes));
  };
  add(frame(dialect.me(user)));
  add(names(room, dialect, flavour));
  if (resume.asked && resume.missed) {
    for (const Bytes& bytes : *resume.missed) add(bytes);
  } else {
    if (resume.asked) {
      const auto lines = room.history().replay();
      add(frame(dialect.resume_lost(lines.empty() ? room.last_seq() + 1 : lines.front()->seq)));
    }
    add(history(room, dialect, flavour, resume.echoed));
  }
  add(frame(dialect.paid_events(room.live_paid_events(), paid_event_ms_)));
  if (flavour == Flavour::site) return out;
  if (const auto& pin = room.pin()) {
    add(frame(dialect.entry(*pin)));
  } else if (const auto& unpin = room.unpin();
             unpin && resume.echoed && *resume.echoed < unpin->seq) {
    // Away at the unpinning, his page still shows it.
    add(frame(dialect.entry(*unpin)));
  }
  if (room.poll()) add(poll(room, user, dialect));
  // As it was said, where that is known: a client that has seen it does not show it again.
  if (room.subonly_tier() > 0)
    add(frame(room.subonly_entry() ? dialect.entry(*room.subonly_entry())
                                   : dialect.subonly(room.subonly_tier())));
  // The strims flavour says nothing at connect; its bots take any ERR for a failure.
  if (user && flavour == Flavour::dgg) {
    if (const int64_t left = room.mute_left_ms(user->id); left > 0)
      add(frame(dialect.muted((left + 999) / 1000)));
  }
  return out;
}

std::vector<Bytes> WelcomeDesk::after_gap(const chat::Room& room, const User* user,
                                          const Dialect& dialect, Flavour flavour, const Gap& gap) {
  std::vector<Bytes> out;
  if (gap.from != 0) out.push_back(frame(dialect.gap(gap.from, gap.to)));
  out.push_back(names(room, dialect, flavour));
  for (Bytes& bytes : essential_frames(gap.missed, user)) out.push_back(std::move(bytes));
  if (gap.from != 0 && room.poll()) out.push_back(poll(room, user, dialect));
  return out;
}

Bytes WelcomeDesk::poll(const chat::Room& room, const User* user, const Dialect& dialect) const {
  const chat::Poll& poll = *room.poll();
  const int vote = user ? poll.vote_of(user->id) : 0;
  return frame(dialect.poll({.start = &poll.start(),
                             .question = poll.question(),
                             .options = poll.options(),
                             .totals = poll.shown_totals(),
                             .total = poll.shown_sum(),
                             .weighted = poll.weighted(),
                             .time_ms = poll.time_ms(),
                             .can_vote = user != nullptr && vote == 0,
                             .my_vote = vote,
                             .now = clock_.wall_ms()}));
}

// The list costs as much as there are people in it, so it is made at most once a round, and of
// pieces that are made once for each user.
void WelcomeDesk::list_users(const chat::Presence& presence, const Dialect& dialect, Names& names) {
  names.version = presence.version();
  names.users.clear();
  for (const UserPtr& user : presence.listed()) {
    ListedUser& listed = names.people[user->id];
    if (listed.user != user) listed = {user, dialect.listed(*user)};
    listed.version = names.version;
    if (!names.users.empty()) names.users += ',';
    names.users += listed.json;
  }
  if (names.people.size() > 2 * presence.listed_count() + 64)
    std::erase_if(names.people, [&](const auto& p) { return p.second.version != names.version; });
}

Bytes WelcomeDesk::names(const chat::Room& room, const Dialect& dialect, Flavour flavour) {
  Names& names = names_[static_cast<size_t>(flavour)];
  const chat::Presence& presence = room.presence();
  const size_t connections = room.members().connection_count();
  const size_t present = presence.present_count();
  if (names.bytes && names.version == presence.version() && names.connections == connections &&
      names.present == present)
    return names.bytes;
  if (names.version != presence.version()) list_users(presence, dialect, names);
  names.connections = connections;
  names.present = present;
  names.bytes = frame(dialect.names(
      names.users, connections,
      present > presence.listed_count() ? std::optional<size_t>(present) : std::nullopt));
  return names.bytes;
}

Bytes WelcomeDesk::history(const chat::Room& room, const Dialect& dialect, Flavour flavour,
                           std::optional<Seq> echoed) {
  const chat::HistoryTail& tail = room.history();
  History& cached = history_[static_cast<size_t>(flavour)];
  if (std::exchange(cached.version, tail.version()) != tail.version()) cached.by_lines.clear();
  size_t lines = tail.lines();
  if (echoed) {
    // In steps, so that many who come back share a few frames.
    constexpr size_t kStep = 25;
    const size_t needed = tail.lines_since(*echoed);
    if (needed > lines)
      lines = std::min((needed + kStep - 1) / kStep * kStep, chat::HistoryTail::kMostLines);
  }
  Bytes& bytes = cached.by_lines[lines];
  if (!bytes) bytes = frame(dialect.history(tail.replay(lines)));
  return bytes;
}

}  // namespace strims::hub
