// The course of a load run: connect everybody, speak at a steady rate, wait for the last delivery,
// count.
#pragma once

#include <cstdint>
#include <string>

namespace strims::load {

struct Plan {
  uint16_t port = 8080;
  std::string path = "/ws";
  std::string sender_cookie;  // "authtoken=KEY" of an account with the bot feature; senders need it
  int64_t server_pid = 0;     // to read its CPU time and memory; 0: not
  size_t receivers = 1000;
  size_t senders = 1;
  double rate = 50;  // messages per second, all senders together; 0: nobody speaks
  double seconds = 10;
  size_t text_bytes = 100;
  size_t connecting = 256;  // connections under way at once
  size_t sources = 8;       // source addresses 127.0.0.1..n
};

struct Report {
  size_t open = 0, failed = 0;
  uint64_t sent = 0, refused = 0, acks = 0;
  uint64_t expected = 0, delivered = 0, lost = 0, doubled = 0;
  double connect_seconds = 0, run_seconds = 0;
  double first_p50_ms = 0, first_p99_ms = 0;  // sender to first receiver
  double all_p50_ms = 0, all_p99_ms = 0;      // sender to every receiver
  double last_p50_ms = 0, last_p99_ms = 0;    // sender to the last receiver
  double cpu_us_per_delivery = 0;
  double server_cpu = 0;  // cores
  int64_t rss_before_kib = 0, rss_connected_kib = 0, rss_after_kib = 0;
  uint64_t bytes = 0;
  bool good() const { return lost == 0 && doubled == 0 && delivered == expected && failed == 0; }
};

Report run(const Plan& plan);

std::string to_text(const Plan& plan, const Report& report);
std::string to_json(const Plan& plan, const Report& report);

}  // namespace strims::load
