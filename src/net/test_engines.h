// For tests only: the same test over every engine that a reactor can wait with. An engine that the
// kernel refuses is skipped, and the message says why.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "net/poller.h"
#include "net/reactor.h"

namespace strims::net {

class OverEngines : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "epoll") return;
    if (const auto made = make_uring_poller(64); !made) GTEST_SKIP() << made.error().detail;
  }
  bool is_uring() const { return GetParam() == "io_uring"; }
  std::unique_ptr<Poller> poller() const {
    return is_uring() ? std::move(*make_uring_poller(64)) : make_epoll_poller();
  }

 public:
  static auto all() { return testing::Values("epoll", "io_uring"); }
  static std::string name(const testing::TestParamInfo<std::string>& info) { return info.param; }
};

}  // namespace strims::net
