// Polls: one at a time, votes weighted by subscription tier on demand.
#include <algorithm>

#include "base/bytes.h"
#include "chat/room.h"

namespace strims::chat {
namespace {

using P = auth::Permission;

// "2", or "/me 2" as the client sends what was typed so.
std::optional<int> option_of(std::string_view text) {
  if (text.starts_with("/me ")) text.remove_prefix(4);
  const auto n = parse_u64(trim_ows(text));
  if (!n || *n == 0 || *n > 1000) return std::nullopt;
  return static_cast<int>(*n);
}

}  // namespace

void Room::start_poll(Act act) {
  if (!auth::allowed(*act.user, P::run_poll)) return refuse(act.asker, "nopermission");
  if (poll_ || poll_pending_) return refuse(act.asker, "activepoll");
  Command& c = act.command;
  const auto fine = [&](const std::string& text) {
    return text::check_message(text, limits_.message).has_value();
  };
  if (!fine(c.question) || c.options.size() < 2 || c.options.size() > limits_.poll_max_options ||
      !std::all_of(c.options.begin(), c.options.end(), fine))
    return refuse(act.asker, "protocolerror");
  const int64_t time = std::clamp(c.time_ms, limits_.poll_min_ms, limits_.poll_max_ms);
  Entry entry = make_entry(EntryKind::poll_start, act.user);
  entry.text = c.question;
  entry.extra = Poll::make_extra(c.question, c.options, c.weighted, time);
  if (append(std::move(entry), std::move(act.asker))) poll_pending_ = true;
}

void Room::stop_poll(Act act) {
  if (!auth::allowed(*act.user, P::run_poll)) return refuse(act.asker, "nopermission");
  if (!poll_ || poll_ending_) return refuse(act.asker, "noactivepoll");
  end_poll(std::move(act.asker), Actor::of(*act.user));
}

void Room::end_poll(Asker asker, const Actor& by) {
  Entry entry = make_entry(EntryKind::poll_stop, nullptr);
  entry.actor = by;
  entry.text = poll_->question();
  entry.extra = poll_->final_extra();
  if (append(std::move(entry), std::move(asker))) poll_ending_ = true;
}

void Room::vote(Act act) {
  if (!auth::allowed(*act.user, P::vote)) return refuse(act.asker, "nochatting");
  if (!poll_ || poll_ending_) return refuse(act.asker, "noactivepoll");
  if (poll_->has_voted(act.user->id)) return refuse(act.asker, "alreadyvoted");
  const auto option = option_of(act.command.text);
  if (!option || static_cast<size_t>(*option) > poll_->options().size())
    return refuse(act.asker, "protocolerror");
  const int64_t quantity = poll_->weighted() ? vote_weight(act.user->tier()) : 1;
  Entry entry = make_entry(EntryKind::vote, act.user);
  entry.number = *option;
  entry.extra = vote_extra(quantity);
  if (append(std::move(entry), std::move(act.asker))) poll_->admit(act.user->id, *option, quantity);
}

}  // namespace strims::chat
