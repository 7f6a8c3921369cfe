#include "journal/batch_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "obs/log.h"
#include "storage/repositories/entries.h"
#include "storage/repositories/nonces.h"
#include "storage/repositories/projection.h"

namespace strims::journal {
namespace {

bool is_passing(const Error& error) {
  return error.code == Errc::unavailable;
}

}  // namespace

BatchStore::BatchStore(sql::Database& database, const Clock& clock, int64_t lock_wait_ms,
                       size_t max_nonces)
    : database_(database),
      clock_(clock),
      lock_wait_ms_(lock_wait_ms),
      nonces_(max_nonces),
      staged_(std::numeric_limits<size_t>::max()) {}

Result<std::unique_ptr<BatchStore>> BatchStore::open(sql::Database& database, const Clock& clock,
                                                     int64_t lock_wait_ms, size_t max_nonces) {
  std::unique_ptr<BatchStore> made(new BatchStore(database, clock, lock_wait_ms, max_nonces));
  STRIMS_CHECK_OK(made->connect());
  STRIMS_CHECK_OK(made->check_counters());
  STRIMS_CHECK_OK(made->load_nonces());
  return made;
}

Result<void> BatchStore::connect() {
  STRIMS_TRY(auto connection, database_.connect());
  connection->set_lock_timeout(lock_wait_ms_);
  connection_ = std::move(connection);
  return {};
}

Result<void> BatchStore::probe() {
  STRIMS_CHECK_OK(connection_->begin());
  connection_->rollback();
  return {};
}

void BatchStore::reconnect() {
  if (auto done = connect(); !done)
    obs::log_warn("journal.reconnect_failed", {{"detail", done.error().detail}});
}

Result<void> BatchStore::check_counters() {
  STRIMS_TRY(const auto rows,
             connection_->query("SELECT c.id, c.last_seq, (SELECT MAX(e.seq) FROM entries AS e "
                                "WHERE e.channel = c.id) FROM channels AS c"));
  for (const auto& row : rows) {
    // Old entries may be gone, so the counter may be ahead; entries past it would be numbered
    // again.
    if (row.integer(2) > row.integer(1))
      return fail(Errc::internal, "journal_counter",
                  fmt::format("channel {} counts {} entries but has one with number {}",
                              row.integer(0), row.integer(1), row.integer(2)));
    committed_[row.integer(0)] = static_cast<Seq>(row.integer(1));
  }
  return {};
}

Result<void> BatchStore::load_nonces() {
  STRIMS_TRY(const auto known,
             storage::read_nonces(*connection_, 0, clock_.wall_ms() - storage::kNonceWindowMs,
                                  nonces_.bound()));
  for (const auto& one : known)
    nonces_.add(one.channel, one.user_id, one.nonce, {one.entry, one.seq, one.at});
  return {};
}

Result<void> BatchStore::store(Requests& batch) {
  entry_failed_ = false;
  auto done = attempt(batch, Mode::fast);
  if (!done && entry_failed_) done = attempt(batch, Mode::one_by_one);
  if (!done) return done;
  uncertain_ = false;
  for (const auto& [channel, counter] : counters_)
    if (counter.known) committed_[channel] = counter.seq;
  keep_nonces(batch);
  return {};
}

Result<void> BatchStore::attempt(Requests& batch, Mode mode) {
  counters_.clear();
  staged_.clear();
  for (const auto& request : batch) {
    request->fate = Fate::open;
    request->first.reset();
  }
  STRIMS_CHECK_OK(connection_->begin());
  auto filled = fill(batch, mode);
  if (!filled) {
    connection_->rollback();
    return filled;
  }
  auto committed = connection_->commit();
  if (committed) return {};
  connection_->rollback();
  uncertain_ = true;
  return committed;
}

Result<void> BatchStore::fill(Requests& batch, Mode mode) {
  STRIMS_CHECK_OK(lock_counters(batch));
  if (uncertain_) STRIMS_CHECK_OK(adopt_if_stored(batch));
  for (const auto& request : batch) {
    if (request->fate != Fate::open) continue;
    auto done = mode == Mode::fast ? store_one(*request) : store_guarded(*request);
    if (done) continue;
    entry_failed_ = !is_passing(done.error());
    return done;
  }
  return write_counters();
}

// The entry that fails for a reason of its own is undone alone; its number goes to the next one.
Result<void> BatchStore::store_guarded(Request& request) {
  STRIMS_CHECK_OK(connection_->execute("SAVEPOINT entry"));
  auto done = store_one(request);
  if (done) {
    STRIMS_CHECK_OK(connection_->execute("RELEASE SAVEPOINT entry"));
    return {};
  }
  if (is_passing(done.error())) return done;
  STRIMS_CHECK_OK(connection_->execute("ROLLBACK TO SAVEPOINT entry"));
  STRIMS_CHECK_OK(connection_->execute("RELEASE SAVEPOINT entry"));
  Counter& counter = counters_[request.entry.channel];
  if (request.fate == Fate::stored) --counter.seq;
  request.fate = Fate::refused;
  request.error = std::move(done).error();
  obs::log_error("journal.entry_refused",
                 {{"entry", request.entry.id}, {"detail", request.error.detail}});
  return {};
}

Result<void> BatchStore::store_one(Request& request) {
  Entry& entry = request.entry;
  Counter& counter = counters_[entry.channel];
  if (!counter.known || entry.id <= 0) {
    request.fate = Fate::refused;
    request.error = entry.id <= 0 ? Error{Errc::internal, "unknown", "an entry needs an id"}
                                  : Error{Errc::not_found, "channel", "there is no such channel"};
    return {};
  }
  const bool has_nonce = !entry.nonce.empty() && entry.actor.id != 0;
  if (has_nonce) {
    STRIMS_TRY(const bool repeated, take_repeated(request));
    if (repeated) return {};
  }
  entry.seq = ++counter.seq;
  request.fate = Fate::stored;
  auto done = storage::insert_entry(*connection_, entry);
  if (done && storage::has_projection(entry.kind)) done = storage::project(*connection_, entry);
  if (done && has_nonce) staged_.add(entry);
  return done;
}

Result<bool> BatchStore::take_repeated(Request& request) {
  const TimeMs since = clock_.wall_ms() - storage::kNonceWindowMs;
  const KnownEntry* known = staged_.find(request.entry, since);
  if (!known) known = nonces_.find(request.entry, since);
  if (!known) return false;
  STRIMS_TRY(auto first, storage::find_entry(*connection_, known->id));
  if (!first) {  // its row is gone; the answer needs id, number and time only
    first = request.entry;
    first->id = known->id;
    first->seq = known->seq;
    first->at = known->at;
  }
  request.first = std::make_unique<Entry>(std::move(*first));
  request.fate = Fate::repeated;
  return true;
}

// After a COMMIT whose answer was an error the rows may be there: then they are not stored a second
// time.
Result<void> BatchStore::adopt_if_stored(Requests& batch) {
  for (const auto& request : batch) {
    STRIMS_TRY(auto found, storage::find_entry(*connection_, request->entry.id));
    if (!found || found->channel != request->entry.channel) continue;
    request->entry = std::move(*found);
    request->fate = Fate::stored;
  }
  return {};
}

// Takes the write lock of each channel's counter and reads it: the one order, also with several
// journals.
Result<void> BatchStore::lock_counters(const Requests& batch) {
  for (const auto& request : batch) {
    const auto [place, fresh] = counters_.try_emplace(request->entry.channel);
    if (!fresh) continue;
    STRIMS_TRY(const auto rows,
               connection_->query("UPDATE channels SET last_seq = last_seq WHERE id = $1 "
                                  "RETURNING last_seq",
                                  {request->entry.channel}));
    Counter& counter = place->second;
    counter.known = !rows.empty();
    if (!counter.known) continue;
    counter.seq = counter.written = static_cast<Seq>(rows.front().integer(0));
    const auto last = committed_.find(request->entry.channel);
    if (last != committed_.end() && last->second != counter.seq)
      obs::log_warn("journal.counter_moved", {{"channel", request->entry.channel},
                                              {"expected", last->second},
                                              {"found", counter.seq}});
  }
  return {};
}

Result<void> BatchStore::write_counters() {
  for (const auto& [channel, counter] : counters_) {
    if (!counter.known || counter.seq == counter.written) continue;
    STRIMS_CHECK_OK(connection_->execute("UPDATE channels SET last_seq = $2 WHERE id = $1",
                                         {channel, static_cast<int64_t>(counter.seq)}));
  }
  return {};
}

void BatchStore::keep_nonces(const Requests& batch) {
  nonces_.forget_before(clock_.wall_ms() - storage::kNonceWindowMs);
  for (const auto& request : batch) {
    if (request->fate != Fate::stored || request->entry.nonce.empty() ||
        request->entry.actor.id == 0)
      continue;
    nonces_.add(request->entry);
  }
}

}  // namespace strims::journal
