// The journal: gives every entry its number and makes it durable before anybody sees it.
//
// append() queues; one thread with its own connection takes all that waits, stores it with its
// projections (storage/repositories/channel_state.h) in one transaction and then tells everyone in
// order. While a commit runs the next batch gathers, so grouping needs no timer: a lone entry is
// committed at once.
//
// When the database is away (locked, disk full, I/O error) nothing is lost and nothing overtakes:
// the batch is tried again, with pauses of 20 ms growing to 500 ms, until it is stored. Past the
// bounds append() refuses. While nothing waits, the thread asks the database now and then whether
// it could write, so that healthy() tells of an outage before somebody speaks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "journal/request.h"
#include "model/entry.h"
#include "storage/repositories/entries.h"
#include "storage/sql/database.h"

namespace strims::journal {

using storage::ReadRange;

struct JournalOptions {
  size_t max_entries = 100'000;         // waiting ones, those of the running commit included
  size_t max_bytes = 64 * 1024 * 1024;  // as weigh() counts them
  size_t max_batch = 8'192;             // entries of one transaction
  int64_t retry_min_ms = 20;            // pause after a failed try, doubled each time
  int64_t retry_max_ms = 500;
  int64_t lock_wait_ms = 100;          // how long one try waits for another process's lock
  int64_t unhealthy_after_ms = 2'000;  // healthy() is false when the database is away longer
  int64_t probe_every_ms = 1'000;      // between two questions to the database while idle
  int64_t stop_wait_ms = 5'000;        // stop() gives up after this
  size_t max_nonces = 500'000;         // remembered ones; past that the oldest are forgotten early
  // False: there is no thread, run_once() does its work, and time is the clock's: for simulation.
  bool thread = true;
};

class Journal {
 public:
  // Gets each batch back after its commit, on the journal's thread: in the order of the append()
  // calls, which is the order of seq, and every request once. It must not block nor throw.
  using Listener = std::move_only_function<void(Requests)>;

  // Connects, checks every channel's counter against its entries, loads the known nonces and starts
  // the thread. Errors: the driver's; internal/"journal_counter" when entries lie past a channel's
  // counter (the database was damaged or written by hand). `database` and `clock` must outlive the
  // journal.
  static Result<std::unique_ptr<Journal>> open(sql::Database& database, JournalOptions options = {},
                                               const Clock& clock = system_clock());
  ~Journal();  // stop()
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Before the first append(), from then on until the last answer.
  void set_listener(Listener listener);

  // Any thread; never blocks on the database. The entry needs id, channel, at and kind; seq is
  // given here. `request` is taken. False when a bound is reached or the journal is stopping:
  // then it is untouched and the listener hears nothing of it. A request is refused when its entry
  // can never be stored (the others are not affected) or, at stop(), with unavailable/"unavailable"
  // when it was not stored. A repeated nonce of the same channel and user within ten minutes stores
  // nothing (Fate::repeated).
  [[nodiscard]] bool append(std::unique_ptr<Request>& request);

  // For a journal without a thread: takes a batch of what waits, tries once to store it and
  // answers. False when the database refused: the next call tries the same batch again.
  bool run_once();

  // Any thread. How long the oldest waiting entry has waited; 0 when none waits.
  int64_t stalled_ms() const;
  // Any thread. False while the oldest entry has waited longer than unhealthy_after_ms, and while
  // the database, asked every probe_every_ms when nothing waits, has refused the write lock for
  // longer than that since its first refusal. True again after the next success.
  bool healthy() const;
  // Any thread. Entries that are accepted but not yet committed.
  size_t waiting() const;

  // Commits what waits, for at most stop_wait_ms (without a thread: until the database refuses),
  // and ends the thread. Returns how many could not
  // be stored (they were answered with an error). Later calls return 0. Not from the journal's
  // own thread.
  size_t stop();

  // What an entry counts against max_bytes.
  static size_t weigh(const Entry& entry);

 private:
  struct Loop;
  explicit Journal(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

// A page of a channel's journal by seq, on any lane's connection.
Result<std::vector<Entry>> read(sql::Connection& connection, ChannelId channel,
                                const ReadRange& range);

}  // namespace strims::journal
