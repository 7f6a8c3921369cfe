#include "load/inflate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace strims::load {
namespace {

// A server's compressor: sync-flushed messages without the four bytes of their end.
class Deflater {
 public:
  Deflater() { deflateInit2(&z_, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY); }
  ~Deflater() { deflateEnd(&z_); }
  std::string message(std::string text, int flush = Z_SYNC_FLUSH) {
    std::string out(text.size() + 64, '\0');
    z_.next_in = reinterpret_cast<unsigned char*>(text.data());
    z_.avail_in = static_cast<uInt>(text.size());
    z_.next_out = reinterpret_cast<unsigned char*>(out.data());
    z_.avail_out = static_cast<uInt>(out.size());
    deflate(&z_, flush);
    out.resize(out.size() - z_.avail_out - 4);
    return out;
  }
  void reset() { deflateReset(&z_); }

 private:
  z_stream z_{};
};

std::string line(int i) {
  return "MSG {\"nick\":\"Ada\",\"data\":\"the same words again\",\"seq\":" + std::to_string(i) +
         "}";
}

TEST(Inflate, KeepsTheWindowFromMessageToMessage) {
  Deflater server;
  Inflater client;
  size_t last = 0;
  for (int i = 1; i <= 100; ++i) {
    const std::string bytes = server.message(line(i));
    const auto text = client.inflate(bytes, true);
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, line(i));
    last = bytes.size();
  }
  EXPECT_LT(last, 20u) << "the test means nothing when the window is not used";
}

TEST(Inflate, WhoComesAtAFullFlushNeedsNothingFromBefore) {
  Deflater server;
  Inflater old;
  for (int i = 1; i <= 10; ++i)
    ASSERT_TRUE(old.inflate(server.message(line(i), i == 10 ? Z_FULL_FLUSH : Z_SYNC_FLUSH), true));
  Inflater late;
  for (int i = 11; i <= 20; ++i) {
    const std::string bytes = server.message(line(i));
    for (Inflater* client : {&old, &late}) {
      const auto text = client->inflate(bytes, true);
      ASSERT_TRUE(text);
      EXPECT_EQ(*text, line(i));
    }
  }
}

TEST(Inflate, WithoutTakeoverEachMessageStandsAlone) {
  Deflater server;
  Inflater client;
  for (int i = 1; i <= 10; ++i) {
    server.reset();
    const auto text = client.inflate(server.message(line(i)), false);
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, line(i));
  }
}

TEST(Inflate, LongMessagesAndRubbish) {
  Deflater server;
  Inflater client;
  const std::string huge(3'000'000, 'x');
  const auto text = client.inflate(server.message(huge), true);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->size(), huge.size());
  EXPECT_FALSE(client.inflate("\xff\xff\xff\xff", true));
}

}  // namespace
}  // namespace strims::load
