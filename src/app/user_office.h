// The same for verbs that deal with accounts and their keys.
#pragma once

#include <string>

#include "app/office.h"
#include "auth/login_service.h"
#include "auth/signing_keys.h"

namespace strims::app {

struct UserOffice : Office {
  std::unique_ptr<auth::SigningKeys> keys;
  std::unique_ptr<auth::Accounts> accounts;
};

// Errors: those of open_office and auth::SigningKeys::open.
Result<UserOffice> open_user_office(const CommonOptions& options);

// Errors: not_found/"notfound", also of an account that was deleted.
Result<User> find_account(Office& office, const std::string& nick);

}  // namespace strims::app
