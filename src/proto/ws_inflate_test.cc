#include "proto/ws_inflate.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <random>
#include <string>

namespace strims::proto {
namespace {

// What a client sends: raw DEFLATE, flushed, without the last four bytes.
std::string deflate(std::string_view text, int level = 6, int window_bits = 15) {
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, level, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&z, Z_SYNC_FLUSH), Z_OK);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  EXPECT_TRUE(out.ends_with(std::string_view("\0\0\xff\xff", 4)));
  out.resize(out.size() - 4);
  return out;
}

std::string noise(size_t n) {
  std::mt19937 random(7);
  std::string out(n, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

std::string_view bytes(const char* text, size_t n) {
  return {text, n};
}

TEST(WsInflate, RoundTrips) {
  WsInflater inflater;
  for (const std::string& text : {std::string(), std::string("a"), std::string("Hello"),
                                  std::string(10'000, 'x'), noise(5'000), noise(60'000)}) {
    for (const int level : {0, 1, 9}) {
      const auto out = inflater.inflate(deflate(text, level), 64 * 1024);
      ASSERT_TRUE(out) << text.size() << ' ' << level;
      EXPECT_EQ(*out, text);
    }
  }
}

TEST(WsInflate, SmallerWindows) {
  WsInflater inflater;
  const std::string text = noise(300) + noise(300) + noise(2'000) + std::string(40'000, 'y');
  for (const int bits : {9, 10, 15}) {
    const auto out = inflater.inflate(deflate(text, 9, bits), 64 * 1024);
    ASSERT_TRUE(out) << bits;
    EXPECT_EQ(*out, text);
  }
}

// RFC 7692 section 7.2.3.
TEST(WsInflate, TheExamplesOfTheRfc) {
  WsInflater inflater;
  const std::string_view fixed = bytes("\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
  const std::string_view stored = bytes("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11);
  const std::string_view final = bytes("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8);
  const std::string_view two = bytes("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13);
  for (const std::string_view message : {fixed, stored, final, two}) {
    const auto out = inflater.inflate(message, 100);
    ASSERT_TRUE(out);
    EXPECT_EQ(*out, "Hello");
  }
  EXPECT_EQ(inflater.inflate(bytes("\x00", 1), 100).value(), "");
}

TEST(WsInflate, MessagesStandAlone) {
  WsInflater inflater;
  ASSERT_TRUE(inflater.inflate(bytes("\xf2\x48\xcd\xc9\xc9\x07\x00", 7), 100));
  // The second example of section 7.2.3.2 refers to the first message's window, which is gone.
  const auto out = inflater.inflate(bytes("\xf2\x00\x11\x00\x00", 5), 100);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, Errc::invalid);
}

TEST(WsInflate, TheLimitIsExact) {
  WsInflater inflater;
  for (const size_t n : {size_t{1}, size_t{4095}, size_t{4096}, size_t{4097}, size_t{100'000}}) {
    const std::string message = deflate(std::string(n, 'b'));
    EXPECT_TRUE(inflater.inflate(message, n)) << n;
    const auto out = inflater.inflate(message, n - 1);
    ASSERT_FALSE(out) << n;
    EXPECT_EQ(out.error().code, Errc::too_large);
  }
  EXPECT_TRUE(inflater.inflate(deflate(""), 0));
}

TEST(WsInflate, ABombStopsAtTheLimit) {
  WsInflater inflater;
  const std::string bomb = deflate(std::string(50'000'000, 'b'), 9);
  const auto out = inflater.inflate(bomb, 64 * 1024);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, Errc::too_large);
  EXPECT_EQ(inflater.inflate(deflate("fine"), 100).value(), "fine");
}

TEST(WsInflate, RefusesDamage) {
  WsInflater inflater;
  const std::string whole = deflate("some text that is long enough to be cut, cut, cut, cut");
  for (size_t n = 0; n < whole.size(); ++n) {
    const auto out = inflater.inflate(std::string_view(whole).substr(0, n), 1000);
    ASSERT_FALSE(out) << n;
    EXPECT_EQ(out.error().code, Errc::invalid) << n;
  }
  for (const std::string_view message :
       {bytes("\x06", 1), bytes("\xff\xff\xff\xff", 4), bytes("\x00\x05\x00\x00\x00", 5)}) {
    const auto out = inflater.inflate(message, 1000);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().reason, "invalid_deflate");
  }
  EXPECT_EQ(inflater.inflate(deflate("fine"), 100).value(), "fine");
}

TEST(WsInflate, Moves) {
  WsInflater a;
  ASSERT_TRUE(a.inflate(deflate("one"), 100));
  WsInflater b = std::move(a);
  EXPECT_EQ(b.inflate(deflate("two"), 100).value(), "two");
}

}  // namespace
}  // namespace strims::proto
