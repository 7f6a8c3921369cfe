#include "journal/journal.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "journal/batch_store.h"
#include "journal/journal_metrics.h"
#include "obs/log.h"

namespace strims::journal {
namespace {

constexpr int kReconnectEvery = 8;  // failed tries in a row

// What left the queue and is being stored.
struct Batch {
  Requests requests;
  size_t weight = 0;
};

}  // namespace

struct Journal::Loop {
  Loop(JournalOptions o, std::unique_ptr<BatchStore> s, const Clock& c)
      : options(o), store(std::move(s)), clock(c) {}

  bool append(std::unique_ptr<Request>& request);
  size_t stop();
  void run();
  bool run_once();
  int64_t now_ns() const { return options.thread ? mono_ns() : clock.mono_ms() * 1'000'000; }

  // The rest is the thread's.
  bool take(Batch& batch);
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  void probe();
  void answered();
  bool store_until_done(Batch& batch);
  bool try_to_store(Batch& batch);
  bool pause(int64_t ms);
  void release(const Batch& batch);
  void answer(Batch& batch);
  void refuse_all(Batch& batch);

  const JournalOptions options;
  const std::unique_ptr<BatchStore> store;
  const Clock& clock;
  JournalMetrics metrics;
  Listener listener;

  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::unique_ptr<Request>> queue;
  size_t entries = 0;  // of the queue and of the running batch
  size_t bytes = 0;
  bool idle = false;  // the thread waits for work
  bool stopping = false;
  std::chrono::steady_clock::time_point give_up_at;
  std::atomic<int64_t> oldest_ns{0};         // when the oldest waiting entry came; 0: none waits
  std::atomic<int64_t> refused_since_ns{0};  // the first of the failed probes in a row; 0: none
  size_t lost = 0;
  // The thread's own.
  std::chrono::steady_clock::time_point probe_at{};
  int failed_probes = 0;  // in a row
  int failures = 0;       // of the running batch
  Batch held;             // without a thread: refused, to be tried again
  std::thread thread;
};

bool Journal::Loop::append(std::unique_ptr<Request>& request) {
  const size_t weight = request->weight = weigh(request->entry);
  const int64_t now = request->since_ns = now_ns();
  bool asleep = false;
  {
    const std::lock_guard lock(mutex);
    if (stopping || entries >= options.max_entries || bytes + weight > options.max_bytes)
      return false;
    if (entries == 0) oldest_ns.store(now, std::memory_order_relaxed);
    ++entries;
    bytes += weight;
    metrics.waiting.set(static_cast<double>(entries));
    queue.push_back(std::move(request));
    asleep = idle;
    idle = false;
  }
  if (asleep) wake.notify_one();
  return true;
}

void Journal::Loop::run() {
  obs::name_thread("journal");
  answered();  // open() has read from it
  Batch batch;
  while (take(batch)) {
    if (!store_until_done(batch)) {
      refuse_all(batch);
      continue;
    }
    release(batch);
    answer(batch);
  }
}

bool Journal::Loop::run_once() {
  if (held.requests.empty()) {
    const std::unique_lock lock(mutex);
    if (queue.empty()) return true;
  }
  if (held.requests.empty()) take(held);
  if (!try_to_store(held)) return false;
  release(held);
  answer(held);
  held.requests.clear();
  return true;
}

// Waits for work and takes all that is there. False when the journal stops and nothing is left.
bool Journal::Loop::take(Batch& batch) {
  batch.requests.clear();
  batch.weight = 0;
  std::unique_lock lock(mutex);
  wait_for_work(lock);
  const size_t count = std::min(queue.size(), options.max_batch);
  batch.requests.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    batch.requests.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  lock.unlock();
  for (const auto& request : batch.requests) batch.weight += request->weight;
  return count != 0;
}

void Journal::Loop::wait_for_work(std::unique_lock<std::mutex>& lock) {
  for (;;) {
    idle = queue.empty();
    const bool woken = wake.wait_until(lock, probe_at, [&] { return !queue.empty() || stopping; });
    idle = false;
    if (woken) return;
    lock.unlock();
    probe();
    lock.lock();
  }
}

// Nobody waits: an append that comes meanwhile is taken right after, lock_wait_ms later at most.
void Journal::Loop::probe() {
  const auto done = store->probe();
  if (done) {
    answered();
    return;
  }
  if (++failed_probes == 1) {
    refused_since_ns.store(now_ns(), std::memory_order_relaxed);
    obs::log_warn("journal.probe_failed", {{"detail", done.error().detail}});
  }
  if (failed_probes % kReconnectEvery == 0) store->reconnect();
  probe_at = std::chrono::steady_clock::now() + std::chrono::milliseconds(options.probe_every_ms);
}

// The database has just done what it was asked.
void Journal::Loop::answered() {
  if (failed_probes > 0) obs::log_info("journal.probe_resumed", {{"failures", failed_probes}});
  failed_probes = 0;
  refused_since_ns.store(0, std::memory_order_relaxed);
  probe_at = std::chrono::steady_clock::now() + std::chrono::milliseconds(options.probe_every_ms);
}

// False when the journal stops and the database did not come back in time.
bool Journal::Loop::store_until_done(Batch& batch) {
  int64_t pause_ms = options.retry_min_ms;
  while (!try_to_store(batch)) {
    if (!pause(pause_ms)) return false;
    pause_ms = std::min(pause_ms * 2, options.retry_max_ms);
  }
  return true;
}

// False when the database refused.
bool Journal::Loop::try_to_store(Batch& batch) {
  const int64_t started = mono_ns();
  const auto done = store->store(batch.requests);
  if (!done) {
    metrics.retries.inc();
    if (failures == 0) obs::log_error("journal.stalled", {{"detail", done.error().detail}});
    if (++failures % kReconnectEvery == 0) store->reconnect();
    return false;
  }
  answered();
  metrics.committed(batch.requests.size(), mono_ns() - started);
  if (failures > 0)
    obs::log_info("journal.resumed", {{"failures", failures}, {"entries", batch.requests.size()}});
  failures = 0;
  return true;
}

// False when the journal stops and its time is over.
bool Journal::Loop::pause(int64_t ms) {
  using std::chrono::steady_clock;
  std::unique_lock lock(mutex);
  const auto until = steady_clock::now() + std::chrono::milliseconds(ms);
  const bool was_stopping = stopping;
  wake.wait_until(lock, until, [&] { return stopping && !was_stopping; });
  return !stopping || steady_clock::now() < give_up_at;
}

// The batch no longer waits. Before its people are told, so that they find room for more.
void Journal::Loop::release(const Batch& batch) {
  const std::lock_guard lock(mutex);
  entries -= batch.requests.size();
  bytes -= batch.weight;
  metrics.waiting.set(static_cast<double>(entries));
  oldest_ns.store(queue.empty() ? 0 : queue.front()->since_ns, std::memory_order_relaxed);
}

void Journal::Loop::answer(Batch& batch) {
  const int64_t now = now_ns();
  for (const auto& request : batch.requests) {
    metrics.append_seconds.observe(static_cast<double>(now - request->since_ns) * 1e-9);
    if (request->fate == Fate::repeated) request->entry = std::move(*request->first);
  }
  if (listener) listener(std::move(batch.requests));
}

// At the end: this batch and all behind it.
void Journal::Loop::refuse_all(Batch& batch) {
  do {
    release(batch);
    for (const auto& request : batch.requests) {
      request->fate = Fate::refused;
      request->error = {Errc::unavailable, "unavailable",
                        "the journal stopped before it was stored"};
    }
    lost += batch.requests.size();
    if (listener) listener(std::move(batch.requests));
  } while (take(batch));
}

size_t Journal::Loop::stop() {
  {
    const std::lock_guard lock(mutex);
    if (stopping) return 0;
    stopping = true;
    give_up_at = std::chrono::steady_clock::now() + std::chrono::milliseconds(options.stop_wait_ms);
  }
  wake.notify_one();
  if (options.thread) {
    thread.join();
  } else {
    while (entries > 0)
      if (!run_once()) refuse_all(held);
  }
  if (lost > 0) obs::log_error("journal.lost", {{"entries", lost}});
  return lost;
}

Journal::Journal(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {
  if (loop_->options.thread) loop_->thread = std::thread([loop = loop_.get()] { loop->run(); });
}

Journal::~Journal() {
  stop();
}

Result<std::unique_ptr<Journal>> Journal::open(sql::Database& database, JournalOptions options,
                                               const Clock& clock) {
  STRIMS_TRY(auto store,
             BatchStore::open(database, clock, options.lock_wait_ms, options.max_nonces));
  return std::unique_ptr<Journal>(
      new Journal(std::make_unique<Loop>(options, std::move(store), clock)));
}

void Journal::set_listener(Listener listener) {
  loop_->listener = std::move(listener);
}

bool Journal::append(std::unique_ptr<Request>& request) {
  return loop_->append(request);
}

bool Journal::run_once() {
  return loop_->run_once();
}

int64_t Journal::stalled_ms() const {
  const int64_t since = loop_->oldest_ns.load(std::memory_order_relaxed);
  return since == 0 ? 0 : std::max<int64_t>(0, (loop_->now_ns() - since) / 1'000'000);
}

bool Journal::healthy() const {
  const int64_t bound = loop_->options.unhealthy_after_ms;
  const int64_t refused = loop_->refused_since_ns.load(std::memory_order_relaxed);
  if (refused != 0 && loop_->now_ns() - refused > bound * 1'000'000) return false;
  return stalled_ms() <= bound;
}

size_t Journal::waiting() const {
  const std::lock_guard lock(loop_->mutex);
  return loop_->entries;
}

size_t Journal::stop() {
  return loop_->stop();
}

size_t Journal::weigh(const Entry& entry) {
  size_t bytes = sizeof(Request) + entry.actor.nick.size() + entry.target_nick.size() +
                 entry.text.size() + entry.uuid.size() + entry.extra.size() + entry.nonce.size();
  for (const auto& word : entry.actor.features) bytes += sizeof(word) + word.size();
  for (const auto& word : entry.actor.roles) bytes += sizeof(word) + word.size();
  return bytes;
}

Result<std::vector<Entry>> read(sql::Connection& connection, ChannelId channel,
                                const ReadRange& range) {
  return storage::read_entries(connection, channel, range);
}

}  // namespace strims::journal
