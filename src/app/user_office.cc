#include "app/user_office.h"

#include "auth/policy.h"
#include "storage/repositories/users.h"

namespace strims::app {

Result<UserOffice> open_user_office(const CommonOptions& options) {
  UserOffice office;
  STRIMS_TRY(static_cast<Office&>(office), open_office(options));
  STRIMS_TRY(office.keys,
             auth::SigningKeys::open(auth::signing_key_options(office.config), system_clock()));
  // The operator may give himself a name that nobody may register: "admin" is the one most will
  // choose.
  auth::AuthPolicy policy = auth::policy_from(office.config);
  policy.nick.reserved.clear();
  office.accounts = std::make_unique<auth::Accounts>(
      std::move(policy), *office.keys, system_clock(), [](std::string_view, UserId) {});
  return office;
}

Result<User> find_account(Office& office, const std::string& nick) {
  STRIMS_TRY(auto found, storage::find_user_by_nick(*office.connection, nick));
  if (!found || found->deleted)
    return fail(Errc::not_found, "notfound", "there is no account named " + nick);
  return *found;
}

}  // namespace strims::app
