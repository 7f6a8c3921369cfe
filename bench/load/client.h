// One simulated viewer: a WebSocket connection that checks what it receives. Reads frames with a
// minimal parser of its own, so that a fault in the server's framing cannot hide in shared code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strims::load {

struct Totals;

class Client {
 public:
  enum class State : uint8_t { connecting, handshake, open, failed };

  Client() = default;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // Begins to connect from 127.0.0.`source`; false when there is no socket.
  bool connect(uint16_t port, uint8_t source, const std::string& path, const std::string& cookie);
  // Reads and writes what it can. `now_us`: the clock that senders put into their texts.
  void on_event(uint32_t events, Totals& totals, int64_t now_us);
  // Queues a text frame.
  void send(std::string_view text);
  void cut();

  int fd() const { return fd_; }
  State state() const { return state_; }
  uint64_t last_seq() const { return last_seq_; }
  uint64_t first_seq() const { return first_seq_; }
  uint64_t messages() const { return messages_; }
  bool wants_write() const { return !out_.empty(); }

 private:
  void read_some(Totals& totals, int64_t now_us);
  void flush();
  void take_head(Totals& totals);
  size_t take_frames(std::string_view bytes, Totals& totals, int64_t now_us);
  void on_text(std::string_view text, Totals& totals, int64_t now_us);
  void fail(Totals& totals);

  int fd_ = -1;
  State state_ = State::connecting;
  std::string rest_;  // an incomplete frame or head
  std::string out_;
  uint64_t first_seq_ = 0;
  uint64_t last_seq_ = 0;
  uint64_t messages_ = 0;
};

// What all clients saw together.
struct Totals {
  size_t open = 0;
  size_t failed = 0;
  uint64_t messages = 0;  // MSG frames
  uint64_t bytes = 0;     // received
  uint64_t lost = 0;      // numbers that were skipped
  uint64_t doubled = 0;   // numbers that came again or went back
  uint64_t acks = 0;
  uint64_t refused = 0;  // ERR frames
  // Time from the sender's clock to each receiver, in microseconds, by power-of-two-and-a-half
  // buckets.
  std::vector<uint32_t> latency_us;
  bool record_latency = false;
};

}  // namespace strims::load
