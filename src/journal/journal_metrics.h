// What the journal counts. One per journal; journals of one process share the series.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "obs/metric.h"

namespace strims::journal {

struct JournalMetrics {
  JournalMetrics();
  void committed(size_t entries, int64_t ns);

  obs::Histogram& commit_seconds;
  obs::Histogram& batch_entries;
  obs::Histogram& append_seconds;  // from append() to the answer
  obs::Gauge& waiting;             // accepted, not yet committed
  obs::Counter& retries;
};

}  // namespace strims::journal
