#include "net/shard.h"

#include <algorithm>
#include <string>
#include <utility>

#include "obs/log.h"

namespace strims::net {
namespace {

thread_local int current_shard = -1;

}  // namespace

Shards::Shards(size_t count, const Clock& clock,
               const std::function<std::unique_ptr<Poller>()>& make_poller) {
  count = std::max<size_t>(count, 1);
  for (size_t i = 0; i < count; ++i)
    shards_.push_back(std::make_unique<Shard>(clock, make_poller()));
}

Shards::~Shards() {
  stop_and_join();
}

void Shards::start() {
  for (size_t i = 0; i < shards_.size(); ++i) {
    shards_[i]->thread = std::thread([&reactor = shards_[i]->reactor, i] {
      obs::name_thread("shard-" + std::to_string(i));
      current_shard = static_cast<int>(i);
      reactor.run();
      reactor.close();
    });
  }
}

void Shards::stop_and_join() {
  for (auto& shard : shards_) {
    if (shard->thread.joinable()) shard->reactor.stop();
  }
  for (auto& shard : shards_) {
    if (shard->thread.joinable()) shard->thread.join();
  }
}

void Shards::run_once(size_t shard) {
  const int before = std::exchange(current_shard, static_cast<int>(shard));
  shards_[shard]->reactor.run_once(0);
  current_shard = before;
}

int Shards::current() {
  return current_shard;
}

}  // namespace strims::net
