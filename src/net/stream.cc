#include "net/stream.h"

#include <sys/epoll.h>

#include <cstddef>

namespace strims::net {
namespace {

size_t index_of(int handle) {
  return static_cast<size_t>(handle - Stream::kFirstStream);
}

}  // namespace

Stream::Stream(StreamSet& set) : set_(set) {
  if (set.free_.empty()) {
    handle_ = kFirstStream + static_cast<int>(set.streams_.size());
    set.streams_.push_back(this);
  } else {
    handle_ = set.free_.back();
    set.free_.pop_back();
    set.streams_[index_of(handle_)] = this;
  }
}

Stream::~Stream() {
  set_.streams_[index_of(handle_)] = nullptr;
  // Its place in the queue is left alone: until that has come up, nobody else gets the handle.
  if (!queued_) set_.free_.push_back(handle_);
}

void Stream::changed() {
  if (queued_ || handler_ == nullptr) return;
  queued_ = true;
  set_.queue_.push_back(handle_);
}

Stream* StreamSet::find(int handle) const {
  const size_t index = index_of(handle);
  return index < streams_.size() ? streams_[index] : nullptr;
}

bool StreamSet::add(int handle, uint32_t events, EventHandler* handler) {
  Stream* stream = find(handle);
  if (stream == nullptr || stream->handler_ != nullptr) return false;
  stream->handler_ = handler;
  return modify(handle, events, handler);
}

bool StreamSet::modify(int handle, uint32_t events, EventHandler* handler) {
  Stream* stream = find(handle);
  if (stream == nullptr || stream->handler_ == nullptr) return false;
  stream->handler_ = handler;
  stream->interest_ = events;
  stream->on_interest();
  stream->changed();
  return true;
}

void StreamSet::remove(int handle) {
  Stream* stream = find(handle);
  if (stream == nullptr || stream->handler_ == nullptr) return;
  stream->handler_ = nullptr;
  stream->interest_ = 0;
  stream->on_interest();
}

uint32_t StreamSet::due(const Stream& stream) {
  if (stream.handler_ == nullptr) return 0;
  return stream.ready() & (stream.interest_ | EPOLLRDHUP | EPOLLHUP | EPOLLERR);
}

bool StreamSet::any_ready() {
  // Most of the queue has been served in the last turn; only what is still ready stays.
  std::erase_if(queue_, [this](int handle) { return !still_due(handle); });
  return !queue_.empty();
}

bool StreamSet::still_due(int handle) {
  Stream* stream = find(handle);
  if (stream == nullptr) {
    free_.push_back(handle);
    return false;
  }
  stream->queued_ = due(*stream) != 0;
  return stream->queued_;
}

size_t StreamSet::dispatch(size_t limit) {
  round_.swap(queue_);  // what becomes ready meanwhile is for the next turn
  size_t delivered = 0;
  for (size_t i = 0; i < round_.size(); ++i) {
    if (delivered == limit) {  // the rest come first in the next turn
      queue_.insert(queue_.begin(), round_.begin() + static_cast<std::ptrdiff_t>(i), round_.end());
      break;
    }
    if (!still_due(round_[i])) continue;
    Stream& stream = *find(round_[i]);
    queue_.push_back(round_[i]);  // level-triggered: looked at again in the next turn
    ++delivered;
    stream.handler_->on_event(due(stream));
  }
  round_.clear();
  return delivered;
}

}  // namespace strims::net
