// deps: hub
// A room driven by a script of people, frames, commits and failures. Whatever happens: every asker
// is answered exactly once, entries are shown in the order of their numbers, one user's times
// strictly increase, joins and quits alternate, and every frame is valid JSON in both dialects.
//
// One step per line. "0MSG {...}" to "7...": a frame of that connection. j<conn><user>, l<conn>:
// joins, leaves. r<user><frame>: a call over REST. c C f: the journal stores one, all, or can never
// store the next. F s A L: toggles a full journal, a stalled one, a database that is away, answers
// that come later. a: the oldest of these comes. t<char>: time passes. u<user><role>: rights
// change.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/json_read.h"
#include "chat/room_testing.h"
#include "hub/dialects/dgg_parse.h"
#include "hub/dialects/dialect.h"

namespace {

using namespace strims;

void require(bool condition) {
  if (!condition) std::abort();
}

chat::RoomLimits small_limits() {
  chat::RoomLimits limits;
  limits.history_lines = 8;
  limits.max_connections_per_user = 2;
  limits.max_nonces = 6;
  limits.phrases.max_phrases = 4;
  limits.nonce_window_ms = 20'000;
  limits.forget_after_ms = 30'000;
  return limits;
}

UserPtr person(size_t i, size_t rights) {
  static const std::string kNicks[] = {"Ada", "Bo", "Cy", "Dee", "Eli", "Flo"};
  static const std::vector<std::string> kFeatures[] = {
      {}, {"bot"}, {"protected"}, {"flair3"}, {"vip"}, {}, {}, {}};
  const Role role = rights == 5 ? Role::moderator : rights == 6 ? Role::admin : Role::user;
  auto user = std::make_shared<User>(
      *chat::person(static_cast<UserId>(i + 1), kNicks[i], role, kFeatures[rights]));
  user->can_chat = rights != 7;
  return user;
}

class Session {
 public:
  Session() : case_(small_limits()) {
    for (size_t i = 0; i < people_.size(); ++i) {
      people_[i] = person(i, i == 0 ? 6 : i == 1 ? 5 : i == 2 ? 1 : 0);
      case_.port.users[people_[i]->id] = *people_[i];
    }
    case_.room.set_emotes({"Wow"});
  }

  void step(std::string_view line) {
    if (line.empty()) return;
    const char what = line.front();
    const std::string_view rest = line.substr(1);
    const size_t first = rest.empty() ? 0 : static_cast<uint8_t>(rest[0]);
    const size_t second = rest.size() < 2 ? 0 : static_cast<uint8_t>(rest[1]);
    chat::RecordingPort& port = case_.port;
    if (what >= '0' && what <= '7') return frame(static_cast<size_t>(what - '0'), rest);
    switch (what) {
      case 'j':
        return join(first % 8, second % (people_.size() + 1));
      case 'l':
        return case_.room.leave(conns_[first % 8]);
      case 'r':
        return call(first % (people_.size() + 1), rest.substr(rest.empty() ? 0 : 1));
      case 'c':
        return port.pending.empty() ? void() : case_.commit_next();
      case 'C':
        return case_.commit();
      case 'f':
        return port.pending.empty() ? void() : case_.fail_next();
      case 'a':
        return port.waiting.empty() ? void() : port.answer_next();
      case 'F':
        port.full = !port.full;
        return;
      case 's':
        port.stalled = !port.stalled;
        return;
      case 'A':
        port.away = !port.away;
        return;
      case 'L':
        port.later = !port.later;
        return;
      case 't':
        case_.clock.advance(static_cast<int64_t>(first) * 97);
        return case_.room.tick();
      case 'u':
        return change(first % people_.size(), second % 8);
      default:
        return;
    }
  }

  void finish() {
    case_.port.full = case_.port.later = false;
    while (!case_.port.waiting.empty() || !case_.port.pending.empty()) {
      while (!case_.port.waiting.empty()) case_.port.answer_next();
      case_.commit();
    }
    require(case_.port.answers == asked_);
    for (const auto& answers : calls_) require(*answers == 1);
    check_published();
    check_presence();
    require(case_.room.history().replay().size() <= small_limits().history_lines);
  }

 private:
  void join(size_t slot, size_t who) {
    case_.room.leave(conns_[slot]);
    conns_[slot] = case_.enter(who < people_.size() ? people_[who] : nullptr,
                               slot % 2 == 0 ? "192.0.2.1" : "2001:db8::1");
  }

  // Every command carries a nonce, so that success is answered, too.
  chat::Command parsed(std::string_view text, bool& good) {
    hub::Parsed parsed = hub::parse_dgg(text, text.size() % 2 == 0);
    good = parsed.kind == hub::Parsed::Kind::command;
    if (parsed.command.nonce.empty()) parsed.command.nonce = "f" + std::to_string(++nonce_);
    return std::move(parsed.command);
  }

  void frame(size_t slot, std::string_view text) {
    bool good = false;
    chat::Command command = parsed(text, good);
    if (!good) return;
    if (case_.room.members().contains(conns_[slot])) ++asked_;
    case_.send(conns_[slot], std::move(command));
  }

  void call(size_t who, std::string_view text) {
    bool good = false;
    chat::Command command = parsed(text, good);
    if (!good) return;
    if (!case_.port.stored.empty() && text.size() % 5 == 0) {
      command.verb = chat::Verb::delete_message;
      command.entry_id = case_.port.stored[text.size() % case_.port.stored.size()].id;
    } else if (text.size() % 7 == 0) {
      command.verb = chat::Verb::event_add;
      command.target_id = static_cast<UserId>(text.size() % people_.size() + 1);
      command.extra = R"({"user":{"id":1,"nick":"Ada"},"amount":500})";
    }
    calls_.push_back(std::make_shared<int>(0));
    chat::Asker asker;
    asker.user = who < people_.size() ? people_[who] : nullptr;
    asker.nonce = command.nonce;
    asker.reply = [answers = calls_.back()](Result<chat::Receipt> result) {
      ++*answers;
      require(result || result.error().code != Errc::internal ||
              result.error().reason == "unknown");
    };
    case_.room.command(std::move(asker), std::move(command));
  }

  void change(size_t who, size_t rights) {
    people_[who] = person(who, rights);
    case_.port.users[people_[who]->id] = *people_[who];
    case_.room.user_changed(*people_[who]);
  }

  void check_published() {
    const auto dgg = hub::make_dgg_dialect(300'000);
    const auto old = hub::make_strims_dialect({"Wow"});
    Seq last = 0;
    std::map<UserId, TimeMs> times;
    for (const Entry& e : case_.port.published) {
      require(e.seq == last + 1);
      last = e.seq;
      // The end of a poll bears its beginner's name, whoever or whatever ended it.
      if (e.actor.id != 0 && e.kind != EntryKind::poll_stop) {
        require(e.at > times[e.actor.id]);
        times[e.actor.id] = e.at;
      }
      for (const hub::Dialect* dialect : {dgg.get(), old.get()}) {
        const std::string frame = dialect->entry(e);
        if (!frame.empty())
          require(Json::parse(std::string_view(frame).substr(frame.find(' ') + 1)).has_value());
      }
    }
    require(case_.room.last_seq() == last);
  }

  void check_presence() {
    case_.room.end_round();
    std::set<std::string> present;
    for (const std::string& line : case_.port.said) {
      if (line.starts_with("join ")) require(present.insert(line.substr(5)).second);
      if (line.starts_with("quit ")) require(present.erase(line.substr(5)) == 1);
    }
    require(present.size() == case_.room.presence().listed_count());
  }

  chat::RoomCase case_;
  std::array<UserPtr, 6> people_;
  std::array<chat::ConnId, 8> conns_{};
  std::vector<std::shared_ptr<int>> calls_;  // answers to each
  size_t asked_ = 0;                         // by connections
  size_t nonce_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view script(reinterpret_cast<const char*>(data), size);
  Session session;
  while (!script.empty()) {
    const size_t end = script.find('\n');
    session.step(script.substr(0, end));
    script.remove_prefix(end == std::string_view::npos ? script.size() : end + 1);
  }
  session.finish();
  return 0;
}
