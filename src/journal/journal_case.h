// For tests only: a journal over a fresh database, and a notebook of its answers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "journal/journal.h"
#include "storage/database_case.h"

namespace strims::journal {

struct Appended {
  Entry entry;
  bool repeated = false;
};
using Done = std::move_only_function<void(Result<Appended>)>;

// Calls back for each entry by itself.
struct CallingRequest final : Request {
  CallingRequest(Entry e, Done d) : Request(std::move(e)), done(std::move(d)) {}
  Done done;

  static void answer(Requests batch) {
    for (const auto& request : batch) {
      Done& done = static_cast<CallingRequest&>(*request).done;
      if (request->fate == Fate::refused)
        done(std::unexpected(request->error));
      else
        done(Appended{std::move(request->entry), request->fate == Fate::repeated});
    }
  }
};

// Collects answers in the order in which they come. Thread-safe.
class Answers {
 public:
  Done next() {
    return [this](Result<Appended> answer) {
      const std::lock_guard lock(mutex_);
      answers_.push_back(std::move(answer));
      changed_.notify_all();
    };
  }
  // Waits until there are at least `count` (30 s at most) and copies what there is.
  std::vector<Result<Appended>> wait(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return answers_.size() >= count; });
    return answers_;
  }
  size_t size() {
    const std::lock_guard lock(mutex_);
    return answers_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Result<Appended>> answers_;
};

class JournalCase {
 public:
  JournalCase() { storage::connect_migrated(*database_); }

  void open(JournalOptions options = {}, const Clock& clock = system_clock()) {
    journal.reset();
    auto opened = Journal::open(*database_, options, clock);
    if (!opened) throw std::runtime_error(opened.error().detail);
    journal = std::move(*opened);
    journal->set_listener(CallingRequest::answer);
  }
  bool append(Entry made, Done done) {
    std::unique_ptr<Request> request =
        std::make_unique<CallingRequest>(std::move(made), std::move(done));
    return journal->append(request);
  }
  Entry entry(std::string text, std::string nonce = {}) {
    Entry made;
    made.id = ids_.next();
    made.channel = 1;
    made.at = system_clock().wall_ms();
    made.actor = {7, "Ada", {}, {"USER"}, 0};
    made.text = std::move(text);
    made.nonce = std::move(nonce);
    return made;
  }
  std::vector<Entry> stored() {
    return *read(*storage::connect(*database_), 1, {.limit = 10'000, .with_deleted = true});
  }
  // Another process on the same file.
  std::unique_ptr<sql::Database> other_process() {
    return storage::database_cases().front().open(folder_);
  }
  sql::Database& database() { return *database_; }
  void replace_database(std::unique_ptr<sql::Database> database) {
    database_ = std::move(database);
  }
  const storage::TempFolder& folder() const { return folder_; }

 private:
  storage::TempFolder folder_;
  std::unique_ptr<sql::Database> database_ = storage::database_cases().front().open(folder_);
  IdSource ids_{system_clock()};

 public:
  Answers answers;
  std::unique_ptr<Journal> journal;  // goes first
};

}  // namespace strims::journal
