// The rows of the key table, by section. Internal to config/.
#pragma once

#include <span>

#include "config/keys.h"

namespace strims::config {

std::span<const Key> server_keys();
std::span<const Key> tls_keys();
std::span<const Key> storage_keys();
std::span<const Key> auth_keys();
std::span<const Key> chat_keys();
std::span<const Key> http_keys();
std::span<const Key> ws_keys();
std::span<const Key> stream_keys();
std::span<const Key> assets_keys();
std::span<const Key> log_keys();
std::span<const Key> metrics_keys();

}  // namespace strims::config
