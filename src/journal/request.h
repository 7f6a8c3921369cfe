// One entry on its way through the journal. Whoever appends derives from it to get his own things
// back with the answer, so a message is one object from its admission to its showing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/entry.h"

namespace strims::journal {

// What became of an entry.
enum class Fate : uint8_t {
  open,      // nothing yet
  stored,    // it has its seq
  repeated,  // its nonce was known: nothing was added, the entry is what was stored the first time
  refused,   // it was not and will not be stored; `error` says why
};

struct Request {
  explicit Request(Entry e) : entry(std::move(e)) {}
  virtual ~Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  Entry entry;
  Fate fate = Fate::open;
  Error error;

  // The journal's own.
  std::unique_ptr<Entry> first;  // repeated: what was stored for the nonce
  int64_t since_ns = 0;          // when it came
  size_t weight = 0;
};

using Requests = std::vector<std::unique_ptr<Request>>;

}  // namespace strims::journal
