// The scenarios. Each runs against a server that is already there, fills the report and leaves the
// verdict in it.
#pragma once

#include "load/crew.h"
#include "load/plan.h"
#include "load/report.h"

namespace strims::load {

// N receivers, R messages a second: CPU per delivery, latency, nothing lost.
void run_fanout(Plan& plan, Report& report);
// As many messages as the senders can get accepted, and shown again.
void run_ingest(Plan& plan, Report& report);
// N connections that do nothing: memory of each, CPU of all.
void run_idle(Plan& plan, Report& report);
// A few receivers, a message now and then: the time until the first of them has it.
void run_latency(Plan& plan, Report& report);
// Connect, upgrade, close, over and over: the server's CPU for each.
void run_churn(Plan& plan, Report& report);
// Every tenth receiver stops reading: the times of the others against a run without.
void run_slow(Plan& plan, Report& report);
// The server is killed and started again under load: everybody back, nothing lost.
void run_storm(Plan& plan, Report& report);

// --- what they share

// Makes the accounts, when a data folder was given; false (with a fault) when that failed.
bool open_accounts(Plan& plan, Report& report);
// Connects everybody and waits until nothing moves; false (with a fault) when somebody did not get
// in.
bool gather(Crew& crew, Report& report);
// CPU seconds and time of a stretch of a run: of the server, of the load tool, and of everything
// else that ran.
class Meter {
 public:
  explicit Meter(const Crew& crew);
  void stop();
  double cpu() const { return cpu_; }
  double seconds() const { return seconds_; }
  // server_cores (when its process is known), load_cores, other_cores, seconds.
  void add_to(Report& report) const;

 private:
  const Crew& crew_;
  double cpu_;
  double load_;
  double busy_;
  double seconds_;
};
// What was said between two moments.
struct Stretch {
  bool complete = false;  // everybody had everything
  Meter meter;
  Sums sums;
};
// Warms up, begins to count anew, lets the senders speak for Plan::seconds, waits until all have
// all, and compares.
Stretch speak(Crew& crew, const std::string& what);
// The counts that must be zero in every scenario that says something.
void check_delivery(const Stretch& said, Report& report);
void check_order(const Crew& crew, Report& report);
void add_times(const Crew& crew, Report& report);

}  // namespace strims::load
