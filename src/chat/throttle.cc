#include "chat/throttle.h"

#include <algorithm>

namespace strims::chat {

int64_t Throttle::attempt(MonoMs now, const ThrottleLimits& limits) {
  const int64_t quiet = now - last_;
  if (quiet <= limits.base_ms) {
    grow(scale_ * 2, limits);
  } else if (quiet > limits.reset_ms) {
    scale_ = 1;
  }
  const int64_t wait = last_ + scale_ * limits.base_ms - now;
  if (wait > 0) return wait;
  last_ = now;
  return 0;
}

void Throttle::penalise(const ThrottleLimits& limits) {
  grow(scale_ + 1, limits);
}

void Throttle::grow(int64_t scale, const ThrottleLimits& limits) {
  const int64_t most = std::max<int64_t>(1, limits.max_ms / std::max<int64_t>(1, limits.base_ms));
  scale_ = std::clamp<int64_t>(scale, 1, most);
}

}  // namespace strims::chat
