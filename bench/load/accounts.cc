#include "load/accounts.h"

#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <random>

#include "auth/opaque_token.h"
#include "base/clock.h"
#include "base/secret_hash.h"
#include "storage/repositories/login_keys.h"
#include "storage/repositories/users.h"
#include "storage/sqlite/sqlite.h"
#include "text/nick_rules.h"

namespace strims::load {
namespace {

constexpr size_t kConnectionsPerAccount = 5;

// Letters that no look-alike rule joins.
std::string nick_of(std::string_view prefix, size_t i) {
  static constexpr std::string_view kLetters = "abcdefghkpqrstuxyz";
  std::string nick(prefix);
  for (int digit = 0; digit < 5; ++digit) {
    nick += kLetters[i % kLetters.size()];
    i /= kLetters.size();
  }
  return nick;
}

std::string random_key() {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  static std::random_device source;
  std::string key;
  for (size_t i = 0; i < auth::kLoginKeyLength; ++i) key += kLetters[source() % kLetters.size()];
  return key;
}

class Registry {
 public:
  Registry(sql::Connection& connection, std::string file)
      : connection_(connection), file_(std::move(file)) {
    std::ifstream in(file_);
    std::string nick, key;
    while (in >> nick >> key) known_[nick] = key;
  }

  // The cookie of an account, made when it is new.
  Result<std::string> cookie(const std::string& nick, bool bot) {
    if (const auto it = known_.find(nick); it != known_.end()) return "authtoken=" + it->second;
    const TimeMs now = system_clock().wall_ms();
    STRIMS_TRY(const auto found, storage::find_user_by_nick(connection_, nick));
    UserId user = found ? found->id : 0;
    if (!found) {
      storage::NewUser fresh{.nick = nick,
                             .skeleton = text::nick_skeleton(nick),
                             .created_at = now,
                             .role = Role::user};
      if (bot) fresh.features = {"bot"};
      STRIMS_TRY(const auto created, storage::create_user(connection_, fresh));
      user = created.id;
    }
    const std::string key = random_key();
    STRIMS_CHECK_OK(storage::insert_login_key(connection_, user, "load", secret_hash(key), now));
    known_[nick] = key;
    std::ofstream(file_, std::ios::app) << nick << ' ' << key << '\n';
    chmod(file_.c_str(), S_IRUSR | S_IWUSR);
    return "authtoken=" + key;
  }

 private:
  sql::Connection& connection_;
  std::string file_;
  std::map<std::string, std::string> known_;
};

}  // namespace

Result<void> plan_accounts(Plan& plan) {
  if (plan.data_dir.empty()) return {};
  storage::SqliteOptions options;
  options.path = plan.data_dir + "/strims.db";
  const auto database = storage::sqlite_database(options);
  STRIMS_TRY(auto connection, database->connect());
  Registry registry(*connection, plan.data_dir + "/load-accounts");
  for (size_t i = 0; i < plan.senders; ++i) {
    STRIMS_TRY(auto cookie, registry.cookie(nick_of("Speak", i), true));
    plan.sender_cookies.push_back(std::move(cookie));
  }
  if (!plan.logged_in) return {};
  for (size_t i = 0; i * kConnectionsPerAccount < plan.receivers; ++i) {
    STRIMS_TRY(auto cookie, registry.cookie(nick_of("Watch", i), false));
    plan.receiver_cookies.push_back(std::move(cookie));
    if (i % 500 == 499) std::fprintf(stderr, "accounts: %zu\n", i + 1);
  }
  return {};
}

}  // namespace strims::load
