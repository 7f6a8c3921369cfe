// Makes the stretches of one feed: frames each text once, and deflates it once for all readers who
// negotiated compression. Lives on the home shard.
//
// The deflated form has one window for all. A newcomer cannot know what is in it, so he is sent
// plain frames until the next epoch, which begins with an empty window; one begins soon after
// somebody waits for it.
#pragma once

#include <cstddef>
#include <string_view>

#include "hub/feed.h"
#include "proto/ws_deflate.h"

namespace strims::hub {

class FeedEncoder {
 public:
  // `level`: zlib's; 0: nothing is deflated. `epoch_frames`: the least number of frames between two
  // epochs, since each costs the window.
  FeedEncoder(int level, size_t epoch_frames)
      : deflater_(level), level_(level), epoch_frames_(epoch_frames) {}

  // Who reads the deflated form, on all shards.
  struct Readers {
    bool any = false;      // somebody reads it or waits for the next epoch
    bool waiting = false;  // somebody waits
  };
  // Appends one text frame. `seq`: of the entry it was made from, 0 for none.
  void add(FeedPart& part, std::string_view text, Seq seq, Readers readers);

 private:
  proto::WsDeflater deflater_;
  int level_;
  size_t epoch_frames_;
  bool running_ = false;    // the deflated form has everything since the last epoch
  size_t since_epoch_ = 0;  // frames
};

}  // namespace strims::hub
