// Seeds of the simulation (docs/SIMULATION.md). STRIMS_SIM_SEED=N runs one and tells what happens,
// STRIMS_SIM_SEEDS=N runs so many, from STRIMS_SIM_FIRST (1) on.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "base/bytes.h"
#include "obs/log.h"
#include "sim/world.h"

namespace strims::sim {
namespace {

constexpr uint64_t kOrdinarySeeds = 250;

uint64_t setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? parse_u64(text).value_or(otherwise) : otherwise;
}

class Simulation : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { obs::log_set_level(obs::Level::off); }

  // False when a promise was broken.
  bool run(uint64_t seed, bool spoken, Outcome* outcome = nullptr) {
    World world(cast_, seed, spoken);
    try {
      const Outcome came = world.run();
      if (outcome) *outcome = came;
      return true;
    } catch (const std::exception& violation) {
      ADD_FAILURE() << "seed " << seed << ", step " << world.step() << ": " << violation.what()
                    << "\nagain: STRIMS_SIM_SEED=" << seed << " build/release/tests/sim_test";
      return false;
    }
  }
  Cast cast_;
};

TEST_F(Simulation, EveryTranscriptIsTheJournalOrSaysWhatIsMissing) {
  if (const uint64_t seed = setting("STRIMS_SIM_SEED", 0); seed != 0) {
    run(seed, true);
    return;
  }
  using Time = std::chrono::steady_clock;
  const uint64_t first = setting("STRIMS_SIM_FIRST", 1);
  const uint64_t count = setting("STRIMS_SIM_SEEDS", kOrdinarySeeds);
  auto told = Time::now();
  size_t entries = 0;
  int failures = 0;
  for (uint64_t seed = first; seed < first + count && failures < 5; ++seed) {
    Outcome outcome;
    failures += !run(seed, false, &outcome);
    entries += outcome.entries;
    if (Time::now() - told < std::chrono::seconds(5)) continue;
    told = Time::now();
    std::fprintf(stderr, "sim: %zu of %zu seeds, %zu entries, %d failed\n",
                 static_cast<size_t>(seed - first + 1), static_cast<size_t>(count), entries,
                 failures);
  }
}

TEST_F(Simulation, ASeedIsTheSameHistoryEachTime) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Outcome once, again;
    if (!run(seed, false, &once) || !run(seed, false, &again)) return;
    EXPECT_EQ(once.hash, again.hash) << "seed " << seed;
    EXPECT_GT(once.entries, 10U);
  }
}

}  // namespace
}  // namespace strims::sim
