#include "hub/welcome.h"

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
    if (resume.asked) add(frame(dialect.resume_lost(room.history().replay())));
    add(history(room, dialect, flavour));
  }
  add(frame(dialect.paid_events(room.live_paid_events(), paid_event_ms_)));
  if (const auto& pin = room.pin()) add(frame(dialect.entry(*pin)));
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
  if (room.poll()) out.push_back(poll(room, user, dialect));
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

Bytes WelcomeDesk::names(const chat::Room& room, const Dialect& dialect, Flavour flavour) {
  Cached& cached = names_[static_cast<size_t>(flavour)];
  const chat::Members& members = room.members();
  if (!cached.bytes || cached.version != members.version()) {
    std::vector<UserPtr> users;
    members.for_each_present([&](const chat::Member& member) {
      if (users.size() < names_max_) users.push_back(member.user);
    });
    cached = {members.version(), frame(dialect.names(users, members.connection_count()))};
  }
  return cached.bytes;
}

Bytes WelcomeDesk::history(const chat::Room& room, const Dialect& dialect, Flavour flavour) {
  Cached& cached = history_[static_cast<size_t>(flavour)];
  if (!cached.bytes || cached.version != room.history().version())
    cached = {room.history().version(), frame(dialect.history(room.history().replay()))};
  return cached.bytes;
}

}  // namespace strims::hub
