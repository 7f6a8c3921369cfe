// Bodies that are read while they are sent (proto::BodyRest).
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>

#include "http/server.h"
#include "http/test_server.h"

namespace strims::http {
namespace {

using testing::Answer;
using testing::Client;
using testing::say_path;
using testing::TestServer;

constexpr uint64_t kPiece = 1 << 20;

std::string alphabet(uint64_t at, uint64_t length) {
  std::string out(length, '\0');
  for (uint64_t i = 0; i < length; ++i) out[i] = static_cast<char>('a' + (at + i) % 26);
  return out;
}

class BodyRestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.shared.run_db = [this](net::Lane::Job job) {
      if (refusals_ > 0 && refusals_-- > 0) return false;
      return lane_.try_run(std::move(job));
    };
    server_.get(
        "/long",
        [this](RequestContext&, Responder respond) {
          refusals_ = refuse_;
          proto::Response response = proto::Response::text(200, alphabet(0, 10));
          response.rest = std::make_shared<const proto::BodyRest>(proto::BodyRest{
              .length = length_, .read = [this](uint64_t at, uint64_t most, std::string& out) {
                ++reads_;
                largest_ = std::max<uint64_t>(largest_, most);
                if (at >= breaks_at_) return false;
                out = alphabet(10 + at, most);
                return true;
              }});
          respond(std::move(response));
        },
        RunOn::db_lane);
    server_.get("/path", say_path, RunOn::db_lane);
    server_.start();
  }
  void TearDown() override {
    lane_.stop();
    server_.stop();
  }

  net::Lane lane_{"db", 1, 8};
  TestServer server_;
  uint64_t length_ = 5 * kPiece + 17;
  uint64_t breaks_at_ = UINT64_MAX;
  int refuse_ = 0;  // of the pieces of each answer, the first ones
  std::atomic<int> refusals_ = 0, reads_ = 0;
  std::atomic<uint64_t> largest_ = 0;
};

TEST_F(BodyRestTest, ComesWholeAndTheConnectionGoesOn) {
  Client c = server_.connect();
  for (int i = 0; i < 2; ++i) {
    const Answer answer = c.get("/long");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Length"), std::to_string(10 + length_));
    EXPECT_TRUE(answer.body == alphabet(0, 10 + length_));
    EXPECT_EQ(c.get("/path").body, "/path");
  }
  EXPECT_EQ(reads_, 12);
  EXPECT_EQ(largest_, kPiece) << "no more of it is held";
}

TEST_F(BodyRestTest, HeadReadsNothing) {
  Client c = server_.connect();
  c.send("HEAD /long HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(c.read(true).header("Content-Length"), std::to_string(10 + length_));
  EXPECT_EQ(c.get("/path").body, "/path");
  EXPECT_EQ(reads_, 0);
}

TEST_F(BodyRestTest, ALaneThatIsFullIsAskedAgain) {
  refuse_ = 3;
  const Answer answer = server_.connect().get("/long");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body == alphabet(0, 10 + length_));
}

TEST_F(BodyRestTest, WhatIsNotThereAnyMoreEndsTheConnectionShort) {
  breaks_at_ = 2 * kPiece;
  Client c = server_.connect();
  const Answer answer = c.get("/long");
  EXPECT_EQ(answer.status, 200);
  EXPECT_LT(answer.body.size(), 10 + length_) << "nobody may take it for the whole";
  EXPECT_EQ(reads_, 3);
  EXPECT_EQ(c.get("/path").status, 0);
  EXPECT_EQ(server_.connect().get("/path").body, "/path");
}

TEST_F(BodyRestTest, ASlowReaderHoldsOnePiece) {
  Client slow = server_.connect();
  slow.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
  Client other = server_.connect();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(other.get("/path").body, "/path");
  EXPECT_LE(reads_, 1);
  EXPECT_TRUE(slow.read().body == alphabet(0, 10 + length_));
}

TEST_F(BodyRestTest, ADrainEndsTheConnectionBehindIt) {
  length_ = 20 * kPiece;  // more than the sockets between us hold
  Client c = server_.connect();
  c.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(server_.connect().get("/path").body, "/path") << "by then the head is written";
  std::promise<void> empty;
  server_.on_shard([&] { server_.server().drain([&] { empty.set_value(); }); });
  EXPECT_TRUE(c.read().body == alphabet(0, 10 + length_));
  EXPECT_TRUE(c.closed());
  c.close();
  empty.get_future().wait();
}

TEST_F(BodyRestTest, AReaderWhoLeavesCostsNothingMore) {
  Client gone = server_.connect();
  gone.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
  gone.close();
  Client other = server_.connect();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(other.get("/path").body, "/path");
  EXPECT_LE(reads_, 2);
}

}  // namespace
}  // namespace strims::http
