#include "bench/stream/http_reader.h"

#include <gtest/gtest.h>

namespace strims::stream_load {
namespace {

using Progress = HttpReader::Progress;

TEST(HttpReader, ReadsAnAnswerHoweverItIsCut) {
  const std::string text = "HTTP/1.1 200 OK\r\nx: y\r\ncontent-length: 5\r\n\r\nhello";
  for (size_t at = 0; at < text.size(); ++at) {
    HttpReader reader;
    ASSERT_EQ(reader.feed(std::string_view(text).substr(0, at)), Progress::incomplete) << at;
    ASSERT_EQ(reader.feed(std::string_view(text).substr(at)), Progress::complete) << at;
    EXPECT_EQ(reader.status(), 200);
    EXPECT_EQ(reader.body(), "hello");
    EXPECT_FALSE(reader.closes());
  }
}

TEST(HttpReader, IsReadyForTheNextAnswer) {
  HttpReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"), Progress::complete);
  reader.reset();
  EXPECT_EQ(reader.feed("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
            Progress::complete);
  EXPECT_EQ(reader.status(), 404);
  EXPECT_EQ(reader.body(), "");
  EXPECT_TRUE(reader.closes());
}

TEST(HttpReader, RefusesWhatItCannotMeasure) {
  for (const std::string_view text :
       {"SSH-2.0\r\n\r\n", "HTTP/1.1 abc\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc"}) {
    HttpReader reader;
    EXPECT_EQ(reader.feed(text), Progress::broken) << text;
  }
  HttpReader reader;
  EXPECT_EQ(reader.feed(std::string(20'000, 'x')), Progress::broken);
}

}  // namespace
}  // namespace strims::stream_load
