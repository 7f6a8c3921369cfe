// A bound on requests per address and minute.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "base/cidr.h"
#include "base/clock.h"
#include "http/step.h"

namespace strims::http {

// A token bucket per address (IpAddress::ban_unit): `per_minute` refill and burst. Refused: 429
// "rate_limited" with Retry-After. Bound: kMaxAddresses buckets; when they are all in use the
// fullest ones, which is what an address that was quiet has, are forgotten.
class RateLimitStep final : public Step {
 public:
  static constexpr size_t kMaxAddresses = 65'536;

  // `applies` chooses the requests that count; empty: all.
  explicit RateLimitStep(int64_t per_minute,
                         std::function<bool(const RequestContext&)> applies = {},
                         const Clock& clock = system_clock());
  std::optional<proto::Response> before(RequestContext& context, Exchange& exchange) override;

 private:
  struct Bucket {
    double tokens = 0;
    MonoMs at = 0;
  };
  struct Stripe {
    std::mutex mutex;
    std::unordered_map<IpAddress, Bucket> buckets;  // guarded by mutex
  };
  static constexpr size_t kStripes = 16;
  void refill(Bucket& bucket, MonoMs now) const;
  void forget_quiet(Stripe& stripe, MonoMs now) const;

  const double burst_;
  const double per_ms_;
  const std::function<bool(const RequestContext&)> applies_;
  const Clock& clock_;
  std::array<Stripe, kStripes> stripes_;
};

}  // namespace strims::http
