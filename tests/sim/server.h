// One life of the server: shards, journal, lane and hub as the program puts them together, all
// driven by the calling thread. To destroy it is to kill it.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/id.h"
#include "hub/hub.h"
#include "journal/journal.h"
#include "net/shard.h"
#include "sim/faulty_database.h"
#include "sim/plan.h"

namespace strims::sim {

class Server {
 public:
  static constexpr size_t kShards = 2;

  // The database must answer.
  Server(FaultyDatabase& database, const ManualClock& clock, const Plan& plan);
  ~Server();
  // Stores what was accepted and ends, as at a planned restart, after drain().
  void stop();

  hub::Hub& hub() { return *hub_; }
  net::Reactor& reactor(size_t shard) { return shards_.reactor(shard); }
  void turn(size_t shard) { shards_.run_once(shard); }
  // One commit. False when the database refused.
  bool store() { return journal_->run_once(); }
  // One job of the database's lane. False when none waits.
  bool run_job() { return db_->run_one(); }
  // Everything, until nothing is left to do at this moment.
  void run_until_idle();
  bool quiet() const { return journal_->waiting() == 0 && db_->queued() == 0; }

 private:
  void restore(const Plan& plan);

  FaultyDatabase& database_;
  const ManualClock& clock_;
  IdSource ids_;
  net::Shards shards_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<hub::DbLane> db_;
  std::unique_ptr<hub::Hub> hub_;
};

}  // namespace strims::sim
