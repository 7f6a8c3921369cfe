// Tasks from one shard to another, gathered during a turn and posted as one. Nothing is lost when
// the receiver's mailbox is full: the batch waits for the next turn, in order.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "net/shard.h"

namespace strims::hub {

class Outbox {
 public:
  using Task = std::move_only_function<void()>;
  Outbox(net::Shards& shards, size_t to) : shards_(shards), to_(to) {}

  void add(Task task) { tasks_.push_back(std::move(task)); }
  size_t size() const { return tasks_.size(); }

  // True when something is left for the next turn. Runs the tasks at once when they are for this
  // very shard.
  bool flush() {
    if (tasks_.empty()) return false;
    auto batch = std::make_shared<std::vector<Task>>(std::move(tasks_));
    tasks_.clear();
    const auto run = [batch] {
      for (Task& task : *batch) task();
    };
    if (net::Shards::current() == static_cast<int>(to_)) {
      run();
      return !tasks_.empty();
    }
    if (shards_.post(to_, run)) return false;
    tasks_ = std::move(*batch);
    return true;
  }

 private:
  net::Shards& shards_;
  const size_t to_;
  std::vector<Task> tasks_;
};

}  // namespace strims::hub
