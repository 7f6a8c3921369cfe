#include "sim/server.h"

#include <algorithm>
#include <stdexcept>

#include "app/room_state.h"
#include "storage/database_case.h"
#include "storage/repositories/channel_state.h"
#include "storage/repositories/entries.h"
#include "storage/repositories/presence.h"

namespace strims::sim {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

}  // namespace

Server::Server(FaultyDatabase& database, const ManualClock& clock, const Plan& plan)
    : database_(database),
      clock_(clock),
      ids_(clock),
      shards_(kShards, clock),
      journal_(must(journal::Journal::open(database, plan.journal, clock))),
      db_(std::make_unique<hub::DbLane>("db", 0, plan.lane_bound,
                                        [&database] { return database.connect(); })) {
  storage::WhisperLimits whispers;
  whispers.unread_to_target_max = 1'000;
  whispers.target_max = 1'000;
  whispers.general_max = 1'000;
  hub_ = std::make_unique<hub::Hub>(
      hub::HubParts{shards_, *journal_, *db_, clock, ids_, 2'000, whispers}, plan.hub, plan.room,
      std::vector<std::string>{"Wow"});
  restore(plan);
}

void Server::restore(const Plan& plan) {
  const auto connection = storage::connect(database_);
  auto snapshot =
      must(storage::load_channel(*connection, hub::Hub::kChannel, clock_.wall_ms(),
                                 std::max(plan.room.history_lines, chat::HistoryTail::kMostLines)));
  auto present = must(storage::restore_presence(*connection, hub::Hub::kChannel, clock_.wall_ms()));
  auto recent = must(storage::read_entries(
      *connection, hub::Hub::kChannel,
      {.limit = plan.hub.resume_max_entries, .newest_first = true, .with_deleted = true}));
  std::reverse(recent.begin(), recent.end());
  hub_->restore(app::to_room_state(std::move(snapshot), std::move(present)), recent);
}

// What lies in queues is gone: nothing is stored any more, nobody is told anything.
Server::~Server() {
  if (!hub_) return;
  const bool was_away = std::exchange(database_.away, true);
  hub_->close();
  journal_->stop();
  db_->stop();
  hub_.reset();
  database_.away = was_away;
}

void Server::run_until_idle() {
  const auto done = [&] {
    uint64_t sum = 0;
    for (size_t i = 0; i < kShards; ++i) {
      const net::ReactorStats stats = shards_.reactor(i).stats();
      sum += stats.events + stats.tasks + stats.timers;
    }
    return sum;
  };
  for (int quiet = 0; quiet < 3;) {
    const uint64_t before = done();
    bool busy = false;
    for (size_t i = 0; i < kShards; ++i) {
      turn(i);
      busy |= hub_->shard(i).has_work();
    }
    while (run_job()) busy = true;
    if (journal_->waiting() > 0) busy |= store();
    quiet = busy || done() != before ? 0 : quiet + 1;
  }
}

void Server::stop() {
  hub_->close();
  db_->stop();
  journal_->stop();
  for (size_t i = 0; i < kShards; ++i) shards_.reactor(i).close();
  hub_.reset();
}

}  // namespace strims::sim
