// A byte stream that is no file descriptor (in memory; a slot of an io_uring), and the set of such
// streams that a Reactor watches. A Socket holds one in the place of a descriptor; its handle
// counts from kFirstStream, where no descriptor reaches. All of it belongs to the reactor's thread,
// and the reactor outlives its streams.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "net/event_handler.h"
#include "net/io_result.h"

namespace strims::net {

class StreamSet;

class Stream {
 public:
  static constexpr int kFirstStream = 1 << 30;

  explicit Stream(StreamSet& set);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream();

  // As the functions of Socket; `into` and `parts` are not empty.
  virtual IoResult read(std::span<uint8_t> into) = 0;
  virtual IoResult writev(std::span<const iovec> parts) = 0;
  virtual void shutdown_write() = 0;
  virtual void reset_on_close() = 0;
  // The socket lets go: the stream may be gone afterwards. Called once.
  virtual void close() = 0;

  // True when Poller::send_all() does several of its writes with one system call.
  virtual bool sends_in_batches() const { return false; }

  int handle() const { return handle_; }
  // To be called whenever ready() may have grown.
  void changed();

 protected:
  // The events that hold now, whether they are waited for or not.
  virtual uint32_t ready() const = 0;
  // What is waited for has become another: interest(), 0 while not watched.
  virtual void on_interest() {}
  uint32_t interest() const { return interest_; }
  bool is_watched() const { return handler_ != nullptr; }
  StreamSet& set() const { return set_; }

 private:
  friend class StreamSet;
  StreamSet& set_;
  EventHandler* handler_ = nullptr;
  int handle_;
  uint32_t interest_ = 0;
  bool queued_ = false;
};

class StreamSet {
 public:
  StreamSet() = default;
  StreamSet(const StreamSet&) = delete;
  StreamSet& operator=(const StreamSet&) = delete;

  // As those of Reactor.
  bool add(int handle, uint32_t events, EventHandler* handler);
  bool modify(int handle, uint32_t events, EventHandler* handler);
  void remove(int handle);

  // True when a watched stream has an event to deliver.
  bool any_ready();
  // Delivers at most `limit` events, level-triggered, in the order in which the streams became
  // ready. The number delivered.
  size_t dispatch(size_t limit);

 private:
  friend class Stream;
  Stream* find(int handle) const;
  static uint32_t due(const Stream& stream);
  bool still_due(int handle);  // false: the handle leaves the queue

  std::vector<Stream*> streams_;  // by handle; null: free
  std::vector<int> free_;
  std::vector<int> queue_;  // handles of streams that may be ready, each once
  std::vector<int> round_;  // those of them whose turn it is
};

}  // namespace strims::net
