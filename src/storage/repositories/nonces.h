// What senders called their messages lately, so that a repeated send is recognised, also after a
// restart. The nonces lie in table `entries` itself. Belongs on a lane. Errors are the driver's
// (storage/sql/database.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/entry.h"
#include "storage/sql/database.h"

namespace strims::storage {

// How long a nonce is known. Later the same one is something new.
inline constexpr int64_t kNonceWindowMs = 10 * 60 * 1000;

struct KnownNonce {
  ChannelId channel = 0;
  UserId user_id = 0;
  std::string nonce;
  EntryId entry = 0;
  Seq seq = 0;
  TimeMs at = 0;
};

// At most `limit` of the newest ones after `since`, oldest first; channel 0: all channels. Guests
// have none.
Result<std::vector<KnownNonce>> read_nonces(sql::Connection& connection, ChannelId channel,
                                            TimeMs since, size_t limit);

}  // namespace strims::storage
