#include <csignal>
#include <cstdio>

#include "app/commands.h"
#include "app/server.h"
#include "net/rlimit.h"
#include "net/signals.h"
#include "obs/health.h"
#include "obs/log.h"

namespace strims::app {

int serve(const CommonOptions& options) {
  net::block_handled_signals();
  net::ignore_sigpipe();
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its size limit is a failed write, not a death
  auto config = load_config(options);
  if (!config) return complain(config.error());
  obs::LogOptions log;
  log.level = static_cast<obs::Level>(config->log.level);
  log.file = config->log.file;
  log.rotate_bytes = static_cast<size_t>(config->log.rotate_bytes);
  log.rotate_files = static_cast<size_t>(config->log.rotate_files);
  if (const auto started = obs::log_start(log); !started) return complain(started.error());
  const auto files = static_cast<int64_t>(net::raise_open_file_limit());
  obs::log_info("server.starting", {{"version", obs::build_info().version}, {"open_files", files}});
  auto server = Server::start(std::move(*config));
  if (!server) {
    obs::log_stop();
    return complain(server.error());
  }
  obs::log_flush();  // so that the address is the last line of a terminal
  std::printf("Strims is ready: %s\n", (*server)->url().c_str());
  std::fflush(stdout);
  const int status = (*server)->run();
  server->reset();
  obs::log_stop();
  return status;
}

}  // namespace strims::app
