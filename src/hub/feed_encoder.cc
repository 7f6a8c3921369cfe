#include "hub/feed_encoder.h"

#include "proto/ws_encoder.h"

namespace strims::hub {

void FeedEncoder::add(FeedPart& part, std::string_view text, Seq seq, Readers readers) {
  FeedPart::Frame frame{static_cast<uint32_t>(part.plain.size()),
                        static_cast<uint32_t>(part.deflated.size()), false, seq};
  proto::append_frame(part.plain, proto::WsOpcode::text, text);
  if (level_ > 0 && readers.any) {
    frame.epoch = !running_ || (readers.waiting && since_epoch_ >= epoch_frames_);
    if (frame.epoch) {
      deflater_.restart();
      since_epoch_ = 0;
    }
    running_ = deflater_.append_text_frame(part.deflated, text);
    ++since_epoch_;
    // Without memory for zlib: uncompressed, which every reader takes and no window remembers.
    if (!running_) {
      frame.epoch = false;
      proto::append_frame(part.deflated, proto::WsOpcode::text, text);
    }
  } else {
    running_ = false;
  }
  part.frames.push_back(frame);
}

}  // namespace strims::hub
