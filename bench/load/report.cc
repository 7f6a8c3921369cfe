#include <fmt/format.h>

#include "base/json_write.h"
#include "load/run.h"

namespace strims::load {

std::string to_text(const Plan& plan, const Report& r) {
  const double per_connection = r.open > 0 && r.rss_connected_kib > 0
                                    ? static_cast<double>(r.rss_connected_kib - r.rss_before_kib) *
                                          1024 / static_cast<double>(r.open)
                                    : 0;
  return fmt::format(
      "connections        {} open, {} failed, {:.1f} s\n"
      "messages           {} sent, {} refused, {} receivers at {} per second\n"
      "deliveries         {} of {}; lost {}, doubled {}\n"
      "to the first       p50 {:.2f} ms, p99 {:.2f} ms\n"
      "to each            p50 {:.2f} ms, p99 {:.2f} ms\n"
      "to the last        p50 {:.2f} ms, p99 {:.2f} ms\n"
      "server             {:.2f} cores, {:.2f} us per delivery\n"
      "memory             {:.0f} B per connection (anonymous), {} KiB in all after the run\n"
      "verdict            {}\n",
      r.open, r.failed, r.connect_seconds, r.sent, r.refused, plan.receivers, plan.rate,
      r.delivered, r.expected, r.lost, r.doubled, r.first_p50_ms, r.first_p99_ms, r.all_p50_ms,
      r.all_p99_ms, r.last_p50_ms, r.last_p99_ms, r.server_cpu, r.cpu_us_per_delivery,
      per_connection, r.rss_after_kib, r.good() ? "good" : "FAILED");
}

std::string to_json(const Plan& plan, const Report& r) {
  JsonWriter w;
  w.object().field("receivers", static_cast<uint64_t>(plan.receivers)).field("rate", plan.rate);
  w.field("open", static_cast<uint64_t>(r.open)).field("failed", static_cast<uint64_t>(r.failed));
  w.field("sent", r.sent).field("expected", r.expected).field("delivered", r.delivered);
  w.field("lost", r.lost).field("doubled", r.doubled).field("refused", r.refused);
  w.field("first_p50_ms", r.first_p50_ms).field("first_p99_ms", r.first_p99_ms);
  w.field("all_p50_ms", r.all_p50_ms).field("all_p99_ms", r.all_p99_ms);
  w.field("last_p50_ms", r.last_p50_ms).field("last_p99_ms", r.last_p99_ms);
  w.field("server_cpu", r.server_cpu).field("cpu_us_per_delivery", r.cpu_us_per_delivery);
  w.field("rss_before_kib", r.rss_before_kib).field("rss_connected_kib", r.rss_connected_kib);
  w.field("rss_after_kib", r.rss_after_kib).field("good", r.good()).end_object();
  return w.take();
}

}  // namespace strims::load
