// strims-journal-bench: how many entries a second the embedded journal stores, and what each costs.
//
//   strims-journal-bench FOLDER [entries] [normal|full]
//
// The folder must be empty; it is left with the database for a look.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/id.h"
#include "journal/journal.h"
#include "storage/migrate.h"
#include "storage/sqlite/sqlite.h"

namespace {

using strims::Entry;
using strims::journal::Request;

Entry make_entry(strims::IdSource& ids, size_t i) {
  Entry entry;
  entry.id = ids.next();
  entry.channel = 1;
  entry.at = strims::system_clock().wall_ms();
  entry.actor = {static_cast<strims::UserId>(1 + i % 1000),
                 "Speaker" + std::to_string(i % 1000),
                 {"flair3", "subscriber"},
                 {"USER", "SUBSCRIBER"},
                 1'700'000'000'000};
  entry.text =
      "a chat message of ordinary length, as people write them, number " + std::to_string(i);
  return entry;
}

double process_cpu_us() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

int fail(const strims::Error& error) {
  std::fprintf(stderr, "%s\n", error.detail.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: strims-journal-bench FOLDER [entries] [normal|full]\n", stderr);
    return 2;
  }
  const size_t total = argc > 2 ? static_cast<size_t>(std::atol(argv[2])) : 500'000;
  const bool full = argc > 3 && std::string_view(argv[3]) == "full";
  const std::string path = std::string(argv[1]) + "/bench.db";
  auto database =
      strims::storage::sqlite_database({.path = path,
                                        .durability = full ? strims::storage::Durability::full
                                                           : strims::storage::Durability::normal});
  auto connection = database->connect();
  if (!connection) return fail(connection.error());
  if (const auto migrated = strims::storage::migrate_up(**connection); !migrated)
    return fail(migrated.error());
  auto journal = strims::journal::Journal::open(*database);
  if (!journal) return fail(journal.error());

  strims::IdSource ids(strims::system_clock());
  std::atomic<size_t> stored{0};
  (*journal)->set_listener([&](const strims::journal::Requests& batch) {
    for (const auto& request : batch)
      if (request->fate == strims::journal::Fate::stored)
        stored.fetch_add(1, std::memory_order_relaxed);
  });
  const double cpu = process_cpu_us();
  const int64_t begin = strims::mono_ns();
  for (size_t i = 0; i < total; ++i) {
    std::unique_ptr<Request> request = std::make_unique<Request>(make_entry(ids, i));
    // A full journal is the bench's pacing: it is always as busy as it can be.
    while (!(*journal)->append(request)) std::this_thread::yield();
  }
  (*journal)->stop();
  const double seconds = static_cast<double>(strims::mono_ns() - begin) / 1e9;
  std::printf(
      "%zu of %zu entries in %.2f s: %.0f per second, %.2f us CPU each, %.0f bytes each on disk\n",
      stored.load(), total, seconds, static_cast<double>(stored.load()) / seconds,
      (process_cpu_us() - cpu) / static_cast<double>(total),
      static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(total));
  return stored.load() == total ? 0 : 1;
}
