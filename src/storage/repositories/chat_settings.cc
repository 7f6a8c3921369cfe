#include "storage/repositories/chat_settings.h"

#include "base/utf8.h"

namespace strims::storage {

Result<std::string> get_chat_settings(sql::Connection& connection, UserId user) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT text FROM chat_settings WHERE user_id = $1", {user}));
  return rows.empty() ? std::string() : rows[0].text(0);
}

Result<void> put_chat_settings(sql::Connection& connection, UserId user, std::string_view text,
                               TimeMs now) {
  if (!valid_utf8(text)) return fail(Errc::invalid, "invalid", "the settings are not UTF-8");
  size_t characters = 0;
  for (const char c : text)
    if ((static_cast<uint8_t>(c) & 0xC0) != 0x80) ++characters;
  if (characters > kMaxSettingsCharacters)
    return fail(Errc::too_large, "toolarge", "the settings have more than 65535 characters");
  STRIMS_CHECK_OK(connection.execute(
      "INSERT INTO chat_settings (user_id, text, updated_at) VALUES ($1, $2, $3) ON CONFLICT "
      "(user_id) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at",
      {user, text, now}));
  return {};
}

Result<void> delete_chat_settings(sql::Connection& connection, UserId user) {
  STRIMS_CHECK_OK(connection.execute("DELETE FROM chat_settings WHERE user_id = $1", {user}));
  return {};
}

}  // namespace strims::storage
