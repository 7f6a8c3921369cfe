// What happened, folded into one number, so that two runs can be compared; on demand also written
// to standard error, line by line.
#pragma once

#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

namespace strims::sim {

// A promise that was broken.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Trace {
 public:
  explicit Trace(bool spoken) : spoken_(spoken) {}

  void add(std::string_view line) {
    for (const char c : line) mix(static_cast<uint8_t>(c));
    mix('\n');
    if (spoken_)
      std::fprintf(stderr, "%5zu %.*s\n", step_, static_cast<int>(line.size()), line.data());
  }
  void begin_step(size_t step) { step_ = step; }
  size_t step() const { return step_; }
  bool spoken() const { return spoken_; }
  uint64_t hash() const { return hash_; }

 private:
  void mix(uint8_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }  // FNV-1a

  const bool spoken_;
  size_t step_ = 0;
  uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace strims::sim
