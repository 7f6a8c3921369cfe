// The entries of stream.hook_servers: external media servers (nginx-rtmp, SRS, MediaMTX) that ask
// us who may publish. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/cidr.h"
#include "base/error.h"
#include "config/schema.h"

namespace strims::config {

enum class HookKind : uint8_t { nginx, srs, mediamtx };
std::string_view to_string(HookKind kind);

struct HookServer {
  std::string name;  // [a-z0-9_-]{1,32}: in the address of its hooks
  HookKind kind = HookKind::nginx;
  std::string secret;  // likewise; at least 32 of [A-Za-z0-9_-]
  PrefixSet allow;     // where its hooks come from
  std::string api;     // "http://127.0.0.1:8080", without a slash at the end
  std::string hls;     // "https://cdn.example/hls/{slug}.m3u8"; empty: its streams cannot be played

  // What viewers of a channel play.
  std::string playback(std::string_view slug) const;
};

// "name|kind|secret|allow|api|hls", `allow` with spaces between the prefixes. No error shows a
// secret. Errors: invalid/"config", for a name that is there twice as well.
Result<HookServer> parse_hook_server(std::string_view text);
Result<std::vector<HookServer>> parse_hook_servers(const Strings& list);

}  // namespace strims::config
