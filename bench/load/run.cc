#include "load/run.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "load/client.h"

namespace strims::load {
namespace {

int64_t now_us() {
  return mono_ns() / 1000;
}

// User and system time of a process, in seconds.
double cpu_seconds(int64_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(in, line);
  const size_t end = line.rfind(')');
  if (end == std::string::npos) return 0;
  std::istringstream fields(line.substr(end + 2));
  std::string skip;
  for (int i = 0; i < 11; ++i) fields >> skip;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

int64_t rss_kib(int64_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  while (in >> word) {
    if (word == "RssAnon:") {
      int64_t n = 0;
      in >> n;
      return n;
    }
  }
  return 0;
}

double percentile(std::vector<uint32_t>& values, double p) {
  if (values.empty()) return 0;
  const auto at = static_cast<size_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at] / 1000.0;
}

class Run {
 public:
  explicit Run(const Plan& plan) : plan_(plan), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~Run() { close(epoll_); }

  Report go() {
    Report report;
    if (plan_.server_pid) report.rss_before_kib = rss_kib(plan_.server_pid);
    const int64_t begin = now_us();
    connect_all();
    report.connect_seconds = static_cast<double>(now_us() - begin) / 1e6;
    settle();
    if (plan_.server_pid) report.rss_connected_kib = rss_kib(plan_.server_pid);
    speak(report);
    finish(report);
    return report;
  }

 private:
  void watch(Client& client, uint32_t index) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u32 = index;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd(), &event);
  }

  void poll(int wait_ms) {
    epoll_event events[512];
    const int n = epoll_wait(epoll_, events, 512, wait_ms);
    const int64_t now = now_us();
    for (int i = 0; i < n; ++i) {
      Client& client = *clients_[events[i].data.u32];
      // Edge-triggered: read until the socket is empty, but a little at a time.
      for (int again = 0; again < 64 && client.state() != Client::State::failed; ++again) {
        const uint64_t before = totals_.bytes;
        client.on_event(events[i].events, totals_, again == 0 ? now : now_us());
        if (totals_.bytes == before) break;
      }
    }
    if (totals_.record_latency) group_latency();
  }

  void connect_all() {
    const size_t all = plan_.receivers + plan_.senders;
    int64_t shown = 0;
    while (totals_.open + totals_.failed < all) {
      while (clients_.size() < all &&
             clients_.size() - totals_.open - totals_.failed < plan_.connecting) {
        const size_t i = clients_.size();
        clients_.push_back(std::make_unique<Client>());
        const bool sender = i < plan_.senders;
        const auto source = static_cast<uint8_t>(1 + i % plan_.sources);
        if (!clients_[i]->connect(plan_.port, source, plan_.path,
                                  sender ? plan_.sender_cookie : "")) {
          ++totals_.failed;
          clients_[i]->cut();
          continue;
        }
        watch(*clients_[i], static_cast<uint32_t>(i));
      }
      poll(50);
      if (const int64_t second = now_us() / 1'000'000; second != shown) {
        shown = second;
        std::fprintf(stderr, "\rconnected %zu of %zu, failed %zu   ", totals_.open, all,
                     totals_.failed);
      }
    }
    std::fprintf(stderr, "\rconnected %zu of %zu, failed %zu   \n", totals_.open, all,
                 totals_.failed);
  }

  // Until the welcome frames have come and nothing moves any more.
  void settle() {
    uint64_t bytes = 0;
    int quiet = 0;
    for (int i = 0; i < 600 && quiet < 10; ++i) {
      poll(100);
      quiet = totals_.bytes == bytes ? quiet + 1 : 0;
      bytes = totals_.bytes;
    }
  }

  void speak(Report& report) {
    if (plan_.rate <= 0 || plan_.senders == 0) return;
    totals_.record_latency = true;
    const uint64_t before = totals_.messages;
    const double cpu = plan_.server_pid ? cpu_seconds(plan_.server_pid) : 0;
    const int64_t begin = now_us();
    const auto total = static_cast<uint64_t>(plan_.rate * plan_.seconds);
    const std::string filler(plan_.text_bytes > 20 ? plan_.text_bytes - 20 : 1, 'x');
    uint64_t sent = 0;
    int64_t shown = 0;
    while (sent < total) {
      const int64_t now = now_us();
      const auto due = std::min<uint64_t>(
          total, static_cast<uint64_t>(static_cast<double>(now - begin) / 1e6 * plan_.rate) + 1);
      while (sent < due) {
        Client& sender = *clients_[sent % plan_.senders];
        sender.send("MSG {\"data\":\"t" + std::to_string(now_us()) + " " + filler +
                    std::to_string(sent) + "\"}");
        ++sent;
      }
      poll(1);
      if (now / 1'000'000 != shown) {
        shown = now / 1'000'000;
        std::fprintf(stderr, "\rsent %llu of %llu, delivered %llu   ",
                     static_cast<unsigned long long>(sent), static_cast<unsigned long long>(total),
                     static_cast<unsigned long long>(totals_.messages - before));
      }
    }
    const uint64_t expected = total * totals_.open;
    const int64_t patience = now_us() + 30'000'000;
    while (totals_.messages - before < expected && now_us() < patience) poll(10);
    const double seconds = static_cast<double>(now_us() - begin) / 1e6;
    std::fprintf(stderr, "\n");
    report.sent = sent;
    report.expected = expected;
    report.delivered = totals_.messages - before;
    report.run_seconds = seconds;
    if (plan_.server_pid) {
      const double used = cpu_seconds(plan_.server_pid) - cpu;
      report.server_cpu = used / seconds;
      if (report.delivered > 0)
        report.cpu_us_per_delivery = used * 1e6 / static_cast<double>(report.delivered);
    }
  }

  // A client cannot know which receiver is the first or the last; messages are told apart by their
  // send time, which is reconstructed from arrival minus latency.
  void group_latency() {
    const int64_t now = now_us();
    for (const uint32_t latency : totals_.latency_us) {
      all_.push_back(latency);
      Spread& spread = spreads_[(now - latency) / 1000];
      spread.first = std::min(spread.first, latency);
      spread.last = std::max(spread.last, latency);
    }
    totals_.latency_us.clear();
  }

  void finish(Report& report) {
    std::vector<uint32_t> first, last;
    for (const auto& [key, spread] : spreads_) {
      first.push_back(spread.first);
      last.push_back(spread.last);
    }
    report.first_p50_ms = percentile(first, 0.5);
    report.first_p99_ms = percentile(first, 0.99);
    report.last_p50_ms = percentile(last, 0.5);
    report.last_p99_ms = percentile(last, 0.99);
    report.all_p50_ms = percentile(all_, 0.5);
    report.all_p99_ms = percentile(all_, 0.99);
    report.open = totals_.open;
    report.failed = totals_.failed;
    report.refused = totals_.refused;
    report.acks = totals_.acks;
    report.lost = totals_.lost;
    report.doubled = totals_.doubled;
    report.bytes = totals_.bytes;
    if (plan_.server_pid) report.rss_after_kib = rss_kib(plan_.server_pid);
  }

  struct Spread {
    uint32_t first = UINT32_MAX;
    uint32_t last = 0;
  };
  const Plan& plan_;
  const int epoll_;
  std::vector<std::unique_ptr<Client>> clients_;
  Totals totals_;
  std::vector<uint32_t> all_;
  std::unordered_map<int64_t, Spread> spreads_;
};

}  // namespace

Report run(const Plan& plan) {
  return Run(plan).go();
}

}  // namespace strims::load
