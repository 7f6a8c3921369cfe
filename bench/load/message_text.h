// What the senders say: a number and a time, by which receivers know a message again, then ordinary
// words up to the wanted length, so that it compresses as chat does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strims::load {

struct Stamp {
  uint64_t number = 0;  // of the message, from 0, over all senders
  int64_t sent_us = 0;  // monotonic clock
};

class MessageText {
 public:
  explicit MessageText(size_t bytes);
  // "m<number> <sent_us> words": JSON needs no escaping of it. Never the same twice.
  std::string make(const Stamp& stamp);
  // Appends `MSG {"data":"...","nonce":"..."}` as a WebSocket text frame of a client, masked with
  // zeros: allowed, and it costs the tool nothing. An empty nonce is left out.
  void append_frame(std::string& out, const Stamp& stamp, std::string_view nonce);

 private:
  size_t bytes_;
  std::vector<std::string> endings_;
};

// The stamp of a frame `MSG {..."data":"m<number> <sent_us> ..."...}`, when it has one.
std::optional<Stamp> stamp_of(std::string_view frame);
// The number behind the last `"seq":` of a frame; 0 without.
uint64_t seq_of(std::string_view frame);
// Appends a frame of a client: opcode, mask of zeros.
void append_client_frame(std::string& out, uint8_t opcode, std::string_view payload);

}  // namespace strims::load
