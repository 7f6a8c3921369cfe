#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include "base/id.h"
#include "journal/journal.h"
#include "storage/migrate.h"
#include "storage/sqlite/sqlite.h"
using namespace strims;
int main(int argc, char** argv) {
  const size_t total = argc > 1 ? std::stoul(argv[1]) : 500000;
  const bool nonce = argc > 2 && std::string(argv[2]) == "nonce";
  const bool full = argc > 3 && std::string(argv[3]) == "full";
  std::string dir = "/tmp/jbench"; std::filesystem::remove_all(dir); std::filesystem::create_directories(dir);
  auto db = storage::sqlite_database({.path = dir + "/db", .durability = full ? storage::Durability::full : storage::Durability::normal});
  auto c = db->connect(); if (!c) { puts(c.error().detail.c_str()); return 1; }
  auto up = storage::migrate_up(**c); if (!up) { puts(up.error().detail.c_str()); return 1; }
  auto j = journal::Journal::open(*db); if (!j) { puts(j.error().detail.c_str()); return 1; }
  IdSource ids(system_clock());
  std::atomic<size_t> got{0};
  auto t0 = std::chrono::steady_clock::now();
  for (size_t i = 0; i < total; ++i) {
    Entry e; e.id = ids.next(); e.channel = 1; e.at = system_clock().wall_ms();
    e.actor = {int64_t(1 + i % 1000), "SomeNick" + std::to_string(i % 1000), {"flair3", "subscriber"}, {"USER", "SUBSCRIBER"}, 1700000000000};
    e.text = "hello there, this is a chat message of ordinary length number " + std::to_string(i);
    if (nonce) e.nonce = "n" + std::to_string(i);
    while (!(*j)->append(e, [&](Result<journal::Appended> r) { if (r) got.fetch_add(1, std::memory_order_relaxed); }))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  (*j)->stop();
  double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - t0).count();
  struct timespec ts; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts); printf("cpu %.2f us/entry; ", (ts.tv_sec*1e6+ts.tv_nsec/1e3)/total); printf("%zu entries %.2f s %.0f/s size %.0f MB\n", got.load(), s, got.load() / s, std::filesystem::file_size(dir + "/db") / 1e6);
}
