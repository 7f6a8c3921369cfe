#include "http/middleware/rate_limit.h"

#include <algorithm>

#include "http/problem.h"

namespace strims::http {

RateLimitStep::RateLimitStep(int64_t per_minute, std::function<bool(const RequestContext&)> applies,
                             const Clock& clock)
    : burst_(static_cast<double>(std::max<int64_t>(per_minute, 1))),
      per_ms_(burst_ / 60'000.0),
      applies_(std::move(applies)),
      clock_(clock) {}

void RateLimitStep::refill(Bucket& bucket, MonoMs now) const {
  const auto elapsed = static_cast<double>(std::max<int64_t>(now - bucket.at, 0));
  bucket.tokens = std::min(burst_, bucket.tokens + elapsed * per_ms_);
  bucket.at = now;
}

// A full bucket says nothing, so it may go. When hardly any is full (an attack from very many
// addresses), an eighth goes whatever it holds: forgetting is the lesser harm than refusing
// strangers.
void RateLimitStep::forget_quiet(Stripe& stripe, MonoMs now) const {
  const size_t size = stripe.buckets.size();
  std::erase_if(stripe.buckets, [&](const auto& entry) {
    Bucket bucket = entry.second;
    refill(bucket, now);
    return bucket.tokens >= burst_;
  });
  const size_t target = size - size / 8;
  while (stripe.buckets.size() > target) stripe.buckets.erase(stripe.buckets.begin());
}

std::optional<proto::Response> RateLimitStep::before(RequestContext& context, Exchange&) {
  if (applies_ && !applies_(context)) return std::nullopt;
  const IpAddress unit = context.peer.ban_unit();
  const MonoMs now = clock_.mono_ms();
  Stripe& stripe = stripes_[std::hash<IpAddress>{}(unit) % kStripes];
  double missing = 0;
  {
    const std::lock_guard lock(stripe.mutex);
    auto it = stripe.buckets.find(unit);
    if (it == stripe.buckets.end()) {
      if (stripe.buckets.size() >= kMaxAddresses / kStripes) forget_quiet(stripe, now);
      it = stripe.buckets.emplace(unit, Bucket{burst_, now}).first;
    }
    refill(it->second, now);
    if (it->second.tokens >= 1) {
      it->second.tokens -= 1;
      return std::nullopt;
    }
    missing = 1 - it->second.tokens;
  }
  const auto wait_ms = static_cast<int64_t>(missing / per_ms_) + 1;
  return problem(
      Error{Errc::rate_limited, "rate_limited", "Too many requests from this address.", wait_ms},
      context.request_id);
}

}  // namespace strims::http
