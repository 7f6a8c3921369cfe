#include "hub/dialects/dgg_parse.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/bytes.h"
#include "base/json_read.h"

namespace strims::hub {
namespace {

using chat::Command;
using chat::Verb;

// Reads members with Go's rules: keys in any case, null as absent, a wrong type spoils the frame.
class Fields {
 public:
  explicit Fields(const Json& json) : json_(json), good_(json.is_object()) {}
  bool good() const { return good_; }

  std::string text(std::string_view key) {
    const Json* v = json_.find_nocase(key);
    if (!v) return {};
    if (!v->is_string()) return spoil(std::string());
    return std::string(*v->string());
  }
  bool flag(std::string_view key) {
    const Json* v = json_.find_nocase(key);
    if (!v) return false;
    return v->boolean() ? *v->boolean() : spoil(false);
  }
  std::optional<int64_t> integer(std::string_view key) {
    const Json* v = json_.find_nocase(key);
    if (!v) return std::nullopt;
    if (const auto n = v->integer()) return n;
    // The client computes nanoseconds in double precision and may pass 64 bits: as long as can be.
    if (const auto d = v->number(); d && std::abs(*d) >= 9.2e18)
      return *d > 0 ? INT64_MAX : INT64_MIN;
    return spoil(std::optional<int64_t>());
  }
  std::vector<std::string> texts(std::string_view key) {
    const Json* v = json_.find_nocase(key);
    std::vector<std::string> out;
    if (!v) return out;
    if (!v->is_array()) return spoil(out);
    for (const Json& item : v->array()) {
      if (!item.is_string()) return spoil(std::vector<std::string>());
      out.emplace_back(*item.string());
    }
    return out;
  }
  const Json* any(std::string_view key) { return json_.find_nocase(key); }
  template <class T>
  T spoil(T value) {
    good_ = false;
    return value;
  }

 private:
  const Json& json_;
  bool good_;
};

void read_data(Fields& f, Command& c) {
  c.text = f.text("data");
}
void read_nothing(Fields&, Command&) {}

void read_message(Fields& f, Command& c) {
  c.text = f.text("data");
  c.nonce = f.text("nonce");
}

void read_whisper(Fields& f, Command& c) {
  c.nick = f.text("nick");
  c.text = f.text("data");
  c.nonce = f.text("nonce");
}

void read_mute(Fields& f, Command& c) {
  c.nick = f.text("data");
  c.duration_ns = f.integer("duration");
}

void read_target(Fields& f, Command& c) {
  c.nick = f.text("data");
}

void read_ban(Fields& f, Command& c) {
  c.nick = f.text("nick");
  c.reason = f.text("reason");
  c.permanent = f.flag("ispermanent");
  c.with_addresses = f.flag("banip");
  c.duration_ns = f.integer("duration");
}

void read_subonly(Fields& f, Command& c) {
  const std::string mode = f.text("data");
  const int64_t tier = f.integer("tier").value_or(1);
  // Other values are refused by the room, behind the question whether one may at all.
  if (mode == "on") {
    c.tier = tier >= 1 && tier <= 5 ? static_cast<int>(tier) : -1;
  } else {
    c.tier = mode == "off" ? 0 : -1;
  }
}

void read_poll(Fields& f, Command& c) {
  c.question = f.text("question");
  c.options = f.texts("options");
  c.weighted = f.flag("weighted");
  c.time_ms = f.integer("time").value_or(30'000);
}

void read_vote(Fields& f, Command& c) {
  const Json* vote = f.any("vote");
  if (!vote) return;  // no option: the room says so in its turn
  if (vote->string()) {
    c.text = *vote->string();
  } else if (const auto n = vote->integer()) {
    c.text = std::to_string(*n);
  } else {
    f.spoil(0);
  }
}

struct Event {
  std::string_view name;
  Verb verb;
  void (*read)(Fields&, Command&);
  bool today_only;
};

constexpr std::array kEvents = {
    Event{"MSG", Verb::message, read_message, false},
    Event{"PRIVMSG", Verb::whisper, read_whisper, false},
    Event{"MUTE", Verb::mute, read_mute, false},
    Event{"UNMUTE", Verb::unmute, read_target, false},
    Event{"BAN", Verb::ban, read_ban, false},
    Event{"UNBAN", Verb::unban, read_target, false},
    Event{"SUBONLY", Verb::subonly, read_subonly, false},
    Event{"BROADCAST", Verb::broadcast, read_data, false},
    Event{"PIN", Verb::pin, read_data, true},
    Event{"STARTPOLL", Verb::poll_start, read_poll, true},
    Event{"STOPPOLL", Verb::poll_stop, read_nothing, true},
    Event{"CASTVOTE", Verb::vote, read_vote, true},
    Event{"ADDPHRASE", Verb::phrase_add, read_data, true},
    Event{"REMOVEPHRASE", Verb::phrase_remove, read_data, true},
    Event{"DIE", Verb::die, read_nothing, true},
    Event{"REMOVEEVENT", Verb::event_remove, read_data, true},
    Event{"RELOADUSERS", Verb::reload_users, read_nothing, true},
};

}  // namespace

Parsed parse_dgg(std::string_view frame, bool today) {
  Parsed out;
  const size_t space = frame.find(' ');
  if (space == std::string_view::npos) {
    out.kind = Parsed::Kind::close;
    return out;
  }
  const std::string_view name = frame.substr(0, space);
  const std::string_view payload = frame.substr(space + 1);
  if (name == "PING") {
    out.kind = Parsed::Kind::ping;
    out.text = payload;
    return out;
  }
  const auto* event =
      std::find_if(kEvents.begin(), kEvents.end(), [&](const Event& e) { return e.name == name; });
  if (event == kEvents.end() || (event->today_only && !today)) return out;  // PONG, too

  out.command.verb = event->verb;
  const auto json = Json::parse(payload);
  if (json) {
    Fields fields(*json);
    event->read(fields, out.command);
    if (fields.good()) {
      out.kind = Parsed::Kind::command;
      out.command.combo_rule = !today;
      return out;
    }
  }
  out.kind = Parsed::Kind::refused;
  out.text = "protocolerror";
  return out;
}

}  // namespace strims::hub
