#include <cstdio>

#include "app/commands.h"
#include "app/user_office.h"
#include "stream/grant_keys.h"

namespace strims::app {

int token_login_key(const CommonOptions& options, const std::string& name,
                    const std::string& purpose) {
  auto office = open_user_office(options);
  if (!office) return complain(office.error());
  auto user = find_account(*office, name);
  if (!user) return complain(user.error());
  const auto key = office->accounts->create_login_key(*office->connection, user->id, purpose);
  if (!key) return complain(key.error());
  std::printf("%s\n", key->secret.c_str());
  return 0;
}

int token_rotate_key(const CommonOptions& options) {
  auto office = open_user_office(options);
  if (!office) return complain(office.error());
  if (const auto rotated = office->keys->rotate(); !rotated) return complain(rotated.error());
  std::printf("new signing key %s\n", office->keys->active()->kid().c_str());
  return 0;
}

int token_rotate_playback_key(const CommonOptions& options, bool forget) {
  const auto config = load_config(options);
  if (!config) return complain(config.error());
  const std::string path = config->server.data_dir + "/" + std::string(stream::kGrantKeysName);
  const auto rotated = stream::rotate_grant_keys(
      path, forget ? stream::OldGrants::refused : stream::OldGrants::believed);
  if (!rotated) return complain(rotated.error());
  std::puts(forget ? "new playback key; every address given out before is worth nothing now"
                   : "new playback key; addresses given out before are good until they expire");
  std::puts("A running server uses it within two seconds.");
  return 0;
}

}  // namespace strims::app
