// What goes wrong: connections, readers, the database, the server itself.
#include "sim/world.h"

namespace strims::sim {

void World::begin_server() {
  server_ = std::make_unique<Server>(database_, clock_, plan_);
}

void World::go_wrong() {
  const auto happens = [&](int chance) {
    return random_.below(1000) < static_cast<size_t>(chance);
  };
  come_and_go();
  if (happens(plan_.cuts)) random_.pick(viewers_)->cut();
  if (happens(plan_.cuts)) random_.pick(viewers_)->leave(random_.chance(50));
  if (happens(plan_.stalls)) stall_or_not();
  if (happens(plan_.outages)) trouble_database();
  if (happens(plan_.kills)) kill();
  if (happens(plan_.restarts)) restart();
  if (happens(5)) let_pass(random_.pick<int64_t>({1'000, 5'000, 12'000}));
}

void World::connect(Viewer& viewer) {
  const net::MemoryBounds bounds{.to_server = random_.pick<size_t>({100, 64 * 1024}),
                                 .to_client = random_.pick<size_t>({200, 3'000, 64 * 1024})};
  viewer.connect(*server_, random_.below(Server::kShards), bounds);
}

void World::come_and_go() {
  for (auto& viewer : viewers_)
    if (!viewer->online() && random_.chance(viewer->turned_away ? 2 : 15)) connect(*viewer);
}

void World::stall_or_not() {
  Viewer& viewer = *random_.pick(viewers_);
  if (!viewer.online()) return;
  viewer.stalled = !viewer.stalled;
  trace_.add(viewer.name() + (viewer.stalled ? " stalls" : " reads on"));
  if (viewer.stalled && random_.chance(70))
    viewer.set_receive_bound(random_.pick<size_t>({0, 50, 2'000}));
}

void World::trouble_database() {
  trace_.add("trouble with the database");
  switch (random_.below(4)) {
    case 0:
      database_.lose_commit_answer = true;
      return;
    case 1:
      database_.away_after = static_cast<int>(random_.below(20));
      return;
    default:
      database_.away = !database_.away;
      return;
  }
}

void World::kill() {
  trace_.add("the server is killed");
  if (random_.chance(50)) server_->store();  // stored, and shown to nobody
  server_.reset();
  for (auto& viewer : viewers_) viewer->server_died();
  database_.heal();
  let_pass(random_.pick<int64_t>({300, 2'000, 20'000}));
  begin_server();
}

void World::restart() {
  trace_.add("the server is restarted");
  database_.heal();
  server_->hub().drain(random_.pick<int64_t>({0, 300}));
  for (int round = 0; round < 12; ++round) {
    let_pass(50);
    move();
  }
  server_->stop();
  server_.reset();
  for (auto& viewer : viewers_) viewer->server_died();
  let_pass(random_.pick<int64_t>({300, 2'000, 20'000}));
  begin_server();
}

}  // namespace strims::sim
