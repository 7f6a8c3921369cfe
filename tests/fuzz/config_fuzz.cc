// deps: config
// Any file and any environment end in a configuration or an error; an accepted file survives being
// printed.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/check.h"
#include "config/describe.h"
#include "config/env.h"
#include "config/keys.h"
#include "config/load.h"

using namespace strims::config;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto config = parse(text)) {
    (void)check(*config).has_value();
    Config shown = *config;
    shown.auth.strims_jwt_secret.clear();
    const std::string printed = effective_toml(shown);
    const auto again = parse(printed);
    if (!again || effective_toml(*again) != printed) std::abort();
  }
  if (size > 0) {
    const auto& key = keys()[data[0] % keys().size()];
    Config config;
    (void)apply_environment(config, {{environment_name(key.name), text.substr(1)}}).has_value();
    (void)apply_environment(config, {{"STRIMS_" + text.substr(1), "1"}}).has_value();
  }
  return 0;
}
