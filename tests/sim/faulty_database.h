// A database that goes away when it is told to, in the middle of a transaction, too.
#pragma once

#include <memory>
#include <string_view>

#include "storage/sql/database.h"

namespace strims::sim {

class FaultyDatabase final : public sql::Database {
 public:
  explicit FaultyDatabase(std::unique_ptr<sql::Database> inner) : inner_(std::move(inner)) {}

  Result<std::unique_ptr<sql::Connection>> connect() override;
  std::string_view driver() const override { return inner_->driver(); }
  sql::Database& inner() { return *inner_; }

  bool away = false;
  int away_after = -1;              // so many statements from now on it goes away; -1: never
  bool lose_commit_answer = false;  // the next commit is done, and reported as failed

  void heal() {
    away = lose_commit_answer = false;
    away_after = -1;
  }
  // What one statement meets.
  Result<void> meet();

 private:
  std::unique_ptr<sql::Database> inner_;
};

}  // namespace strims::sim
