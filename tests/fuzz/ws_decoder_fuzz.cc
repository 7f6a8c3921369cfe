// deps: proto
// Bytes of a client into the decoder: no crash, bounded memory, and the same events however they
// are cut and however often the sink stops. First byte: bit 0 deflate, the rest the size of the
// pieces; second byte: the message limit in units of 16 bytes; then the wire.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "proto/ws_decoder.h"
#include "proto/ws_inflate.h"
#include "proto/ws_testing.h"

namespace {

using strims::proto::WsDecoder;
using strims::proto::WsInflater;

void require(bool condition) {
  if (!condition) std::abort();
}

class Checker final : public WsDecoder::Sink {
 public:
  Checker(size_t limit, bool stop) : limit_(limit), stop_(stop) {}
  bool on_event(const WsDecoder::Event& event) override {
    require(!over_);
    const bool control =
        event.kind == WsDecoder::Event::ping || event.kind == WsDecoder::Event::pong;
    if (control) require(event.payload.size() <= 125);
    if (event.kind == WsDecoder::Event::text) require(strims::valid_utf8(event.payload));
    if (event.kind == WsDecoder::Event::text || event.kind == WsDecoder::Event::binary)
      require(event.payload.size() <= limit_);
    over_ = event.kind == WsDecoder::Event::close || event.kind == WsDecoder::Event::error;
    seen += strims::proto::ws_testing::describe(event);
    return !stop_;
  }
  std::string seen;

 private:
  const size_t limit_;
  const bool stop_;
  bool over_ = false;
};

// All events, with the wire cut to pieces of `piece` bytes.
std::string decode(std::span<const uint8_t> wire, bool deflate, size_t limit, size_t piece,
                   bool stop) {
  static WsInflater inflater;
  WsDecoder decoder({.max_message = limit}, deflate);
  Checker sink(limit, stop);
  while (!wire.empty()) {
    const size_t n = std::min(piece, wire.size());
    std::vector<uint8_t> bytes(wire.begin(), wire.begin() + static_cast<ptrdiff_t>(n));
    wire = wire.subspan(n);
    std::span<uint8_t> rest(bytes);
    while (!rest.empty()) {
      const size_t consumed = decoder.feed(rest, sink, &inflater);
      require(consumed > 0 && consumed <= rest.size());
      require(stop || consumed == rest.size());
      rest = rest.subspan(consumed);
      require(decoder.held_bytes() <= limit + limit / 8 + 64 + 125 + 512);
    }
  }
  if (decoder.finished()) require(decoder.held_bytes() == 0);
  return sink.seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const bool deflate = (data[0] & 1) != 0;
  const size_t piece = data[0] / 2 + 1;
  const size_t limit = size_t{data[1]} * 16;
  const std::span<const uint8_t> wire(data + 2, size - 2);
  const std::string whole = decode(wire, deflate, limit, wire.size(), false);
  require(decode(wire, deflate, limit, wire.size(), true) == whole);
  require(decode(wire, deflate, limit, piece, false) == whole);
  require(decode(wire, deflate, limit, piece, true) == whole);
  require(decode(wire, deflate, limit, 1, false) == whole);
  return 0;
}
