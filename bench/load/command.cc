#include "load/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "load/options.h"
#include "load/scenarios.h"

namespace strims::load {
namespace {

struct Scenario {
  const char* name;
  const char* help;
  void (*run)(Plan&, Report&);
  void (*preset)(Plan&);
  void (*add_options)(CLI::App*, Plan&);
};

constexpr std::array kScenarios = {
    Scenario{"fanout", "N receivers, R messages a second: CPU per delivery, latency, nothing lost",
             run_fanout, preset_fanout, add_fanout_options},
    Scenario{"ingest", "As many messages as the senders can get accepted and committed", run_ingest,
             preset_ingest, add_ingest_options},
    Scenario{"idle", "N connections that do nothing: memory of each, CPU of all, pings included",
             run_idle, preset_idle, add_idle_options},
    Scenario{"latency", "At rest: from the sender to the first receiver", run_latency,
             preset_latency, add_latency_options},
    Scenario{"churn", "Connect, upgrade, close, over and over: CPU of each", run_churn,
             preset_churn, add_churn_options},
    Scenario{"slow",
             "Every tenth receiver stops reading: the times of the others against a run without",
             run_slow, preset_slow, add_slow_options},
    Scenario{"storm", "The server is killed and started again under load: all back, nothing lost",
             run_storm, preset_storm, add_storm_options},
};

}  // namespace

int command(const std::string& program, std::vector<std::string> arguments) {
  CLI::App cli("Measures a running Strims server, or strims-reference, from the outside.", program);
  cli.require_subcommand(1);
  cli.footer(
      "Figures are told as ratios to strims-reference, run in the same minute: bench/README.md.");
  // Each scenario has a plan of its own, with its own defaults.
  std::array<Plan, kScenarios.size()> plans;
  std::array<Output, kScenarios.size()> outputs;
  size_t chosen = 0;
  for (size_t i = 0; i < kScenarios.size(); ++i) {
    const Scenario& scenario = kScenarios[i];
    CLI::App* verb = cli.add_subcommand(scenario.name, scenario.help);
    scenario.preset(plans[i]);
    add_common_options(verb, plans[i], outputs[i]);
    scenario.add_options(verb, plans[i]);
    verb->callback([&chosen, i] { chosen = i; });
  }
  std::reverse(arguments.begin(), arguments.end());
  try {
    cli.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  }
  raise_file_limit();
  Report report(kScenarios[chosen].name);
  kScenarios[chosen].run(plans[chosen], report);
  return deliver(report, outputs[chosen]);
}

}  // namespace strims::load
