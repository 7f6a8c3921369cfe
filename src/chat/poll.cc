#include "chat/poll.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/json_read.h"
#include "base/json_write.h"

namespace strims::chat {

int64_t vote_weight(int tier) {
  static constexpr std::array<int64_t, 6> kWeights = {1, 2, 4, 8, 16, 32};
  return kWeights[static_cast<size_t>(std::clamp(tier, 0, 5))];
}

int64_t vote_quantity(const Entry& vote) {
  const auto json = Json::parse(vote.extra);
  const Json* quantity = json ? json->find("quantity") : nullptr;
  return quantity ? std::clamp<int64_t>(quantity->integer().value_or(1), 1, 32) : 1;
}

std::string vote_extra(int64_t quantity) {
  JsonWriter w;
  w.object().field("quantity", quantity).end_object();
  return w.take();
}

Result<Poll> Poll::from_entry(const Entry& start) {
  STRIMS_TRY(const Json json, Json::parse(start.extra));
  Poll poll;
  poll.start_ = start;
  poll.question_ = json.find_string("question").value_or("");
  if (const Json* options = json.find("options"))
    for (const Json& option : options->array())
      poll.options_.emplace_back(option.string().value_or(""));
  if (const Json* weighted = json.find("weighted"))
    poll.weighted_ = weighted->boolean().value_or(false);
  if (const Json* time = json.find("time_ms")) poll.time_ms_ = time->integer().value_or(0);
  if (poll.options_.size() < 2)
    return fail(Errc::internal, "unknown", "a stored poll has no options");
  poll.admitted_.resize(poll.options_.size());
  poll.shown_.resize(poll.options_.size());
  return poll;
}

std::string Poll::make_extra(const std::string& question, const std::vector<std::string>& options,
                             bool weighted, int64_t time_ms) {
  JsonWriter w;
  w.object().field("question", question).key("options").array();
  for (const auto& option : options) w.value(option);
  w.end_array().field("weighted", weighted).field("time_ms", time_ms).end_object();
  return w.take();
}

void Poll::admit(UserId user, int option, int64_t quantity) {
  votes_[user] = option;
  admitted_.at(static_cast<size_t>(option - 1)) += quantity;
}

void Poll::withdraw(UserId user, int64_t quantity) {
  const auto it = votes_.find(user);
  if (it == votes_.end()) return;
  admitted_.at(static_cast<size_t>(it->second - 1)) -= quantity;
  votes_.erase(it);
}

void Poll::show(int option, int64_t quantity) {
  if (option >= 1 && static_cast<size_t>(option) <= shown_.size())
    shown_[static_cast<size_t>(option - 1)] += quantity;
}

int Poll::vote_of(UserId user) const {
  const auto it = votes_.find(user);
  return it == votes_.end() ? 0 : it->second;
}

int64_t Poll::shown_sum() const {
  return std::accumulate(shown_.begin(), shown_.end(), int64_t{0});
}

std::string Poll::final_extra() const {
  JsonWriter w;
  w.object().field("question", question_).key("options").array();
  for (const auto& option : options_) w.value(option);
  w.end_array().key("totals").array();
  for (const int64_t total : admitted_) w.value(total);
  w.end_array()
      .field("totalvotes", std::accumulate(admitted_.begin(), admitted_.end(), int64_t{0}))
      .field("weighted", weighted_)
      .field("time_ms", time_ms_)
      .field("start", start_.at)
      .end_object();
  return w.take();
}

}  // namespace strims::chat
