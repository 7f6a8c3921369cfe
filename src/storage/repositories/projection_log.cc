#include "storage/repositories/projection_log.h"

#include "base/json_write.h"
#include "storage/repositories/entries.h"
#include "storage/repositories/moderation.h"

namespace strims::storage {
namespace {

// Kinds that are always on the record, and those that are when a person (not the system) did it.
bool is_act(const Entry& entry) {
  switch (entry.kind) {
    case EntryKind::mute:
    case EntryKind::unmute:
    case EntryKind::ban:
    case EntryKind::unban:
    case EntryKind::subonly:
    case EntryKind::pin:
    case EntryKind::phrase_add:
    case EntryKind::phrase_remove:
    case EntryKind::event_remove:
    case EntryKind::tombstone:
      return true;
    case EntryKind::broadcast:
    case EntryKind::poll_start:
    case EntryKind::poll_stop:
    case EntryKind::reload:
      return entry.actor.id != 0;
    default:
      return false;
  }
}

// No addresses here: moderators read this.
std::string detail_of(const Entry& entry) {
  JsonWriter w;
  w.object();
  switch (entry.kind) {
    case EntryKind::mute:
      w.field("seconds", entry.number);
      break;
    case EntryKind::ban:
      if (entry.number > 0) w.field("seconds", entry.number);
      w.field("permanent", entry.number <= 0).field("ip", entry.flag);
      break;
    case EntryKind::subonly:
      w.field("tier", entry.number);
      break;
    case EntryKind::event_remove:
      w.field("uuid", entry.uuid);
      break;
    case EntryKind::pin:
    case EntryKind::broadcast:
    case EntryKind::phrase_add:
    case EntryKind::phrase_remove:
      w.field("text", entry.text);
      break;
    case EntryKind::poll_start:
    case EntryKind::poll_stop:
      return entry.extra;
    default:
      return {};
  }
  return w.end_object().take();
}

// Who wrote the deleted entry, and what. False when it was the actor himself.
Result<bool> describe_deleted(sql::Connection& connection, const Entry& entry,
                              ModerationRecord& record) {
  STRIMS_TRY(const auto deleted, find_entry(connection, entry.target_entry));
  JsonWriter w;
  w.object().field("entry", std::to_string(entry.target_entry));
  if (deleted) {
    if (deleted->actor.id == entry.actor.id && entry.actor.id != 0) return false;
    record.target_id = deleted->actor.id;
    record.target_nick = deleted->actor.nick;
    w.field("text", deleted->text);
  }
  record.detail = w.end_object().take();
  return true;
}

}  // namespace

Result<void> log_entry(sql::Connection& connection, const Entry& entry) {
  if (!is_act(entry)) return {};
  ModerationRecord record;
  record.id = entry.id;
  record.at = entry.at;
  record.channel = entry.channel;
  record.actor_id = entry.actor.id;
  record.actor_nick = entry.actor.nick;
  record.action = to_string(entry.kind);
  record.target_id = entry.target_id;
  record.target_nick = entry.target_nick;
  record.entry = entry.id;
  if (entry.kind == EntryKind::ban || entry.kind == EntryKind::mute) record.reason = entry.text;
  record.detail = detail_of(entry);
  if (entry.kind == EntryKind::tombstone) {
    record.reason = entry.text;
    STRIMS_TRY(const bool counts, describe_deleted(connection, entry, record));
    if (!counts) return {};
  }
  return log_moderation(connection, record);
}

}  // namespace strims::storage
