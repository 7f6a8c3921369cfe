// Who may do what, in one table. docs/PERMISSIONS.md is made from it and a test holds the two
// together.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/user.h"

namespace strims::auth {

enum class Permission : uint8_t {
  // one's own account
  edit_profile,
  change_password,
  use_login_keys,
  use_settings,
  // chat: speaking
  send_message,
  send_whisper,
  vote,
  die,
  speak_in_submode,
  skip_throttle,
  // chat: moderation, by socket or REST
  mute,
  ban,
  delete_message,
  subonly,
  pin,
  run_poll,
  edit_phrases,
  remove_event,
  broadcast,
  reload_users,
  reload_pages,
  // streams
  start_stream,
  edit_stream,
  host_stream,
  // site
  read_moderation_log,
  list_users,
  read_private_fields,
  change_rights,
};

// Any thread. False for deleted accounts; speaking is refused to accounts that may not chat.
// Whether it is the right channel, target or author is the caller's question.
bool allowed(const User& user, Permission permission);

std::string_view to_string(Permission permission);  // "send_message"

// One row of the table, in the order of the document.
struct PermissionRow {
  Permission permission;
  std::string_view word;
  std::string_view where;  // commands and endpoints it guards
  uint16_t who = 0;        // see roles.cc
  std::string_view grant;  // a site role that gives it besides
};
std::span<const PermissionRow> permission_table();

// Whether `actor` may mute or ban `target` (chat-websocket 9.10): a moderator, an admin or a bot,
// anybody but himself, nobody of a higher rank and nobody protected (admins always are). Equals
// may: a moderator can be muted by another one.
bool may_punish(const User& actor, const User& target);

}  // namespace strims::auth
