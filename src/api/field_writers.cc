// The shapes that our own REST surface shows (fields.h).
#include "api/dgg_fields.h"
#include "api/fields.h"

namespace strims::api {
namespace {

// `extra` holds the fields that everybody was shown for these kinds; for others (bans) it holds
// what nobody may see.
bool has_public_extra(EntryKind kind) {
  switch (kind) {
    case EntryKind::poll_start:
    case EntryKind::poll_stop:
    case EntryKind::subscription:
    case EntryKind::gift_sub:
    case EntryKind::mass_gift:
    case EntryKind::donation:
    case EntryKind::stream:
      return true;
    default:
      return false;
  }
}

void write_consequence(JsonWriter& w, const Entry& entry) {
  switch (entry.kind) {
    case EntryKind::ban:
      w.field("permanent", entry.number <= 0);
      if (entry.number > 0) w.field("seconds", entry.number);
      break;
    case EntryKind::mute:
    case EntryKind::death:
      w.field("seconds", entry.number);
      break;
    case EntryKind::subonly:
      w.field("tier", entry.number);
      break;
    case EntryKind::tombstone:
      write_id(w, "message_id", entry.target_entry);
      break;
    default:
      break;
  }
}

}  // namespace

void write_id(JsonWriter& w, std::string_view key, int64_t id) {
  w.key(key);
  if (id == 0) {
    w.null();
  } else {
    w.value(std::to_string(id));
  }
}

void write_optional(JsonWriter& w, std::string_view key, std::string_view text) {
  w.key(key);
  if (text.empty()) {
    w.null();
  } else {
    w.value(text);
  }
}

void write_time(JsonWriter& w, std::string_view key, TimeMs t) {
  write_optional(w, key, t == 0 ? std::string() : format_rfc3339(t));
}

void write_user(JsonWriter& w, const User& user) {
  write_id(w, "id", user.id);
  w.field("username", user.nick).field("role", to_string(user.role));
  write_words(w, "features", user.effective_features());
  write_time(w, "created_at", user.created_at);
}

void write_user_rights(JsonWriter& w, const User& user) {
  w.field("can_chat", user.can_chat);
  write_words(w, "granted_features", user.features);
  write_words(w, "roles", user.grants);
}

void write_profile(JsonWriter& w, const storage::Profile& profile) {
  write_optional(w, "bio", profile.bio);
  write_optional(w, "gender", profile.gender);
  write_optional(w, "age", profile.age);
}

bool is_public_kind(EntryKind kind) {
  // Votes are anonymous, and who is told of a reload was there.
  return kind != EntryKind::vote && kind != EntryKind::reload;
}

void write_entry(JsonWriter& w, const Entry& entry) {
  w.object();
  write_id(w, "id", entry.id);
  w.field("seq", entry.seq).field("kind", to_string(entry.kind));
  write_id(w, "user_id", entry.actor.id);
  w.field("nick",
          entry.actor.id != 0 ? std::string_view(entry.actor.nick) : std::string_view("System"));
  write_words(w, "features", entry.actor.features);
  // The reason of a punishment is for moderators: it stands in the moderation log.
  const bool with_text = entry.kind != EntryKind::ban && entry.kind != EntryKind::mute;
  w.field("text", with_text ? std::string_view(entry.text) : std::string_view());
  w.field("at", format_rfc3339_ms(entry.at));
  if (entry.target_id != 0) {
    write_id(w, "target_id", entry.target_id);
    w.field("target_nick", entry.target_nick);
  }
  write_consequence(w, entry);
  if (!entry.uuid.empty()) w.field("uuid", entry.uuid);
  if (has_public_extra(entry.kind)) {
    const auto extra = Json::parse(entry.extra);
    if (extra) w.key("extra").raw(extra->dump());
  }
  w.end_object();
}

void write_ban(JsonWriter& w, const storage::Ban& ban, TimeMs now) {
  w.object();
  write_id(w, "id", ban.id);
  write_id(w, "user_id", ban.user_id);
  w.field("nick", ban.nick).field("reason", ban.reason).field("active", ban.active(now));
  write_time(w, "start", ban.start);
  w.field("permanent", !ban.end.has_value());
  write_time(w, "end", ban.end.value_or(0));
  write_id(w, "by_id", ban.by_id);
  w.field("by_nick", ban.by_nick);
  write_time(w, "lifted_at", ban.lifted_at.value_or(0));
  if (ban.lifted_at) {
    write_id(w, "lifted_by_id", ban.lifted_by_id);
    w.field("lifted_by_nick", ban.lifted_by_nick);
  }
  w.end_object();
}

}  // namespace strims::api
