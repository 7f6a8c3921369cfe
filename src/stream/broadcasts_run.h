// What the owner of the broadcasts keeps of one channel. Internal to broadcasts*.cc.
#pragma once

#include "stream/broadcasts.h"

namespace strims::stream {

struct Broadcasts::Run {
  Run(Channel row, const LifecycleLimits& limits)
      : channel(std::move(row)), lifecycle(channel.id, limits) {}
  Channel channel;
  Lifecycle lifecycle;
  std::shared_ptr<LiveStream> live;
  bool external = false;  // of the sessions that sent media the last one did it elsewhere
  std::string playback;   // of an external one
  std::shared_ptr<Audience> audience = std::make_shared<Audience>();
  std::shared_ptr<GuestList> guests = std::make_shared<GuestList>();
  std::shared_ptr<HealthMeter> health = std::make_shared<HealthMeter>();
  std::deque<Effect> waiting;  // behind a row that the database would not take
  TimeMs session_since = 0;
  int64_t reconnects = 0;   // of this broadcast
  BroadcastId counted = 0;  // whose viewers are counted
  MonoMs checked_at = 0;    // the owner
  MonoMs guests_at = 0;     // those on the list
  MonoMs saved_at = 0;      // progress
  MonoMs sampled_at = 0;    // health
  MonoMs forget_at = 0;     // the window of what has ended; 0: not
};

void log_failure(std::string_view what, BroadcastId broadcast, const Error& error);
// What is told here is unlinked by the next sweep. False: the row could not be written.
bool mark_deleting(sql::Connection& db, BroadcastId broadcast);

}  // namespace strims::stream
