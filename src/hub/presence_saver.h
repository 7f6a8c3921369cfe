// Writes behind who is present, so that after a restart, planned or not, nobody who comes back
// joins anew. About once a second what has changed goes to the database, one batch at a time; a
// batch that fails is tried again with the next. Holds at most one mark for each user who is
// present or stored. Home shard.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "storage/repositories/presence.h"

namespace strims::hub {

class PresenceSaver {
 public:
  static constexpr int64_t kIntervalMs = 1000;
  static constexpr size_t kBatch = 500;  // users: short enough that the journal waits for nothing

  // Writes a batch on a lane and answers at home.
  using Write = std::function<void(storage::PresenceDiff batch,
                                   std::move_only_function<void(Result<void>)> answer)>;
  explicit PresenceSaver(Write write) : write_(std::move(write)) {}

  // Who is stored at the start.
  void restore(std::span<const UserId> stored) { stored_.insert(stored.begin(), stored.end()); }
  // Users who have become present (true) or absent.
  void add(const std::vector<std::pair<UserId, bool>>& moves);
  // Begins a batch when it is time. `now`: monotonic.
  void tick(MonoMs now);
  // The process ends: writes what is left without waiting for the next second, and gives up at the
  // first failure. settled() says when that is done.
  void finish();
  bool settled() const { return finishing_ && !writing_ && changed_.empty(); }

 private:
  void write_batch();
  void written(const storage::PresenceDiff& batch, const Result<void>& result);

  const Write write_;
  std::unordered_set<UserId> stored_;
  std::unordered_map<UserId, bool> changed_;  // against stored_: present now
  MonoMs next_ = 0;
  bool writing_ = false;
  bool failing_ = false;
  bool finishing_ = false;
};

}  // namespace strims::hub
