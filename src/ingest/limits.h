#pragma once

#include <cstddef>
#include <cstdint>

namespace strims::ingest {

// Times in milliseconds.
struct IngestLimits {
  size_t max_publishers = 500;      // connections, in all
  int64_t handshake_ms = 5'000;     // until a publish is asked for
  int64_t first_media_ms = 15'000;  // from there to the first tag
  int64_t idle_ms = 10'000;         // without a tag
  int64_t max_kbps = 20'000;        // over some seconds
  int64_t wrong_key_delay_ms = 1'000;
  int wrong_keys_per_minute = 10;  // of one address; then it is not even accepted
  int64_t goodbye_ms = 3'000;      // for a client that was told no to close

  // Of one address, a quarter of all may be without a good key at once.
  size_t strangers_per_address() const { return max_publishers / 4 + 1; }
};

}  // namespace strims::ingest
