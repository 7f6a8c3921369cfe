// The running poll of a room. Pure state; lives on the home shard.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "model/entry.h"

namespace strims::chat {

// Weight of a vote by subscription tier 0..5 in a weighted poll.
int64_t vote_weight(int tier);

// How much a stored vote counts (its `extra`), and the extra that says so.
int64_t vote_quantity(const Entry& vote);
std::string vote_extra(int64_t quantity);

class Poll {
 public:
  // From a poll_start entry (its `extra` holds question, options, weighted, time_ms).
  static Result<Poll> from_entry(const Entry& start);
  // The `extra` of a poll_start entry.
  static std::string make_extra(const std::string& question,
                                const std::vector<std::string>& options, bool weighted,
                                int64_t time_ms);

  const Entry& start() const { return start_; }
  const std::string& question() const { return question_; }
  const std::vector<std::string>& options() const { return options_; }
  bool weighted() const { return weighted_; }
  int64_t time_ms() const { return time_ms_; }
  TimeMs ends_at() const { return start_.at + time_ms_; }

  // Counted at admission, so that a second vote is refused while the first is being stored.
  bool has_voted(UserId user) const { return votes_.contains(user); }
  void admit(UserId user, int option, int64_t quantity);
  // The vote could not be stored.
  void withdraw(UserId user, int64_t quantity);
  // Stored: from now on newcomers see it.
  void show(int option, int64_t quantity);

  // 1-based option that `user` chose, 0 when none.
  int vote_of(UserId user) const;
  const std::vector<int64_t>& shown_totals() const { return shown_; }
  int64_t shown_sum() const;
  // What poll_stop records: all admitted votes (each is stored before the stop is).
  std::string final_extra() const;

 private:
  Entry start_;
  std::string question_;
  std::vector<std::string> options_;
  bool weighted_ = false;
  int64_t time_ms_ = 0;
  std::unordered_map<UserId, int> votes_;
  std::vector<int64_t> admitted_;
  std::vector<int64_t> shown_;
};

}  // namespace strims::chat
