#include "net/signals.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "net/rlimit.h"

namespace strims::net {
namespace {

TEST(SignalWatch, SignalsBecomeEvents) {
  Reactor reactor;
  std::vector<int> seen;
  auto watch = SignalWatch::open(reactor, [&](int signal) {
    seen.push_back(signal);
    if (seen.size() == 2) reactor.stop();
  });
  ASSERT_TRUE(watch);
  // To this thread only, since the test runner's other threads may not have blocked it.
  pthread_kill(pthread_self(), SIGHUP);
  pthread_kill(pthread_self(), SIGTERM);
  reactor.run();
  EXPECT_EQ(seen, (std::vector<int>{SIGHUP, SIGTERM}));
}

TEST(Signals, ABrokenPipeIsAnErrorOfWrite) {
  ignore_sigpipe();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  EXPECT_EQ(::write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  ::close(ends[1]);
}

TEST(Rlimit, RaisesTheSoftLimitAtMostToTheHardOne) {
  const uint64_t before = open_file_limit();
  EXPECT_GT(before, 0u);
  const uint64_t raised = raise_open_file_limit();
  EXPECT_GE(raised, before);
  EXPECT_EQ(raised, open_file_limit());
  EXPECT_EQ(raise_open_file_limit(), raised);
}

}  // namespace
}  // namespace strims::net
