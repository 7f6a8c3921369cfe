// The options of each scenario on the command line.
#pragma once

#include "load/output.h"
#include "load/plan.h"

namespace CLI {
class App;
}

namespace strims::load {

// Of every scenario.
void add_common_options(CLI::App* verb, Plan& plan, Output& output);
// Its defaults, before its options are read.
void preset_fanout(Plan& plan);
void preset_ingest(Plan& plan);
void preset_idle(Plan& plan);
void preset_latency(Plan& plan);
void preset_churn(Plan& plan);
void preset_slow(Plan& plan);
void preset_storm(Plan& plan);
void add_fanout_options(CLI::App* verb, Plan& plan);
void add_ingest_options(CLI::App* verb, Plan& plan);
void add_idle_options(CLI::App* verb, Plan& plan);
void add_latency_options(CLI::App* verb, Plan& plan);
void add_churn_options(CLI::App* verb, Plan& plan);
void add_slow_options(CLI::App* verb, Plan& plan);
void add_storm_options(CLI::App* verb, Plan& plan);

}  // namespace strims::load
