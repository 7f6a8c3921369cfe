// One simulated viewer: connects, upgrades, answers pings, and either reads everything or counts
// frames.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "load/frame_reader.h"
#include "load/inflate.h"
#include "load/message_table.h"
#include "load/plan.h"
#include "load/stream.h"
#include "load/tally.h"
#include "load/transcript.h"

namespace strims::load {

// What all clients of a worker share.
struct Crowd {
  const Plan& plan;
  Tally& tally;
  MessageTable& table;
  bool measuring = false;   // times are recorded
  bool bytes_only = false;  // those who count do not look at frames
  int64_t now_us = 0;       // of the last read
};

class Client {
 public:
  enum class State : uint8_t { idle, connecting, securing, upgrading, upgraded, open, closed };

  // `reader`: reads everything instead of counting.
  Client(bool reader, std::unique_ptr<SenderLog> sender);

  // Begins to connect; false when the kernel refuses at once. `path` and `cookie` go into the
  // request.
  bool connect(const Plan& plan, uint8_t source, std::string_view path, std::string_view cookie);
  // Reads and writes what it can; the socket is watched edge-triggered.
  void on_event(uint32_t events, Crowd& crowd);
  // Sends bytes that are frames already; what the socket does not take waits. False when too much
  // waits.
  bool send(std::string_view frames);
  void pause(bool paused) { paused_ = paused; }
  // A paused client reads so many bytes.
  void trickle(size_t bytes, Crowd& crowd);
  void reset();  // closes with RST, without a word
  void close();  // closes, without a word

  int fd() const { return stream_.fd(); }
  State state() const { return state_; }
  bool reader() const { return full_ != nullptr; }
  bool paused() const { return paused_; }
  int64_t started_us() const { return started_us_; }
  SenderLog* sender() const { return full_ ? full_->sender.get() : nullptr; }
  Transcript* transcript() const { return full_ ? &full_->transcript : nullptr; }
  uint64_t window_frames() const { return window_frames_; }
  uint64_t window_bytes() const { return window_bytes_; }
  void reset_window();

 private:
  enum class Agreed : uint8_t {
    plain,
    resetting,
    keeping
  };  // permessage-deflate, and what of its window
  struct Full {
    WholeFrames frames;
    Transcript transcript;
    std::unique_ptr<Inflater> inflater;
    std::string message;  // the fragments so far
    bool message_compressed = false;
    std::unique_ptr<SenderLog> sender;
  };

  void read_all(Crowd& crowd);
  bool read_once(size_t size, Crowd& crowd);
  bool take(std::string_view bytes, Crowd& crowd);
  void take_head(std::string_view bytes, Crowd& crowd);
  bool agree(std::string_view head, Crowd& crowd);
  bool read_frame(const FrameHead& head, std::string_view payload, Crowd& crowd);
  bool read_data(const FrameHead& head, std::string_view payload, Crowd& crowd);
  bool on_control(const FrameHead& head, std::string_view payload, Crowd& crowd);
  void count(const FrameHead& head, Crowd& crowd);
  void flush();
  void end(Counter& why, Crowd& crowd);

  Stream stream_;
  State state_ = State::idle;
  Agreed deflate_ = Agreed::plain;
  bool paused_ = false;
  FrameHeads heads_;
  std::string out_;  // what waits to be sent; the answer's head while upgrading
  uint64_t window_frames_ = 0;
  uint64_t window_bytes_ = 0;
  int64_t started_us_ = 0;
  std::unique_ptr<Full> full_;
};

}  // namespace strims::load
