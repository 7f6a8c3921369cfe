// What the kernel says about the server's process.
#pragma once

#include <cstdint>

namespace strims::load {

// User and system time of all its threads so far, in seconds, to the nanosecond; 0 when there is no
// such process.
double cpu_seconds(int64_t pid);
// Time that all processors of the machine were busy so far, in seconds.
double busy_seconds();
// Anonymous memory (RssAnon), in bytes.
int64_t anonymous_bytes(int64_t pid);
// Memory that the sockets of the whole machine hold, in bytes (/proc/net/sockstat).
int64_t tcp_memory_bytes();

}  // namespace strims::load
