#include "media/rtmp/aggregate.h"

#include "media/rtmp/wire.h"

namespace strims::media {
namespace {

constexpr size_t kTagHeader = 11;
constexpr size_t kBackPointer = 4;

bool is_known(uint8_t kind) {
  return kind == static_cast<uint8_t>(TagKind::audio) ||
         kind == static_cast<uint8_t>(TagKind::video) ||
         kind == static_cast<uint8_t>(TagKind::data);
}

}  // namespace

Result<std::optional<Tag>> RtmpAggregateReader::next() {
  while (!rest_.empty()) {
    if (rest_.size() < kTagHeader)
      return fail(Errc::invalid, "bad_aggregate", "an aggregate message is cut");
    const uint8_t kind = rest_[0];
    const size_t size = load_be24(&rest_[1]);
    // The highest byte of the time comes last.
    const uint32_t time = load_be24(&rest_[4]) | uint32_t{rest_[7]} << 24;
    rest_ = rest_.subspan(kTagHeader);
    if (rest_.size() < size + kBackPointer)
      return fail(Errc::invalid, "bad_aggregate", "an aggregate message is cut");
    const auto body = rest_.first(size);
    rest_ = rest_.subspan(size + kBackPointer);
    if (!first_time_) first_time_ = time;
    if (!is_known(kind)) continue;
    return Tag{static_cast<TagKind>(kind), message_time_ + (time - *first_time_), body};
  }
  return std::nullopt;
}

}  // namespace strims::media
