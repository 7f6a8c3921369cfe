#include "config/key_table.h"
#include "config/tables.h"

namespace strims::config {
namespace {

template <auto Member>
constexpr Key auth_row(std::string_view name, std::string_view unit, Range range,
                       std::string_view doc, bool secret = false) {
  return row<&Config::auth, Member>(name, unit, range, doc, secret);
}
template <auto Member>
constexpr Key assets_row(std::string_view name, std::string_view unit, Range range,
                         std::string_view doc, bool secret = false) {
  return row<&Config::assets, Member>(name, unit, range, doc, secret);
}

constexpr Key kAuthConfig[] = {
    auth_row<&AuthConfig::registration>(
        "auth.registration", "", {},
        "open: anybody may register. closed: only an administrator makes accounts."),
    auth_row<&AuthConfig::access_token_seconds>("auth.access_token_seconds", "s", {30, 86400},
                                                "Life of an access token."),
    auth_row<&AuthConfig::refresh_days>("auth.refresh_days", "days", {1, 3650},
                                        "Life of a refresh token."),
    auth_row<&AuthConfig::session_days>("auth.session_days", "days", {1, 3650},
                                        "Life of a browser session that is not used."),
    auth_row<&AuthConfig::sessions_per_user>("auth.sessions_per_user", "", {1, 10000},
                                             "Logins a user may have at once; the oldest ends."),
    auth_row<&AuthConfig::password_min>("auth.password_min", "bytes", {1, 128},
                                        "Fewest bytes of a password."),
    auth_row<&AuthConfig::password_max>("auth.password_max", "bytes", {64, 4096},
                                        "Most bytes of a password; bounds the work of one login."),
    auth_row<&AuthConfig::argon2_memory_kib>(
        "auth.argon2_memory_kib", "KiB", {8, 4194304},
        "Memory of one password hash (Argon2id). Smaller values are for tests."),
    auth_row<&AuthConfig::argon2_passes>("auth.argon2_passes", "", {1, 100},
                                         "Passes over that memory."),
    auth_row<&AuthConfig::threads>("auth.threads", "", {1, 64},
                                   "Threads that hash passwords: each needs argon2_memory_kib."),
    auth_row<&AuthConfig::queue>("auth.queue", "", {1, 100000},
                                 "Logins that may wait for them; more are refused with 503."),
    auth_row<&AuthConfig::login_attempts_per_minute>(
        "auth.login_attempts_per_minute", "", {0, 100000},
        "Failed logins to one account from one address in a minute; then 429. 0: no bound."),
    auth_row<&AuthConfig::login_attempts_per_address>(
        "auth.login_attempts_per_address", "", {0, 1000000},
        "Failed logins from one address in a minute; then 429. 0: no bound."),
    auth_row<&AuthConfig::registrations_per_hour_per_address>(
        "auth.registrations_per_hour_per_address", "", {0, 1000000},
        "New accounts from one address in an hour. 0: no bound."),
    auth_row<&AuthConfig::refreshes_per_minute_per_address>(
        "auth.refreshes_per_minute_per_address", "", {0, 1000000},
        "Token refreshes from one address in a minute. 0: no bound."),
    auth_row<&AuthConfig::strims_jwt_secret>(
        "auth.strims_jwt_secret", "", {},
        "Shared secret (HS256) of the JWT cookie of a strims site. Empty: that login is off.",
        true),
    auth_row<&AuthConfig::strims_jwt_cookie>("auth.strims_jwt_cookie", "", {},
                                             "Name of that cookie."),
    auth_row<&AuthConfig::cookie_secure>(
        "auth.cookie_secure", "", {}, "auto: cookies are Secure when the request came over TLS."),
    auth_row<&AuthConfig::cookie_domain>(
        "auth.cookie_domain", "", {}, "Domain of the cookies. Empty: only the host that set them."),
    auth_row<&AuthConfig::cookie_same_site>(
        "auth.cookie_same_site", "", {},
        "SameSite of the cookies. none needs cookie_secure = \"always\"."),
    auth_row<&AuthConfig::reserved_nicks>("auth.reserved_nicks", "", {},
                                          "Nicks nobody may register, beside the built-in ones."),
};

constexpr Key kAssetsConfig[] = {
    assets_row<&AssetsConfig::emotes_dir>(
        "assets.emotes_dir", "", {},
        "Folder with emotes.json and its images. Empty: the built-in set."),
    assets_row<&AssetsConfig::flairs>("assets.flairs", "", {},
                                      "File flairs.json. Empty: the built-in one."),
};

}  // namespace

std::span<const Key> auth_keys() {
  return kAuthConfig;
}
std::span<const Key> assets_keys() {
  return kAssetsConfig;
}

}  // namespace strims::config
