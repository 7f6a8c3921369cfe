#include "load/histogram.h"

#include <algorithm>
#include <cmath>

namespace strims::load {

void Histogram::merge(const Histogram& other) {
  for (size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
}

double Histogram::value_of(size_t bucket) {
  if (bucket < kSub) return static_cast<double>(bucket);
  const size_t shift = bucket / kSub - 1;
  const double width = std::ldexp(1.0, static_cast<int>(shift));
  return (static_cast<double>(kSub + bucket % kSub) + 0.5) * width;
}

double Histogram::percentile_ms(double part) const {
  if (count_ == 0) return 0;
  const auto rank = static_cast<uint64_t>(std::ceil(part * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i];
    if (seen >= std::max<uint64_t>(1, rank)) return value_of(i) / 1000;
  }
  return value_of(kBuckets - 1) / 1000;
}

}  // namespace strims::load
