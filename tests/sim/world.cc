#include "sim/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace strims::sim {

World::World(const Cast& cast, uint64_t seed, bool spoken)
    : random_(seed),
      plan_(make_plan(random_)),
      trace_(spoken),
      database_(cast.open_copy(folder_.file("world.db"))),
      journal_(database_.inner(), plan_.hub.paid_event_ms),
      ledger_(journal_),
      people_(cast.users()) {
  make_viewers(cast);
  begin_server();
}

World::~World() = default;

void World::make_viewers(const Cast& cast) {
  for (size_t i = 0; i < plan_.viewers; ++i) {
    ViewerTraits traits;
    // The staff is there; others may be guests, or one person with several tabs.
    if (i < Cast::kStaff) {
      traits.user = cast.users()[i];
    } else if (random_.chance(80)) {
      traits.user = random_.pick(people_);
    }
    traits.name = fmt::format("{}{}", traits.user ? traits.user->nick : "guest", i);
    if (random_.chance(12)) traits.flavour = hub::Flavour::strims;
    traits.deflate = random_.chance(50);
    traits.gaps = traits.flavour == hub::Flavour::dgg && random_.chance(40);
    traits.resumes = traits.flavour == hub::Flavour::dgg && random_.chance(50);
    traits.address = fmt::format("192.0.2.{}", 1 + i);
    traits.answers_pings = random_.chance(90);
    viewers_.push_back(
        std::make_unique<Viewer>(std::move(traits), plan_, journal_, ledger_, trace_, clock_));
  }
}

Outcome World::run() {
  for (size_t step = 1; step <= plan_.steps; ++step) {
    trace_.begin_step(step);
    act();
    go_wrong();
    move();
  }
  end_well();
  check_everything();
  return {trace_.hash(), journal_.last(), plan_.steps};
}

// Shards, journal, lane and people, each now and then, in any order: whoever is not moved is slow.
void World::move() {
  std::vector<size_t> order;
  const size_t others = viewers_.size();
  for (size_t i = 0; i < others; ++i)
    if (random_.chance(40)) order.push_back(i);
  for (size_t kind = 0; kind < 4; ++kind)
    for (size_t n = random_.below(3); n > 0; --n) order.push_back(others + kind);
  random_.shuffle(order);
  for (const size_t who : order) {
    if (who < others) {
      pump(*viewers_[who]);
    } else if (who < others + Server::kShards) {
      server_->turn(who - others);
    } else if (who == others + 2) {
      server_->store();
    } else {
      server_->run_job();
    }
  }
  let_pass(random_.pick<int64_t>({0, 0, 1, 5, 20, 60, 250}));
}

void World::pump(Viewer& viewer) {
  const auto some = [&] { return random_.chance(70) ? SIZE_MAX : 1 + random_.below(200); };
  if (random_.chance(80)) viewer.pump_up(some());
  if (!viewer.stalled) viewer.pump_down(some());
}

void World::let_pass(int64_t ms) {
  clock_.advance(ms);
}

// Everything moves, nothing goes wrong, whoever is away comes back.
void World::settle(int rounds, int64_t ms) {
  for (int round = 0; round < rounds; ++round) {
    trace_.begin_step(trace_.step() + 1);
    let_pass(ms);
    for (auto& viewer : viewers_) {
      if (!viewer->online() && !viewer->turned_away) viewer->connect(*server_, round % 2, {});
      viewer->repeat_unanswered();
    }
    for (bool moves = true; moves;) {
      server_->run_until_idle();
      moves = false;
      for (auto& viewer : viewers_) {
        moves |= viewer->bytes_under_way() > 0;
        viewer->pump_up(SIZE_MAX);
        viewer->pump_down(SIZE_MAX);
      }
    }
  }
}

void World::end_well() {
  database_.heal();
  for (auto& viewer : viewers_) {
    viewer->answer_pings();
    viewer->stalled = false;
    viewer->set_receive_bound(64 * 1024);
  }
  settle(60, 100);
  settle(40, 500);  // graces end
  server_->hub().call(people_[0], {.verb = chat::Verb::broadcast, .text = "the end"},
                      [](const Result<chat::Receipt>& receipt) {
                        if (!receipt) throw Violation("the last broadcast was refused");
                      });
  for (int patience = 40; patience > 0 && !everybody_has_everything(); --patience) settle(5, 40);
}

bool World::everybody_has_everything() {
  journal_.read_on();
  return server_->quiet() && std::ranges::all_of(viewers_, [](const auto& viewer) {
           if (!viewer->online()) return viewer->turned_away;
           const Transcript& t = viewer->transcript();
           return viewer->live() && t.lack().empty() &&
                  (viewer->traits().flavour != hub::Flavour::dgg || t.unanswered().empty());
         });
}

void World::check_everything() {
  journal_.read_again();
  ledger_.check();
  if (!server_->quiet()) throw Violation("work is left when nothing moves any more");
  for (const auto& viewer : viewers_) {
    if (!viewer->online() && viewer->turned_away) continue;
    if (!viewer->live()) throw Violation(viewer->name() + " does not get in");
    const Transcript& t = viewer->transcript();
    if (const std::string lack = t.lack(); !lack.empty())
      throw Violation(fmt::format("{} was not shown {}", viewer->name(), lack));
    if (viewer->traits().flavour == hub::Flavour::dgg && !t.unanswered().empty())
      throw Violation(
          fmt::format("{} got no answer to {}", viewer->name(), t.unanswered().begin()->first));
  }
  check_presence();
  for (auto& viewer : viewers_) viewer->cut();
}

void World::check_presence() {
  std::set<std::string> connected;
  for (const auto& viewer : viewers_)
    if (viewer->live() && viewer->user()) connected.insert(viewer->user()->nick);
  std::set<std::string> listed;
  size_t present = 0;
  server_->hub().look([&](const chat::Room& room) {
    for (const UserPtr& user : room.presence().listed()) listed.insert(user->nick);
    present = room.presence().present_count();
  });
  server_->turn(hub::Hub::kHome);
  if (present != connected.size() || !std::ranges::includes(connected, listed) ||
      (listed.size() < connected.size() && listed.size() < plan_.room.presence.names_max))
    throw Violation(fmt::format("present are {} and listed [{}], connected [{}]", present,
                                fmt::join(listed, " "), fmt::join(connected, " ")));
  for (const auto& viewer : viewers_)
    if (viewer->live() && viewer->transcript().present() != listed)
      throw Violation(fmt::format("{} believes that [{}] are here, not [{}]", viewer->name(),
                                  fmt::join(viewer->transcript().present(), " "),
                                  fmt::join(listed, " ")));
}

}  // namespace strims::sim
