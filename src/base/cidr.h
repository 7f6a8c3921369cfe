// IP addresses and prefixes. IPv4 is kept as IPv4-mapped IPv6 so that one comparison serves both.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strims {

class IpAddress {
 public:
  IpAddress() = default;  // "::"
  static std::optional<IpAddress> parse(std::string_view text);
  static IpAddress from_v4(uint32_t host_order);
  static IpAddress from_v6(const uint8_t bytes[16]);

  bool is_v4() const;
  bool is_loopback() const;
  // The unit that a ban covers: a whole IPv4 address, the /64 of an IPv6 one.
  IpAddress ban_unit() const;
  std::string to_string() const;  // dotted quad or RFC 5952
  const std::array<uint8_t, 16>& bytes() const { return bytes_; }
  auto operator<=>(const IpAddress&) const = default;

 private:
  std::array<uint8_t, 16> bytes_{};
};

class Prefix {
 public:
  // "10.0.0.0/8", "2001:db8::/32" or a single address. Bits after the length must be zero.
  static std::optional<Prefix> parse(std::string_view text);
  bool contains(const IpAddress& address) const;
  std::string to_string() const;

 private:
  IpAddress base_;
  int bits_ = 128;  // in the mapped form
};

class PrefixSet {
 public:
  // Adds a prefix; false when the text is none.
  bool add(std::string_view text);
  bool contains(const IpAddress& address) const;
  bool empty() const { return prefixes_.empty(); }

 private:
  std::vector<Prefix> prefixes_;
};

}  // namespace strims

template <>
struct std::hash<strims::IpAddress> {
  size_t operator()(const strims::IpAddress& a) const noexcept {
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(a.bytes().data()), a.bytes().size()});
  }
};
