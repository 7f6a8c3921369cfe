// What a room says, in today's destiny.gg dialect (chat-websocket.md section 6).
#include <algorithm>

#include "base/bytes.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "hub/dialects/dgg_fields.h"
#include "hub/dialects/dgg_parse.h"
#include "hub/dialects/dialect.h"

namespace strims::hub {
namespace {

std::string_view event_name(EntryKind kind) {
  switch (kind) {
    case EntryKind::message:
      return "MSG";
    case EntryKind::broadcast:
      return "BROADCAST";
    case EntryKind::mute:
      return "MUTE";
    case EntryKind::unmute:
      return "UNMUTE";
    case EntryKind::ban:
      return "BAN";
    case EntryKind::unban:
      return "UNBAN";
    case EntryKind::subonly:
      return "SUBONLY";
    case EntryKind::pin:
      return "PIN";
    case EntryKind::poll_start:
      return "POLLSTART";
    case EntryKind::vote:
      return "VOTECAST";
    case EntryKind::poll_stop:
      return "POLLSTOP";
    case EntryKind::phrase_add:
      return "ADDPHRASE";
    case EntryKind::phrase_remove:
      return "REMOVEPHRASE";
    case EntryKind::death:
      return "DEATH";
    case EntryKind::subscription:
      return "SUBSCRIPTION";
    case EntryKind::gift_sub:
      return "GIFTSUB";
    case EntryKind::mass_gift:
      return "MASSGIFT";
    case EntryKind::donation:
      return "DONATION";
    case EntryKind::tombstone:
      return "DELETE";
    case EntryKind::reload:
      return "RELOAD";
    case EntryKind::stream:
      return "STREAM";
    case EntryKind::event_remove:
      return "";
  }
  return "";
}

JsonWriter begin(std::string_view event) {
  std::string prefix;
  prefix.reserve(512);  // a message with its author fits
  prefix += event;
  prefix += ' ';
  JsonWriter w(std::move(prefix));
  w.object();
  return w;
}

class DggDialect final : public Dialect {
 public:
  explicit DggDialect(int64_t lifetime_ms) : lifetime_ms_(lifetime_ms) {}
  std::string_view name() const override { return "dgg"; }
  Parsed parse(std::string_view frame) const override { return parse_dgg(frame, true); }

  std::string entry(const Entry& e) const override {
    const std::string_view event = event_name(e.kind);
    if (event.empty() || (e.kind == EntryKind::stream && e.extra.size() <= 2)) return {};
    JsonWriter w = begin(event);
    body(w, e);
    w.field("timestamp", e.at).field("seq", e.seq).end_object();
    return w.take();
  }

  std::string presence(chat::PresenceKind kind, const User& user, TimeMs at) const override {
    JsonWriter w = begin(kind == chat::PresenceKind::join   ? "JOIN"
                         : kind == chat::PresenceKind::quit ? "QUIT"
                                                            : "UPDATEUSER");
    write_user(w, user);
    w.field("timestamp", at).end_object();
    return w.take();
  }

  std::string stream(std::string_view fields) const override {
    return "STREAM " + std::string(fields);
  }

  std::string notice(std::string_view text, TimeMs at) const override {
    JsonWriter w = begin("BROADCAST");
    w.field("nick", "System").field("data", text).field("timestamp", at);
    w.field("uuid", "n-" + std::to_string(at));
    w.key("user")
        .object()
        .field("id", -1)
        .field("nick", "System")
        .key("features")
        .array()
        .end_array();
    w.key("roles").array().end_array().end_object().end_object();
    return w.take();
  }

  std::string paid_events(const std::vector<Entry>& live, int64_t) const override {
    JsonWriter w(std::string("PAIDEVENTS "));
    w.array();
    for (const Entry& e : live) w.value(entry(e));
    w.end_array();
    return w.take();
  }

  std::string reload() const override { return "RELOAD {}"; }

  std::string refusal(const chat::Refusal& r, std::string_view nonce) const override {
    JsonWriter w = begin("ERR");
    w.field("description", r.word);
    if (r.mute_seconds_left) w.field("muteTimeLeft", *r.mute_seconds_left);
    if (r.tier) w.field("tier", *r.tier);
    if (!r.filtered.empty()) w.field("filtered", r.filtered);
    if (!nonce.empty()) w.field("nonce", nonce);
    w.end_object();
    return w.take();
  }

  std::string acknowledgement(const chat::Receipt& receipt, std::string_view nonce) const override {
    JsonWriter w = begin("ACK");
    w.field("nonce", nonce).field("id", std::to_string(receipt.id)).field("seq", receipt.seq);
    w.end_object();
    return w.take();
  }

  std::string whisper(const chat::Whisper& m) const override {
    JsonWriter w = begin("PRIVMSG");
    w.field("messageid", m.message_id).field("timestamp", m.at);
    write_user(w, m.from);
    w.field("data", m.text).end_object();
    return w.take();
  }

  std::string whisper_sent(const chat::Whisper& m) const override {
    JsonWriter w = begin("PRIVMSGSENT");
    w.field("messageid", m.message_id).field("timestamp", m.at).field("nick", m.from.nick);
    w.field("targetNick", m.to_nick).field("data", m.text).end_object();
    return w.take();
  }

  std::string vote_counted(int64_t option) const override {
    JsonWriter w = begin("VOTECOUNTED");
    w.field("vote", std::to_string(option)).end_object();
    return w.take();
  }

  std::string pong(std::string_view payload) const override {
    JsonWriter w(std::string("PONG "));
    w.value(base64(as_bytes(payload)));
    return w.take();
  }

  std::string me(const User* user) const override {
    if (!user) return "ME null";
    JsonWriter w = begin("ME");
    write_user(w, *user);
    w.end_object();
    return w.take();
  }

  std::string listed(const User& user) const override {
    JsonWriter w;
    w.object();
    write_user(w, user);
    w.end_object();
    return w.take();
  }

  std::string names(std::string_view users, size_t connections,
                    std::optional<size_t> present) const override {
    return "NAMES " + names_json(users, connections, present);
  }

  std::string history(const std::vector<const Entry*>& entries) const override {
    JsonWriter w(std::string("HISTORY "));
    w.array();
    for (const Entry* e : entries) w.value(entry(*e));
    w.end_array();
    return w.take();
  }

  std::string resume_lost(Seq from) const override {
    JsonWriter w = begin("RESUME");
    w.field("recovered", false).field("from", from).end_object();
    return w.take();
  }

  std::string gap(Seq from, Seq to) const override {
    JsonWriter w = begin("GAP");
    w.field("from", from).field("to", to).end_object();
    return w.take();
  }

  std::string subonly(int tier) const override {
    JsonWriter w = begin("SUBONLY");
    w.field("data", tier > 0 ? "on" : "off");
    if (tier > 0) w.field("tier", tier);
    w.end_object();
    return w.take();
  }

  std::string muted(int64_t seconds_left) const override {
    return refusal({.word = "muted", .mute_seconds_left = seconds_left}, {});
  }

  std::string poll(const PollView& p) const override {
    JsonWriter w = begin("POLLSTART");
    write_poll(w, p);
    w.field("timestamp", p.start->at).field("seq", p.start->seq).end_object();
    return w.take();
  }

 private:
  void body(JsonWriter& w, const Entry& e) const {
    switch (e.kind) {
      case EntryKind::broadcast:
        w.field("nick", e.actor.id ? e.actor.nick : "System")
            .field("data", e.text)
            .field("uuid", e.uuid);
        w.key("user").object();
        write_actor(w, e.actor);
        w.end_object();
        return;
      case EntryKind::vote: {
        // Anonymous since 2025-10.
        w.field("vote", std::to_string(e.number));
        const auto extra = Json::parse(e.extra);
        const Json* quantity = extra ? extra->find("quantity") : nullptr;
        w.field("quantity", quantity ? quantity->integer().value_or(1) : 1);
        return;
      }
      case EntryKind::poll_start:
        write_poll(w, poll_view(e));
        return;
      case EntryKind::poll_stop:
        write_actor(w, e.actor);
        write_poll_result(w, e);
        return;
      case EntryKind::subscription:
      case EntryKind::gift_sub:
      case EntryKind::mass_gift:
      case EntryKind::donation:
        write_paid(w, e);
        w.field("uuid", e.uuid).field("expirationTimestamp", e.at + lifetime_ms_);
        return;
      case EntryKind::stream:  // an object with members, whose braces ours take the place of
        w.raw(std::string_view(e.extra).substr(1, e.extra.size() - 2));
        return;
      default:
        break;
    }
    write_actor(w, e.actor);
    switch (e.kind) {
      case EntryKind::message:  // no id: `seq` names it, and 28 bytes for every reader would be
                                // dear
        w.field("data", e.text);
        break;
      case EntryKind::mute:
        w.field("data", e.target_nick).field("duration", e.number);
        break;
      case EntryKind::unmute:
      case EntryKind::ban:
      case EntryKind::unban:
        w.field("data", e.target_nick);
        break;
      case EntryKind::subonly:
        w.field("data", e.number > 0 ? "on" : "off");
        if (e.number > 0) w.field("tier", e.number);
        break;
      case EntryKind::pin:
        w.field("data", e.text).field("uuid", e.uuid);
        break;
      case EntryKind::death:
        w.field("data", e.text).field("duration", e.number);
        break;
      case EntryKind::tombstone:
        w.field("data", std::to_string(e.target_entry)).field("target", e.target_nick);
        w.field("targetSeq", e.number);
        break;
      default:
        w.field("data", e.text);
        break;
    }
  }

  const int64_t lifetime_ms_;
};

}  // namespace

std::unique_ptr<Dialect> make_dgg_dialect(int64_t paid_event_lifetime_ms) {
  return std::make_unique<DggDialect>(paid_event_lifetime_ms);
}

}  // namespace strims::hub
