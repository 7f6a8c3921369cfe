#include "sim/faulty_database.h"

namespace strims::sim {
namespace {

std::unexpected<Error> away() {
  return fail(Errc::unavailable, "unavailable", "the simulation took it away");
}

class FaultyConnection final : public sql::Connection {
 public:
  FaultyConnection(FaultyDatabase& owner, std::unique_ptr<sql::Connection> inner)
      : owner_(owner), inner_(std::move(inner)) {}

  Result<sql::Rows> query(std::string_view s, std::span<const sql::Value> p) override {
    STRIMS_CHECK_OK(owner_.meet());
    return inner_->query(s, p);
  }
  Result<int64_t> execute(std::string_view s, std::span<const sql::Value> p) override {
    STRIMS_CHECK_OK(owner_.meet());
    return inner_->execute(s, p);
  }
  Result<void> script(std::string_view text) override { return inner_->script(text); }
  Result<void> begin() override {
    STRIMS_CHECK_OK(owner_.meet());
    return inner_->begin();
  }
  Result<void> commit() override {
    STRIMS_CHECK_OK(owner_.meet());
    auto done = inner_->commit();
    if (std::exchange(owner_.lose_commit_answer, false)) return away();
    return done;
  }
  void rollback() override { inner_->rollback(); }
  std::string_view driver() const override { return inner_->driver(); }
  void set_lock_timeout(int64_t ms) override { inner_->set_lock_timeout(ms); }

 private:
  FaultyDatabase& owner_;
  std::unique_ptr<sql::Connection> inner_;
};

}  // namespace

Result<std::unique_ptr<sql::Connection>> FaultyDatabase::connect() {
  STRIMS_CHECK_OK(meet());
  STRIMS_TRY(auto inner, inner_->connect());
  return std::make_unique<FaultyConnection>(*this, std::move(inner));
}

Result<void> FaultyDatabase::meet() {
  if (away_after >= 0 && away_after-- == 0) away = true;
  if (away) return away_after = -1, sim::away();
  return {};
}

}  // namespace strims::sim
