// How publishers' connections ask the owner of the broadcasts, who lives elsewhere and may block.
#pragma once

#include <functional>

#include "stream/broadcasts.h"

namespace strims::ingest {

// Any thread; none of them waits.
struct Gate {
  using Answer = std::move_only_function<void(Result<stream::Admission>)>;
  // `answer` runs once, on the owner's thread. Unavailable when too many ask.
  std::function<void(stream::PublishAsk, Answer)> publish;
  std::function<void(ChannelId, SessionId, TimeMs)> first_part;
  std::function<void(ChannelId, SessionId, stream::Loss)> over;
};

}  // namespace strims::ingest
