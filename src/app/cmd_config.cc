#include <cstdio>

#include "app/commands.h"
#include "config/check.h"
#include "config/describe.h"
#include "config/env.h"
#include "config/load.h"

namespace strims::app {

Result<config::Config> load_config(const CommonOptions& options) {
  STRIMS_TRY(config::Config config,
             config::load(options.config_file, config::process_environment()));
  if (!options.listen.empty()) config.server.listen = options.listen;
  if (!options.data_dir.empty()) config.server.data_dir = options.data_dir;
  STRIMS_CHECK_OK(config::check(config));
  return config;
}

int config_default() {
  std::fputs(config::default_toml().c_str(), stdout);
  return 0;
}

int config_docs() {
  std::fputs(config::markdown().c_str(), stdout);
  return 0;
}

int config_check(const CommonOptions& options) {
  const auto config = load_config(options);
  if (!config) return complain(config.error());
  std::puts("the configuration is good");
  return 0;
}

}  // namespace strims::app
