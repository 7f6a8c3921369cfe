// The people of a simulation, and the database in which they have their accounts: made once, then
// copied for each seed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/user.h"
#include "storage/database_case.h"

namespace strims::sim {

class Cast {
 public:
  Cast();
  // An administrator first, then two moderators, two bots, everybody else.
  const std::vector<UserPtr>& users() const { return users_; }
  static constexpr size_t kStaff = 5;
  // A fresh copy of the database at `path`.
  std::unique_ptr<sql::Database> open_copy(const std::string& path) const;

 private:
  storage::TempFolder folder_;
  std::vector<UserPtr> users_;
};

}  // namespace strims::sim
