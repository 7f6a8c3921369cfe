// The scenarios. Each runs against a server that is already there, fills the report and leaves the
// verdict in it.
#pragma once

#include "load/crew.h"
#include "load/plan.h"
#include "load/report.h"

namespace strims::load {

// N receivers, R messages a second: CPU per delivery, latency, nothing lost.
void run_fanout(const Plan& plan, Report& report);
// As many messages as the senders can get accepted, and shown again.
void run_ingest(const Plan& plan, Report& report);
// N connections that do nothing: memory of each, CPU of all.
void run_idle(const Plan& plan, Report& report);

// --- what they share

// Connects everybody and waits until nothing moves; false (with a fault) when somebody did not get
// in.
bool gather(Crew& crew, Report& report);
// CPU seconds and time of a stretch of the run.
class Meter {
 public:
  explicit Meter(int64_t pid);
  void stop();
  double cpu() const { return cpu_; }
  double seconds() const { return seconds_; }

 private:
  int64_t pid_;
  double cpu_;
  double seconds_;
};
// The counts that must be zero in every scenario that says something.
void check_order(const Crew& crew, Report& report);
void add_times(const Crew& crew, Report& report);

}  // namespace strims::load
