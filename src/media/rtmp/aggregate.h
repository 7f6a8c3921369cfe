// The FLV tags in an aggregate message (RTMP 1.0, section 7.1.6; FLV 10.1, annex E.4.1). Pure; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/error.h"
#include "media/rtmp/message.h"
#include "media/tag.h"

namespace strims::media {

class RtmpAggregateReader {
 public:
  // `message` must outlive the reader and the bodies of its tags.
  explicit RtmpAggregateReader(const RtmpMessage& message)
      : rest_(message.body), message_time_(message.timestamp_ms) {}

  // The next tag, at the time that the message's timestamp gives it; nothing at the end. Tags that
  // are neither audio, video nor data are skipped. Errors: "bad_aggregate".
  Result<std::optional<Tag>> next();

 private:
  std::span<const uint8_t> rest_;
  uint32_t message_time_;
  std::optional<uint32_t> first_time_;  // of the first tag inside
};

}  // namespace strims::media
