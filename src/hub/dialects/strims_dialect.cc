// The strims.gg flavour (chat-websocket.md section 14): what the 2021 server of that community
// says.
#include "base/bytes.h"
#include "base/json_write.h"
#include "hub/dialects/dgg_fields.h"
#include "hub/dialects/dgg_parse.h"
#include "hub/dialects/dialect.h"
#include "text/entities.h"

namespace strims::hub {
namespace {

void write_named(JsonWriter& w, std::string_view nick, const std::vector<std::string>& features) {
  w.field("nick", nick).key("features").array();
  for (const auto& feature : features) w.value(feature);
  w.end_array();
}

class StrimsDialect final : public Dialect {
 public:
  StrimsDialect(std::vector<std::string> emotes, text::NickLookup is_nick)
      : is_nick_(std::move(is_nick)) {
    words_.emotes = {std::make_move_iterator(emotes.begin()),
                     std::make_move_iterator(emotes.end())};
  }
  std::string_view name() const override { return "strims"; }
  Parsed parse(std::string_view frame) const override { return parse_dgg(frame, false); }

  std::string entry(const Entry& e) const override {
    switch (e.kind) {
      case EntryKind::message: {
        JsonWriter w = begin("MSG", e);
        w.field("data", e.text).key("entities").raw(entities(e.text, e.number));
        return finish(w, e);
      }
      case EntryKind::broadcast:
        return plain("BROADCAST", e, e.text);
      case EntryKind::mute:
        return plain("MUTE", e, e.target_nick);
      case EntryKind::unmute:
        return plain("UNMUTE", e, e.target_nick);
      case EntryKind::ban:
        return plain("BAN", e, e.target_nick);
      case EntryKind::unban:
        return plain("UNBAN", e, e.target_nick);
      case EntryKind::subonly:
        return plain("SUBONLY", e, e.number > 0 ? "on" : "off");
      default:
        return {};
    }
  }

  std::string presence(chat::PresenceKind kind, const User& user, TimeMs at) const override {
    // This flavour has no word for a changed user; clients learn it from his next line.
    if (kind == chat::PresenceKind::update) return {};
    JsonWriter w(std::string(kind == chat::PresenceKind::join ? "JOIN " : "QUIT "));
    w.object();
    write_named(w, user.nick, user.effective_features());
    w.field("timestamp", at).end_object();
    return w.take();
  }

  std::string notice(std::string_view text, TimeMs at) const override {
    JsonWriter w(std::string("BROADCAST "));
    w.object().field("timestamp", at).field("data", text).end_object();
    return w.take();
  }

  std::string paid_events(const std::vector<Entry>&, int64_t) const override { return {}; }
  std::string reload() const override { return {}; }
  std::string stream(std::string_view) const override { return {}; }

  std::string refusal(const chat::Refusal& refusal, std::string_view) const override {
    JsonWriter w(std::string("ERR "));
    w.value(refusal.word);
    return w.take();
  }
  std::string acknowledgement(const chat::Receipt& receipt, std::string_view nonce) const override {
    JsonWriter w(std::string("ACK "));
    w.object()
        .field("nonce", nonce)
        .field("id", std::to_string(receipt.id))
        .field("seq", receipt.seq);
    w.end_object();
    return w.take();
  }

  std::string whisper(const chat::Whisper& m) const override {
    return whisper_frame("PRIVMSG ", m);
  }
  std::string whisper_sent(const chat::Whisper& m) const override {
    return whisper_frame("PRIVMSGSENT ", m);
  }
  std::string vote_counted(int64_t) const override { return {}; }
  std::string pong(std::string_view payload) const override {
    JsonWriter w(std::string("PONG "));
    w.value(base64(as_bytes(payload)));
    return w.take();
  }

  std::string me(const User*) const override { return {}; }
  std::string listed(const User& user) const override {
    JsonWriter w;
    w.object();
    write_named(w, user.nick, user.effective_features());
    w.end_object();
    return w.take();
  }
  std::string names(std::string_view users, size_t connections,
                    std::optional<size_t> present) const override {
    return "NAMES " + names_json(users, connections, present);
  }
  std::string history(const std::vector<const Entry*>&) const override { return {}; }
  std::string resume_lost(Seq) const override { return {}; }
  std::string gap(Seq, Seq) const override { return {}; }
  std::string subonly(int tier) const override {
    JsonWriter w(std::string("SUBONLY "));
    w.object().field("data", tier > 0 ? "on" : "off").field("nick", "System");
    w.key("features").array().end_array().end_object();
    return w.take();
  }
  // Here nobody is told at the door.
  std::string muted(int64_t) const override { return {}; }
  std::string poll(const PollView&) const override { return {}; }

 private:
  static JsonWriter begin(std::string_view event, const Entry& e) {
    std::string prefix(event);
    prefix += ' ';
    JsonWriter w(std::move(prefix));
    w.object();
    write_named(w, e.actor.nick, e.actor.features);
    return w;
  }
  static std::string finish(JsonWriter& w, const Entry& e) {
    w.field("timestamp", e.at).field("seq", e.seq).end_object();
    return w.take();
  }
  static std::string plain(std::string_view event, const Entry& e, std::string_view data) {
    JsonWriter w = begin(event, e);
    w.field("data", data);
    return finish(w, e);
  }

  std::string whisper_frame(std::string_view event, const chat::Whisper& m) const {
    JsonWriter w{std::string(event)};
    w.object().field("messageid", m.message_id).field("timestamp", m.at).field("nick", m.from.nick);
    w.field("targetNick", m.to_nick).field("data", m.text);
    w.key("entities").raw(entities(m.text, 0)).end_object();
    return w.take();
  }

  std::string entities(std::string_view text, int64_t combo) const {
    text::Entities found = text::find_entities(text, words_, is_nick_);
    if (combo >= 2 && found.only_one_emote(text))
      found.emotes.front().combo = static_cast<int>(combo);
    return found.to_json();
  }

  const text::NickLookup is_nick_;
  text::EntityWords words_;
};

}  // namespace

std::unique_ptr<Dialect> make_strims_dialect(std::vector<std::string> emotes,
                                             text::NickLookup is_nick) {
  return std::make_unique<StrimsDialect>(std::move(emotes), std::move(is_nick));
}

}  // namespace strims::hub
