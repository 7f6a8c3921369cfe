#include <cstdio>
#include <iostream>

#include "app/commands.h"
#include "app/user_office.h"
#include "storage/repositories/users.h"

namespace strims::app {
namespace {

std::string password_or_input(const std::string& given) {
  if (!given.empty()) return given;
  std::string line;
  std::getline(std::cin, line);
  return line;
}

Result<void> check_features(const std::vector<std::string>& words) {
  for (const auto& word : words)
    if (!is_grantable_feature(word))
      return fail(Errc::invalid, "unknown_feature",
                  "\"" + word + "\" is no feature that can be given; roles are given by --role");
  return {};
}

}  // namespace

int complain(const Error& error) {
  std::fprintf(stderr, "strims: %s\n",
               error.detail.empty() ? std::string(error.reason).c_str() : error.detail.c_str());
  return 1;
}

int user_create(const CommonOptions& options, const UserCreate& request) {
  auto office = open_user_office(options);
  if (!office) return complain(office.error());
  auth::CreateUser user{.nick = request.name,
                        .password = password_or_input(request.password),
                        .role = {},
                        .features = request.features};
  if (!request.role.empty()) {
    user.role = parse_role(request.role);
    if (!user.role)
      return complain(
          {Errc::invalid, "invalid", "--role must be user, streamer, moderator or admin", 0});
  }
  if (const auto known = check_features(user.features); !known) return complain(known.error());
  const auto made = office->accounts->create_user(*office->connection, user);
  if (!made) return complain(made.error());
  std::printf("created %s (id %lld, %s)\n", made->nick.c_str(), static_cast<long long>(made->id),
              std::string(to_string(made->role)).c_str());
  return 0;
}

int user_set(const CommonOptions& options, const UserSet& request) {
  auto office = open_user_office(options);
  if (!office) return complain(office.error());
  auto user = find_account(*office, request.name);
  if (!user) return complain(user.error());
  storage::RightsUpdate update;
  if (!request.role.empty()) {
    update.role = parse_role(request.role);
    if (!update.role)
      return complain(
          {Errc::invalid, "invalid", "--role must be user, streamer, moderator or admin", 0});
  }
  if (const auto known = check_features(request.features); !known) return complain(known.error());
  if (request.set_features) update.features = request.features;
  const auto changed =
      storage::set_rights(*office->connection, user->id, update, system_clock().wall_ms());
  if (!changed) return complain(changed.error());
  std::printf("%s is now %s\n", changed->nick.c_str(),
              std::string(to_string(changed->role)).c_str());
  std::puts(
      "A running server shows it when the user connects again, or at once after RELOADUSERS.");
  return 0;
}

int user_list(const CommonOptions& options) {
  auto office = open_user_office(options);
  if (!office) return complain(office.error());
  UserId after = 0;
  while (true) {
    const auto page = storage::list_users(*office->connection, {.after = after, .limit = 200});
    if (!page) return complain(page.error());
    if (page->empty()) return 0;
    for (const User& user : *page) {
      std::printf("%lld\t%s\t%s\t%s\n", static_cast<long long>(user.id), user.nick.c_str(),
                  std::string(to_string(user.role)).c_str(),
                  format_rfc3339(user.created_at).c_str());
      after = user.id;
    }
  }
}

int user_password(const CommonOptions& options, const std::string& name,
                  const std::string& password) {
  auto office = open_user_office(options);
  if (!office) return complain(office.error());
  auto user = find_account(*office, name);
  if (!user) return complain(user.error());
  const auto set =
      office->accounts->set_password(*office->connection, user->id, password_or_input(password));
  if (!set) return complain(set.error());
  std::puts("password set; all logins of the account have ended");
  return 0;
}

}  // namespace strims::app
