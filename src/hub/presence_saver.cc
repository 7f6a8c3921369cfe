#include "hub/presence_saver.h"

#include "obs/log.h"

namespace strims::hub {

void PresenceSaver::add(const std::vector<std::pair<UserId, bool>>& moves) {
  for (const auto& [user, present] : moves) {
    // What is being written counts as unknown until the answer: it is looked at again then.
    if (!writing_ && stored_.contains(user) == present) {
      changed_.erase(user);
    } else {
      changed_[user] = present;
    }
  }
}

void PresenceSaver::tick(MonoMs now) {
  if (writing_ || changed_.empty() || now < next_) return;
  next_ = now + kIntervalMs;
  write_batch();
}

void PresenceSaver::finish() {
  finishing_ = true;
  if (!writing_ && !changed_.empty()) write_batch();
}

void PresenceSaver::write_batch() {
  storage::PresenceDiff batch;
  for (auto it = changed_.begin(); it != changed_.end() && batch.size() < kBatch;
       it = changed_.erase(it))
    (it->second ? batch.came : batch.left).push_back(it->first);
  writing_ = true;
  auto asked = batch;
  write_(std::move(asked),
         [this, batch = std::move(batch)](const Result<void>& result) { written(batch, result); });
}

void PresenceSaver::written(const storage::PresenceDiff& batch, const Result<void>& result) {
  writing_ = false;
  if (!result && !failing_) obs::log_warn("presence.not_saved", {{"error", result.error().detail}});
  failing_ = !result;
  if (result) {
    stored_.insert(batch.came.begin(), batch.came.end());
    for (const UserId user : batch.left) stored_.erase(user);
  } else {
    // What has changed since is newer than what was in the batch.
    for (const UserId user : batch.came) changed_.try_emplace(user, true);
    for (const UserId user : batch.left) changed_.try_emplace(user, false);
    if (finishing_) changed_.clear();
  }
  std::erase_if(changed_, [&](const auto& c) { return stored_.contains(c.first) == c.second; });
  // More than one batch has gathered (a storm): go on, but let others at the database between.
  if (result && !changed_.empty() && (finishing_ || changed_.size() >= kBatch)) write_batch();
}

}  // namespace strims::hub
