// Stores one batch of entries in one transaction: numbers, rows, projections, nonces. No queue, no
// thread, no waiting: the journal's thread owns it and decides when to try again.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "base/clock.h"
#include "base/error.h"
#include "journal/nonce_table.h"
#include "journal/request.h"
#include "model/entry.h"
#include "storage/sql/database.h"

namespace strims::journal {

class BatchStore {
 public:
  // Checks every channel's counter and loads the nonces. `database` and `clock` must outlive it.
  static Result<std::unique_ptr<BatchStore>> open(sql::Database& database, const Clock& clock,
                                                  int64_t lock_wait_ms, size_t max_nonces);

  // All or nothing: on success each request has its fate; on an error nothing is stored and the
  // same batch should be tried again, in the same order.
  Result<void> store(Requests& batch);

  // Whether a transaction could begin now: takes the write lock and gives it back.
  Result<void> probe();

  // A new connection in the place of one that keeps failing. The old one stays when that fails.
  void reconnect();

 private:
  BatchStore(sql::Database& database, const Clock& clock, int64_t lock_wait_ms, size_t max_nonces);
  Result<void> connect();
  Result<void> check_counters();
  Result<void> load_nonces();

  // Whether an entry that fails is taken out alone (a savepoint each) or ends the try.
  enum class Mode { fast, one_by_one };
  Result<void> attempt(Requests& batch, Mode mode);
  Result<void> fill(Requests& batch, Mode mode);
  Result<void> store_guarded(Request& request);
  Result<void> store_one(Request& request);
  Result<void> adopt_if_stored(Requests& batch);
  Result<bool> take_repeated(Request& request);
  Result<void> lock_counters(const Requests& batch);
  Result<void> write_counters();
  void keep_nonces(const Requests& batch);

  struct Counter {
    Seq seq = 0;        // of the running transaction
    Seq written = 0;    // in the table
    bool known = true;  // there is such a channel
  };

  sql::Database& database_;
  const Clock& clock_;
  const int64_t lock_wait_ms_;
  std::unique_ptr<sql::Connection> connection_;
  NonceTable nonces_;
  NonceTable staged_;                                // those of the running transaction
  std::unordered_map<ChannelId, Counter> counters_;  // of the running transaction
  std::unordered_map<ChannelId, Seq> committed_;     // as this journal last left them
  bool entry_failed_ = false;                        // the last error was one entry's own
  bool uncertain_ = false;  // a COMMIT failed: perhaps it was done nevertheless
};

}  // namespace strims::journal
