#include "base/cidr.h"

#include <gtest/gtest.h>

namespace strims {
namespace {

IpAddress ip(std::string_view text) {
  const auto address = IpAddress::parse(text);
  EXPECT_TRUE(address) << text;
  return address.value_or(IpAddress());
}

bool covers(std::string_view prefix, std::string_view address) {
  const auto p = Prefix::parse(prefix);
  EXPECT_TRUE(p) << prefix;
  return p && p->contains(ip(address));
}

TEST(IpAddress, ParsesAndPrints) {
  EXPECT_EQ(ip("192.0.2.1").to_string(), "192.0.2.1");
  EXPECT_EQ(ip("2001:DB8:0:0:0:0:0:1").to_string(), "2001:db8::1");
  EXPECT_EQ(ip("::").to_string(), "::");
  EXPECT_EQ(ip("::ffff:192.0.2.1").to_string(), "192.0.2.1");
  EXPECT_EQ(ip("::ffff:192.0.2.1"), ip("192.0.2.1"));
  EXPECT_EQ(IpAddress::from_v4(0xc0000201), ip("192.0.2.1"));
}

TEST(IpAddress, RefusesEverythingElse) {
  for (const std::string_view text :
       {"", " ", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "01.2.3.4",
        "0x7f.1", "[::1]", "::1%lo", "1::2::3", "12345::", "localhost",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999", "::ffff:1.2.3.4.5"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0x", 9)));
  EXPECT_FALSE(IpAddress::parse(std::string(5000, '1')));
}

TEST(IpAddress, LoopbackAndBanUnit) {
  EXPECT_TRUE(ip("127.9.9.9").is_loopback());
  EXPECT_TRUE(ip("::1").is_loopback());
  EXPECT_TRUE(ip("::ffff:127.0.0.1").is_loopback());
  EXPECT_FALSE(ip("128.0.0.1").is_loopback());
  EXPECT_FALSE(ip("::2").is_loopback());
  EXPECT_EQ(ip("192.0.2.77").ban_unit(), ip("192.0.2.77"));
  EXPECT_EQ(ip("2001:db8:1:2:3:4:5:6").ban_unit(), ip("2001:db8:1:2::"));
}

TEST(Prefix, Contains) {
  EXPECT_TRUE(covers("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(covers("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(covers("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(covers("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(covers("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(covers("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(covers("0.0.0.0/0", "255.1.2.3"));
  EXPECT_FALSE(covers("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(covers("::/0", "2001:db8::1"));
  EXPECT_TRUE(covers("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(covers("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(covers("::ffff:10.0.0.0/104", "10.1.2.3"));
  EXPECT_TRUE(covers("::1/128", "::1"));
}

TEST(Prefix, RefusesBadLengthsAndHostBits) {
  for (const std::string_view text :
       {"10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "/8",
        "10.0.0.0/99999999999999999999", "2001:db8::1/64", "::ffff:10.0.0.0/8", "x/8"})
    EXPECT_FALSE(Prefix::parse(text)) << text;
}

TEST(Prefix, Prints) {
  EXPECT_EQ(Prefix::parse("10.0.0.0/8")->to_string(), "10.0.0.0/8");
  EXPECT_EQ(Prefix::parse("192.0.2.1")->to_string(), "192.0.2.1/32");
  EXPECT_EQ(Prefix::parse("2001:db8::/32")->to_string(), "2001:db8::/32");
  EXPECT_EQ(Prefix::parse("::/0")->to_string(), "::/0");
}

TEST(PrefixSet, AddAndContains) {
  PrefixSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_FALSE(set.add("nonsense"));
  EXPECT_TRUE(set.add("10.0.0.0/8"));
  EXPECT_TRUE(set.add("::1"));
  EXPECT_TRUE(set.contains(ip("10.1.1.1")));
  EXPECT_TRUE(set.contains(ip("::1")));
  EXPECT_FALSE(set.contains(ip("127.0.0.1")));
}

}  // namespace
}  // namespace strims
