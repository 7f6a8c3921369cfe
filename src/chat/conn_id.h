// Names one connection for as long as the process lives: its shard, its slot there and the slot's
// generation. A connection that is gone is recognised by its generation, so a late answer never
// reaches a stranger.
#pragma once

#include <cstdint>
#include <functional>

namespace strims::chat {

struct ConnId {
  uint16_t shard = 0;
  uint16_t flavour = 0;  // of its dialect: chosen at the door, of no interest to the room
  uint32_t slot = 0;
  uint32_t generation = 0;  // 0: no connection

  explicit operator bool() const { return generation != 0; }
  bool operator==(const ConnId&) const = default;
};

}  // namespace strims::chat

template <>
struct std::hash<strims::chat::ConnId> {
  size_t operator()(const strims::chat::ConnId& id) const noexcept {
    return std::hash<uint64_t>{}(uint64_t{id.generation} << 32 |
                                 (uint64_t{id.slot} << 8 ^ id.shard));
  }
};
