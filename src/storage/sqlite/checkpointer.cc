#include "storage/sqlite/checkpointer.h"

#include <sqlite3.h>

#include <chrono>

#include "obs/log.h"

namespace strims::storage {
namespace {

constexpr int64_t kGateWaitMs = 1'000;
constexpr std::chrono::milliseconds kPauseAfterFailure{1'000};

struct Close {
  void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};

// Busy: somebody else copies, or is about to empty the WAL. That is no failure.
bool checkpoint(sqlite3* handle) {
  const int code =
      sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return true;
  obs::log_warn("storage.checkpoint_failed", {{"detail", sqlite3_errmsg(handle)}});
  return false;
}

}  // namespace

Checkpointer::Checkpointer(const SqliteOptions& options, std::shared_ptr<WriteGate> gate)
    : path_(options.path), pages_(options.checkpoint_pages), gate_(std::move(gate)) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Checkpointer::attach(sqlite3* handle) {
  sqlite3_wal_hook(
      handle,
      [](void* self, sqlite3* committer, const char*, int pages) {
        static_cast<Checkpointer*>(self)->committed(committer, pages);
        return SQLITE_OK;
      },
      this);
}

void Checkpointer::committed(sqlite3* handle, int pages) {
  if (pages < pages_) return;
  ask();
  if (pages >= pages_ * kMost) checkpoint(handle);
}

void Checkpointer::ask() {
  if (asked_.exchange(true)) return;
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  wake_.notify_one();
}

void Checkpointer::run() {
  obs::name_thread("checkpoint");
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || asked_; });
    if (stopping_) return;
    lock.unlock();
    const bool done = copy();
    lock.lock();
    if (!done) wake_.wait_for(lock, kPauseAfterFailure, [this] { return stopping_; });
    asked_ = false;
  }
}

bool Checkpointer::copy() {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path_.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  const std::unique_ptr<sqlite3, Close> handle(opened);
  if (code != SQLITE_OK) {
    obs::log_warn("storage.checkpoint_failed", {{"detail", sqlite3_errstr(code)}});
    return false;
  }
  // Nearly all of it while the writers go on.
  if (!checkpoint(handle.get())) return false;
  // What they wrote meanwhile, while they wait: only a WAL that is copied whole is begun anew, and
  // not to do so would let it grow as long as somebody always writes.
  if (!gate_->enter(kGateWaitMs)) return true;
  const bool done = checkpoint(handle.get());
  gate_->leave();
  return done;
}

}  // namespace strims::storage
