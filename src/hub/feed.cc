#include "hub/feed.h"

#include <algorithm>

namespace strims::hub {
namespace {

// A reader that is so far behind that more epochs have begun waits for the next one.
constexpr size_t kEpochsKept = 16;

}  // namespace

Feed::Feed(size_t bytes) : plain_(bytes), deflated_(bytes / 4) {}

void Feed::append(const FeedPart& part) {
  const FeedPlace begin = end();
  for (const FeedPart::Frame& frame : part.frames) {
    const FeedPlace at{begin.plain + frame.plain, begin.deflated + frame.deflated};
    marks_.push_back({at, frame.seq});
    if (frame.epoch) epochs_.push_back(at);
  }
  plain_.append(part.plain);
  deflated_.append(part.deflated);
  trim();
}

void Feed::append_control(std::string_view frame) {
  marks_.push_back({end(), 0});
  plain_.append(frame);
  deflated_.append(frame);
  trim();
}

void Feed::trim() {
  while (!marks_.empty() && !plain_.holds(marks_.front().place.plain)) marks_.pop_front();
  while (epochs_.size() > kEpochsKept) epochs_.pop_front();
}

std::optional<FeedPlace> Feed::epoch_from(FeedPosition plain) const {
  const auto it = std::ranges::lower_bound(epochs_, plain, {}, &FeedPlace::plain);
  if (it == epochs_.end() || !deflated_.holds(it->deflated)) return std::nullopt;
  return *it;
}

Feed::Boundary Feed::boundary(Encoding encoding, FeedPosition position) const {
  auto it = std::ranges::lower_bound(marks_, position, {},
                                     [&](const Mark& mark) { return mark.place.in(encoding); });
  // Frames that nobody read deflated take no room there: the reader is behind them.
  while (it != marks_.end() && std::next(it) != marks_.end() &&
         std::next(it)->place.in(encoding) == it->place.in(encoding))
    ++it;
  Boundary found{it == marks_.end() ? end() : it->place};
  for (; it != marks_.end() && found.seq == 0; ++it) found.seq = it->seq;
  return found;
}

}  // namespace strims::hub
