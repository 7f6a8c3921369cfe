// A chat with its people and all that goes wrong, from one seed: the same seed is the same history,
// to the byte.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sim/cast.h"
#include "sim/faulty_database.h"
#include "sim/journal_view.h"
#include "sim/ledger.h"
#include "sim/plan.h"
#include "sim/random.h"
#include "sim/server.h"
#include "sim/trace.h"
#include "sim/viewer.h"

namespace strims::sim {

// What came of a seed, for whoever counts.
struct Outcome {
  uint64_t hash = 0;
  size_t entries = 0;
  size_t steps = 0;
};

class World {
 public:
  World(const Cast& cast, uint64_t seed, bool spoken);
  ~World();

  // Throws Violation.
  Outcome run();
  size_t step() const { return trace_.step(); }

 private:
  // What people do (world_people.cc).
  void act();
  void speak(Viewer& viewer, bool long_one);
  void burst();
  void keep_order(Viewer& staff);
  void poll(Viewer& staff);
  void vote(Viewer& viewer);
  void whisper(Viewer& viewer);
  void delete_something();
  void from_the_site();
  void pay(const User& buyer);
  std::string somebody();
  Viewer* anyone_live(bool staff);
  // What goes wrong (world_faults.cc).
  void go_wrong();
  void come_and_go();
  void connect(Viewer& viewer);
  void stall_or_not();
  void trouble_database();
  void kill();
  void restart();
  void begin_server();
  // The order in which things move.
  void move();
  void pump(Viewer& viewer);
  void let_pass(int64_t ms);

  void make_viewers(const Cast& cast);
  void settle(int rounds, int64_t ms);
  void end_well();
  bool everybody_has_everything();
  void check_everything();
  void check_presence();

  Random random_;
  const Plan plan_;
  Trace trace_;
  ManualClock clock_;
  storage::TempFolder folder_;
  FaultyDatabase database_;
  JournalView journal_;
  Ledger ledger_;
  std::vector<UserPtr> people_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  std::unique_ptr<Server> server_;
};

}  // namespace strims::sim
