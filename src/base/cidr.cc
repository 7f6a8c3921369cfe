#include "base/cidr.h"

#include <arpa/inet.h>

#include <cstring>

#include "base/bytes.h"

namespace strims {

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN + 1];
  if (text.empty() || text.size() >= sizeof buffer) return std::nullopt;
  if (text.find('\0') != std::string_view::npos)
    return std::nullopt;  // would end the C string early
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  in_addr v4{};
  if (inet_pton(AF_INET, buffer, &v4) == 1) return from_v4(ntohl(v4.s_addr));
  in6_addr v6{};
  if (inet_pton(AF_INET6, buffer, &v6) == 1) return from_v6(v6.s6_addr);
  return std::nullopt;
}

IpAddress IpAddress::from_v4(uint32_t host_order) {
  IpAddress a;
  a.bytes_[10] = a.bytes_[11] = 0xff;
  store_be32(&a.bytes_[12], host_order);
  return a;
}

IpAddress IpAddress::from_v6(const uint8_t bytes[16]) {
  IpAddress a;
  std::memcpy(a.bytes_.data(), bytes, 16);
  return a;
}

bool IpAddress::is_v4() const {
  static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::memcmp(bytes_.data(), kMapped, 12) == 0;
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[12] == 127;
  static constexpr uint8_t kOne[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return std::memcmp(bytes_.data(), kOne, 16) == 0;
}

IpAddress IpAddress::ban_unit() const {
  IpAddress a = *this;
  if (!is_v4()) std::memset(&a.bytes_[8], 0, 8);
  return a;
}

std::string IpAddress::to_string() const {
  char buffer[INET6_ADDRSTRLEN];
  if (is_v4()) {
    inet_ntop(AF_INET, &bytes_[12], buffer, sizeof buffer);
  } else {
    inet_ntop(AF_INET6, bytes_.data(), buffer, sizeof buffer);
  }
  return buffer;
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto base = IpAddress::parse(text.substr(0, slash));
  if (!base) return std::nullopt;
  Prefix p;
  p.base_ = *base;
  if (slash != std::string_view::npos) {
    const auto bits = parse_u64(text.substr(slash + 1));
    // "::ffff:10.0.0.0/104" counts in IPv6 bits although the address is an IPv4 one.
    const bool dotted = text.substr(0, slash).find(':') == std::string_view::npos;
    const uint64_t most = dotted ? 32 : 128;
    if (!bits || *bits > most) return std::nullopt;
    p.bits_ = static_cast<int>(*bits + (dotted ? 96 : 0));
  }
  for (int i = p.bits_; i < 128; ++i) {
    const auto byte = p.base_.bytes()[static_cast<size_t>(i / 8)];
    if (byte >> (7 - i % 8) & 1) return std::nullopt;
  }
  return p;
}

bool Prefix::contains(const IpAddress& address) const {
  const size_t whole = static_cast<size_t>(bits_ / 8);
  if (std::memcmp(address.bytes().data(), base_.bytes().data(), whole) != 0) return false;
  if (bits_ % 8 == 0) return true;
  const int shift = 8 - bits_ % 8;
  return address.bytes()[whole] >> shift == base_.bytes()[whole] >> shift;
}

std::string Prefix::to_string() const {
  return base_.to_string() + "/" + std::to_string(base_.is_v4() ? bits_ - 96 : bits_);
}

bool PrefixSet::add(std::string_view text) {
  const auto prefix = Prefix::parse(text);
  if (prefix) prefixes_.push_back(*prefix);
  return prefix.has_value();
}

bool PrefixSet::contains(const IpAddress& address) const {
  for (const Prefix& p : prefixes_)
    if (p.contains(address)) return true;
  return false;
}

}  // namespace strims
