// Which accounts may watch a channel that is not for everybody, as far as is known now. A grant
// says who asks; whether he still may is asked of the database, once, and again whenever that may
// have changed (Broadcasts::account_changed, and every kRecheckMs for what nobody told).
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "model/user.h"

namespace strims::stream {

// Thread-safe. Bound: `most` accounts; of others nothing is known, so that each of their requests
// is asked about.
class GuestList {
 public:
  static constexpr int64_t kKeepMs = 60'000;     // since it asked last
  static constexpr int64_t kRecheckMs = 10'000;  // since it was looked up
  static constexpr size_t kMost = 100'000;

  enum class Standing : uint8_t { unknown, admitted, refused };

  explicit GuestList(size_t most = kMost) : most_(most) {}

  // Of an account that asks now.
  Standing ask(UserId account, MonoMs now);
  // What the database says of it.
  void set(UserId account, bool may_watch, MonoMs now);
  bool knows(UserId account) const;
  // Who is to be looked up again, `limit` at most; forgets those who have not asked for long. About
  // once a second: it looks at everybody.
  std::vector<UserId> due(MonoMs now, size_t limit);
  // Who may watch is decided anew: nothing is known any more.
  void clear();

 private:
  struct Guest {
    bool may_watch = false;
    MonoMs asked_at = 0;
    MonoMs looked_up_at = 0;
  };
  const size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<UserId, Guest> guests_;  // guarded by mutex_
};

}  // namespace strims::stream
