#include "journal/journal_metrics.h"

#include <array>

namespace strims::journal {
namespace {

constexpr std::array<double, 12> kBatchBounds = {1,   2,   5,   10,   20,   50,
                                                 100, 200, 500, 1000, 2000, 5000};

}  // namespace

JournalMetrics::JournalMetrics()
    : commit_seconds(obs::histogram("strims_journal_commit_seconds",
                                    "Time to store and commit one batch", obs::fast_seconds())),
      batch_entries(obs::histogram("strims_journal_batch_entries", "Entries of one committed batch",
                                   kBatchBounds)),
      append_seconds(obs::histogram("strims_journal_append_seconds",
                                    "Time an entry waits until it is committed",
                                    obs::request_seconds())),
      waiting(obs::gauge("strims_journal_waiting", "Entries accepted but not yet committed")),
      retries(obs::counter("strims_journal_retries_total",
                           "Batches tried again because the database was away")) {}

void JournalMetrics::committed(size_t entries, int64_t ns) {
  commit_seconds.observe(static_cast<double>(ns) * 1e-9);
  batch_entries.observe(static_cast<double>(entries));
}

}  // namespace strims::journal
