// What people do: speak, keep order, vote, whisper.
#include <fmt/format.h>

#include "sim/world.h"

namespace strims::sim {

std::string World::somebody() {
  return random_.pick(people_)->nick;
}

Viewer* World::anyone_live(bool staff) {
  for (int tries = 0; tries < 6; ++tries) {
    Viewer& viewer = *viewers_[random_.below(staff ? Cast::kStaff : viewers_.size())];
    if (viewer.live() && viewer.user()) return &viewer;
  }
  return nullptr;
}

void World::act() {
  if (random_.below(1000) < static_cast<size_t>(plan_.bursts)) burst();
  Viewer* staff = anyone_live(true);
  Viewer* viewer = anyone_live(false);
  if (!staff || !viewer) return;
  viewer->repeat_unanswered();
  switch (random_.below(20)) {
    case 0:
    case 1:
      return keep_order(*staff);
    case 2:
      return poll(*staff);
    case 3:
      return vote(*viewer);
    case 4:
      return whisper(*viewer);
    case 5:
      return delete_something();
    case 6:
      if (random_.chance(50)) return from_the_site();
      return viewer->send("PING 17");
    case 7:
      return viewer->send(random_.pick({"MSG {\"data\":", "MSG {\"data\":7}", "NOTHING {}"}));
    case 8:
    case 9:
    case 10:
      return speak(*staff, random_.chance(20));
    default:
      return speak(*viewer, random_.chance(10));
  }
}

void World::speak(Viewer& viewer, bool long_one) {
  const uint64_t serial = ledger_.next_serial();
  std::string text = fmt::format("m{}", serial);
  if (random_.chance(10)) text += " @" + somebody();
  if (random_.chance(3)) text += " zap" + std::to_string(random_.below(3));
  if (random_.chance(20)) text += " Wow what a day this is";
  while (long_one && text.size() < 300 + serial % 200)
    text += fmt::format(" {:x}", random_.next() & 0xffff);
  viewer.say(text, random_.chance(85) ? fmt::format("n{}", serial) : "");
}

void World::burst() {
  Viewer* staff = anyone_live(true);
  if (!staff) return;
  for (size_t n = 5 + random_.below(25); n > 0; --n) speak(*staff, true);
}

void World::keep_order(Viewer& staff) {
  const std::string nick = somebody();
  const int64_t ns = random_.between(1, 20) * 1'000'000'000;
  switch (random_.below(13)) {
    case 0:
    case 1:
      return staff.send(fmt::format("MUTE {{\"data\":\"{}\",\"duration\":{}}}", nick, ns));
    case 2:
      return staff.send(fmt::format("UNMUTE {{\"data\":\"{}\"}}", nick));
    case 3:
      return staff.send(
          fmt::format("BAN {{\"nick\":\"{}\",\"reason\":\"so\",\"duration\":{},\"banip\":{}}}",
                      nick, ns, random_.chance(20)));
    case 4:
    case 5:
      return staff.send(fmt::format("UNBAN {{\"data\":\"{}\"}}", nick));
    case 6:
      return staff.send("SUBONLY {\"data\":\"on\"}");
    case 7:
      return staff.send("SUBONLY {\"data\":\"off\"}");
    case 8:
      return staff.send(fmt::format("BROADCAST {{\"data\":\"b{}\"}}", ledger_.next_serial()));
    case 9:
      return staff.send(random_.chance(50)
                            ? fmt::format("PIN {{\"data\":\"p{}\"}}", ledger_.next_serial())
                            : "PIN {\"data\":\"\"}");
    case 10:
      return staff.send(fmt::format("ADDPHRASE {{\"data\":\"zap{}\"}}", random_.below(3)));
    case 11:
      return staff.send(fmt::format("REMOVEPHRASE {{\"data\":\"zap{}\"}}", random_.below(3)));
    default:
      return staff.send("DIE {}");
  }
}

void World::poll(Viewer& staff) {
  if (random_.chance(30)) return staff.send("STOPPOLL {}");
  staff.send(
      fmt::format("STARTPOLL {{\"question\":\"q{}?\",\"options\":[\"yes\",\"no\",\"zap0\"],"
                  "\"weighted\":{},\"time\":{}}}",
                  ledger_.next_serial(), random_.chance(30), random_.between(500, 8'000)));
}

void World::vote(Viewer& viewer) {
  viewer.send(fmt::format("CASTVOTE {{\"vote\":\"{}\"}}", random_.between(1, 4)));
}

void World::whisper(Viewer& viewer) {
  const User& to = *random_.pick(people_);
  const std::string text = fmt::format("w{}", ledger_.next_serial());
  ledger_.whispered(*viewer.user(), to, text);
  viewer.send(fmt::format("PRIVMSG {{\"nick\":\"{}\",\"data\":\"{}\"}}", to.nick, text));
}

// What comes in by REST: payments, changed rights, logins that end.
void World::from_the_site() {
  const User& user = *random_.pick(people_);
  switch (random_.below(3)) {
    case 0:
      return pay(user);
    case 1: {
      User changed = user;
      if (random_.chance(50)) changed.features.emplace_back("vip");
      return server_->hub().user_changed(std::move(changed));
    }
    default: {
      const Viewer& viewer = *random_.pick(viewers_);
      if (viewer.user()) server_->hub().end_access(viewer.login(), viewer.user()->id);
    }
  }
}

// Or takes a paid event out of the bar, which is an entry that nobody is shown.
void World::pay(const User& buyer) {
  chat::Command command{
      .verb = chat::Verb::event_add,
      .text = fmt::format("d{}", ledger_.next_serial()),
      .target_id = buyer.id,
      .paid_kind = EntryKind::donation,
      .extra = fmt::format(R"({{"amount":700,"user":{{"nick":"{}"}}}})", buyer.nick)};
  journal_.read_on();
  if (journal_.last() > 0 && random_.chance(50)) {
    const Entry& entry = journal_.at(1 + random_.below(journal_.last())).entry;
    if (!entry.uuid.empty()) command = {.verb = chat::Verb::event_remove, .text = entry.uuid};
  }
  server_->hub().call(people_[0], std::move(command), [](const Result<chat::Receipt>&) {});
}

void World::delete_something() {
  journal_.read_on();
  if (journal_.last() == 0) return;
  const Entry& entry = journal_.at(1 + random_.below(journal_.last())).entry;
  server_->hub().call(people_[random_.below(3)],
                      {.verb = chat::Verb::delete_message, .entry_id = entry.id},
                      [](const Result<chat::Receipt>&) {});
}

}  // namespace strims::sim
