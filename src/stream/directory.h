// What every thread may know of the channels: what the API answers and players read. The owner of
// the broadcasts writes, everybody reads.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/stream.h"
#include "stream/audience.h"
#include "stream/guest_list.h"
#include "stream/health.h"
#include "stream/live_stream.h"

namespace strims::stream {

// Immutable but for what lies behind the pointers, which is thread-safe.
struct ChannelView {
  Channel channel;
  BroadcastState state = BroadcastState::offline;
  BroadcastId broadcast = 0;  // 0 when offline
  SessionId session = 0;      // 0: nobody publishes
  TimeMs started_at = 0;
  TimeMs session_since = 0;
  int64_t reconnects = 0;
  std::shared_ptr<LiveStream> live;    // the last one may be there for a while after the end
  std::string playback;                // where an external media server plays it; empty: it is here
  std::shared_ptr<Audience> audience;  // never null, nor are the next two
  std::shared_ptr<GuestList> guests;   // who may watch, where not everybody may
  std::shared_ptr<HealthMeter> health;
  bool is_watchable() const {
    return (live || !playback.empty()) &&
           (state == BroadcastState::live || state == BroadcastState::interrupted);
  }
  // Its media is here: there are pictures of it.
  bool is_ours() const { return live && playback.empty() && is_watchable(); }
};
using ChannelViewPtr = std::shared_ptr<const ChannelView>;

class Directory {
 public:
  // Null when there is no such channel.
  ChannelViewPtr find(std::string_view slug) const;
  std::vector<ChannelViewPtr> all() const;  // in no order
  void put(ChannelView view);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, ChannelViewPtr> channels_;
};

// The JSON object that clients are shown of a stream's state: the STREAM event (docs/STREAM.md).
// What is its owner's alone looks as if nothing were on.
std::string stream_fields(const ChannelView& view);
// Where its picture is; empty when there is none.
std::string thumbnail_path(const ChannelView& view);

}  // namespace strims::stream
