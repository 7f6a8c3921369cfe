// The limit on open descriptors, which bounds the number of connections.
#pragma once

#include <cstdint>

namespace strims::net {

// Raises the soft limit (RLIMIT_NOFILE) to the hard one. The soft limit afterwards, whether or not
// it grew.
uint64_t raise_open_file_limit();
// The soft limit now.
uint64_t open_file_limit();

}  // namespace strims::net
