// A process that is killed at any moment has lost nothing that it called stored.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "journal/journal.h"
#include "journal/journal_case.h"

namespace strims::journal {
namespace {

struct Report {
  EntryId id;
  Seq seq;
};

// In the child: appends for ever and reports each answer through the pipe, until it is killed.
[[noreturn]] void append_for_ever(const storage::TempFolder& folder, int pipe) {
  const auto database = storage::database_cases().front().open(folder);
  auto journal = Journal::open(*database);
  if (!journal) _exit(2);
  (*journal)->set_listener([pipe](const Requests& batch) {
    for (const auto& request : batch) {
      if (request->fate == Fate::refused) _exit(3);
      const Report report{request->entry.id, request->entry.seq};
      if (write(pipe, &report, sizeof report) != sizeof report) _exit(4);
    }
  });
  IdSource ids(system_clock());
  for (;;) {
    Entry entry;
    entry.id = ids.next();
    entry.channel = 1;
    entry.at = system_clock().wall_ms();
    entry.actor.id = 7;
    entry.kind = entry.id % 3 == 0 ? EntryKind::mute : EntryKind::message;
    entry.target_id = entry.id % 1000;
    entry.number = 1'000'000;
    entry.text = "text";
    auto request = std::make_unique<Request>(std::move(entry));
    while (!(*journal)->append(request)) usleep(1000);
  }
}

class Crash : public ::testing::Test {
 protected:
  // Starts a child, kills it after `count` reports and returns everything that it reported.
  std::vector<Report> run_and_kill(size_t count) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("pipe");
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      append_for_ever(c_.folder(), ends[1]);
    }
    close(ends[1]);
    std::vector<Report> reports;
    Report report;
    while (read_one(ends[0], report)) {
      reports.push_back(report);
      if (reports.size() == count) kill(child, SIGKILL);
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "exit " << WEXITSTATUS(status);
    return reports;
  }
  static bool read_one(int fd, Report& report) {
    return ::read(fd, &report, sizeof report) == sizeof report;
  }
  JournalCase c_;
};

TEST_F(Crash, AKilledProcessLosesNothingThatWasAnswered) {
  std::mt19937 random(42);
  size_t before = 0;
  for (int round = 0; round < 5; ++round) {
    const auto reports = run_and_kill(1 + random() % 500);
    const auto connection = storage::connect(c_.database());
    const auto rows = *read(*connection, 1, {.after = before, .limit = 10'000});
    ASSERT_GE(rows.size(), reports.size());
    for (size_t i = 0; i < reports.size(); ++i) {
      EXPECT_EQ(reports[i].seq, before + i + 1);
      EXPECT_EQ(rows[i].seq, reports[i].seq);
      EXPECT_EQ(rows[i].id, reports[i].id);
    }
    // What was stored without an answer continues without a gap, and its projections are there with
    // it.
    int64_t mutes = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(rows[i].seq, before + i + 1);
      if (rows[i].kind == EntryKind::mute) ++mutes;
    }
    EXPECT_EQ(connection
                  ->query("SELECT COUNT(*) FROM moderation_log WHERE entry IN "
                          "(SELECT id FROM entries WHERE seq > $1)",
                          {static_cast<int64_t>(before)})
                  ->front()
                  .integer(0),
              mutes);
    before += rows.size();
    EXPECT_EQ(*storage::last_seq(*connection, 1), before);
    EXPECT_EQ(connection->query("PRAGMA integrity_check")->front().text(0), "ok");
  }
}

}  // namespace
}  // namespace strims::journal
