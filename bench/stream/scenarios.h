// The two kinds of run. Each adds its figures to the report, and says what was wrong.
#pragma once

#include "bench/stream/plan.h"
#include "load/report.h"

namespace strims::stream_load {

void run_publish(const Plan& plan, load::Report& report);
void run_watch(const Plan& plan, load::Report& report);

}  // namespace strims::stream_load
