// strims-load: many viewers and a few speakers against a running server; fails when anything is
// lost or doubled.
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "load/run.h"

namespace {

constexpr char kUsage[] =
    "usage: strims-load --port N [--receivers N] [--senders N] [--rate MSG/S] [--seconds S] "
    "[--cookie COOKIE]\n"
    "                   [--pid SERVER_PID] [--bytes N] [--path /ws] [--sources N] [--json]\n"
    "Speakers need --cookie, such as authtoken=KEY of an account with the bot feature.\n";

}  // namespace

int main(int argc, char** argv) {
  strims::load::Plan plan;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--json") {
      json = true;
      continue;
    }
    if (i + 1 >= argc) {
      std::fputs(kUsage, stderr);
      return 2;
    }
    const char* value = argv[++i];
    if (flag == "--port")
      plan.port = static_cast<uint16_t>(std::atoi(value));
    else if (flag == "--receivers")
      plan.receivers = static_cast<size_t>(std::atol(value));
    else if (flag == "--senders")
      plan.senders = static_cast<size_t>(std::atol(value));
    else if (flag == "--rate")
      plan.rate = std::atof(value);
    else if (flag == "--seconds")
      plan.seconds = std::atof(value);
    else if (flag == "--cookie")
      plan.sender_cookie = value;
    else if (flag == "--pid")
      plan.server_pid = std::atol(value);
    else if (flag == "--bytes")
      plan.text_bytes = static_cast<size_t>(std::atol(value));
    else if (flag == "--path")
      plan.path = value;
    else if (flag == "--sources")
      plan.sources = static_cast<size_t>(std::atol(value));
    else {
      std::fputs(kUsage, stderr);
      return 2;
    }
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const strims::load::Report report = strims::load::run(plan);
  std::fputs(
      (json ? strims::load::to_json(plan, report) + "\n" : strims::load::to_text(plan, report))
          .c_str(),
      stdout);
  return report.good() || plan.rate <= 0 ? 0 : 1;
}
