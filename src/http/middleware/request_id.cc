#include "http/middleware/request_id.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace strims::http {
namespace {

// splitmix64: a counter from a random start, well mixed. Ids need not be secret.
uint64_t next_random() {
  thread_local uint64_t state = [] {
    uint64_t seed = 0;
    std::memcpy(&seed, random_bytes(sizeof seed).data(), sizeof seed);
    return seed;
  }();
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

std::string make_request_id() {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string id;
  id.reserve(20);
  for (int half = 0; half < 2; ++half) {
    uint64_t bits = next_random();
    for (int i = 0; i < 10; ++i, bits /= 62) id += kAlphabet[bits % 62];
  }
  return id;
}

bool is_sane_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

void RequestIdStep::after(const Exchange& exchange, proto::Response& response) {
  response.set("X-Request-Id", exchange.request_id);
}

}  // namespace strims::http
