#include "hub/recent_frames.h"

#include <algorithm>

namespace strims::hub {

void RecentFrames::add(Seq seq, Bytes frame) {
  newest_ = seq;
  frames_.push_back({seq, std::move(frame)});
  if (frames_.size() > limit_) frames_.pop_front();
}

void RecentFrames::forget(Seq seq) {
  const auto it = std::lower_bound(frames_.begin(), frames_.end(), seq,
                                   [](const Frame& frame, Seq value) { return frame.seq < value; });
  if (it != frames_.end() && it->seq == seq) it->bytes = std::make_shared<const std::string>();
}

std::optional<std::vector<Bytes>> RecentFrames::after(Seq since) const {
  if (since > newest_) return std::nullopt;
  if (since < newest_ && (frames_.empty() || frames_.front().seq > since + 1)) return std::nullopt;
  return newest_from(since + 1);
}

std::vector<Bytes> RecentFrames::newest_from(Seq first) const {
  std::vector<Bytes> out;
  auto it = std::ranges::lower_bound(frames_, first, {}, &Frame::seq);
  for (; it != frames_.end(); ++it)
    if (!it->bytes->empty()) out.push_back(it->bytes);
  return out;
}

}  // namespace strims::hub
