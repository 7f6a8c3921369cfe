// One publisher: connects, publishes, and sends a file in real time, over and over.
#pragma once

#include <cstdint>
#include <string>

#include "bench/stream/flv_file.h"
#include "load/histogram.h"
#include "load/stream.h"
#include "media/rtmp/client.h"

namespace strims::stream_load {

// What all publishers have seen together.
struct PublishTally {
  uint64_t failed = 0;   // never got as far as an answer
  uint64_t refused = 0;  // were told no, at once or later
  uint64_t dropped = 0;  // lost their connection
  uint64_t choked = 0;   // gave up since the server read too slowly
  uint64_t bytes = 0;
  uint64_t tags = 0;
  load::Histogram late;  // from the time that a tag was due until the socket had taken it
  std::string trouble;   // the first, in words
};

class Publisher {
 public:
  enum class State : uint8_t { idle, connecting, greeting, publishing, over };

  // `name`: of the stream, with its query: "slug?key=...".
  Publisher(const FlvFile& file, std::string name, PublishTally& tally)
      : file_(file), name_(std::move(name)), tally_(tally) {}

  // False when the kernel refuses at once.
  bool connect(uint16_t port, const std::string& app);
  void on_event(int64_t now_us);
  // Sends what is due by now; to be called every few milliseconds.
  void send_due(int64_t now_us);
  // Ends the stream as an encoder's user does; close() once that was sent.
  void stop();
  void close();

  State state() const { return state_; }
  int fd() const { return socket_.fd(); }
  const std::string& name() const { return name_; }

 private:
  void read(int64_t now_us);
  void flush(int64_t now_us);
  void end(uint64_t& why, const std::string& words);
  int64_t due_us() const;

  const FlvFile& file_;
  std::string name_;
  PublishTally& tally_;
  load::Stream socket_;
  std::optional<media::RtmpClient> client_;
  State state_ = State::idle;
  int64_t began_us_ = 0;
  uint32_t base_ms_ = 0;  // of this round
  size_t next_ = 0;
  int64_t waiting_since_us_ = 0;  // when the oldest tag that is not sent was due; 0: none waits
};

}  // namespace strims::stream_load
