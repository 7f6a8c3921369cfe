// Times of any number of events in fixed memory: log-linear buckets, at most 1.6 % wide.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace strims::load {

// Microseconds, from 0 to half a day. Plain data: it may lie in memory that several processes
// share, as long as one of them writes.
class Histogram {
 public:
  void record(int64_t us) {
    ++counts_[bucket(us < 0 ? 0 : static_cast<uint64_t>(us))];
    ++count_;
  }
  void merge(const Histogram& other);
  void clear() { *this = {}; }
  uint64_t count() const { return count_; }
  // The value in milliseconds that a share of `part` (0 to 1) does not exceed; 0 without events.
  double percentile_ms(double part) const;

 private:
  static constexpr unsigned kSubBits = 6;
  static constexpr size_t kSub = size_t{1} << kSubBits;
  static constexpr uint64_t kMax = (uint64_t{1} << 36) - 1;
  static constexpr size_t kBuckets = (36 - kSubBits + 1) * kSub;

  static size_t bucket(uint64_t us) {
    if (us > kMax) us = kMax;
    if (us < kSub) return static_cast<size_t>(us);
    const auto shift = static_cast<unsigned>(std::bit_width(us)) - kSubBits - 1;
    return (shift + 1) * kSub + static_cast<size_t>(us >> shift) - kSub;
  }
  // The middle of a bucket.
  static double value_of(size_t bucket);

  std::array<uint64_t, kBuckets> counts_{};
  uint64_t count_ = 0;
};

}  // namespace strims::load
