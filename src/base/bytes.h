// Bytes and their text forms.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace strims {

inline std::span<const uint8_t> as_bytes(std::string_view s) {
  return {reinterpret_cast<const uint8_t*>(s.data()), s.size()};
}
inline std::string_view as_text(std::span<const uint8_t> s) {
  return {reinterpret_cast<const char*>(s.data()), s.size()};
}

inline uint16_t load_be16(const uint8_t* p) {
  return static_cast<uint16_t>(p[0] << 8 | p[1]);
}
inline uint32_t load_be32(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | p[3];
}
inline uint64_t load_be64(const uint8_t* p) {
  return uint64_t{load_be32(p)} << 32 | load_be32(p + 4);
}
inline void store_be16(uint8_t* p, uint16_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
inline void store_be32(uint8_t* p, uint32_t v) {
  store_be16(p, static_cast<uint16_t>(v >> 16));
  store_be16(p + 2, static_cast<uint16_t>(v));
}
inline void store_be64(uint8_t* p, uint64_t v) {
  store_be32(p, static_cast<uint32_t>(v >> 32));
  store_be32(p + 4, static_cast<uint32_t>(v));
}

// Of a hexadecimal digit in either case; -1: it is none.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
std::string hex(std::span<const uint8_t> bytes);
std::optional<std::string> unhex(std::string_view text);
// RFC 4648 section 4, with padding.
std::string base64(std::span<const uint8_t> bytes);
// RFC 4648 section 5, without padding.
std::string base64url(std::span<const uint8_t> bytes);
// Strict: no padding, no white space, canonical trailing bits.
std::optional<std::string> unbase64url(std::string_view text);

// ASCII only: what HTTP and nicks need. Locale-free.
char ascii_lower(char c);
std::string ascii_lower(std::string_view text);
bool ascii_iequals(std::string_view a, std::string_view b);
// Removes spaces and tabs at both ends (HTTP optional white space).
std::string_view trim_ows(std::string_view text);
// Decimal digits only, no sign, no overflow.
std::optional<uint64_t> parse_u64(std::string_view text);

// Same time whatever the contents; only the lengths may leak.
bool constant_time_equals(std::string_view a, std::string_view b);
// Bytes from the kernel's generator; aborts when it fails. Thread-safe.
std::string random_bytes(size_t n);
// `n` characters of [A-Za-z0-9], each evenly likely.
std::string random_token(size_t n);

}  // namespace strims
