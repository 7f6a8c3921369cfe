// Copies what was committed from the WAL into the database file, on a thread of its own: done by
// whoever commits, as SQLite would, its disk syncs make every message of that moment wait.
//
// Internal to the driver. Thread-safe. The thread begins with the first work. Bound: when the disk
// cannot follow, a commit that finds the WAL at kMost times the size that asks for a copy does the
// copying itself, which holds the writers back.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "storage/sqlite/sqlite.h"
#include "storage/sqlite/write_gate.h"

struct sqlite3;

namespace strims::storage {

class Checkpointer {
 public:
  static constexpr int kMost = 8;

  Checkpointer(const SqliteOptions& options, std::shared_ptr<WriteGate> gate);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Takes the place of SQLite's own checkpoints on a handle, which must not outlive this.
  void attach(sqlite3* handle);

 private:
  void committed(sqlite3* handle, int pages);
  void ask();
  void run();
  bool copy();

  const std::string path_;
  const int pages_;
  const std::shared_ptr<WriteGate> gate_;
  std::atomic<bool> asked_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace strims::storage
