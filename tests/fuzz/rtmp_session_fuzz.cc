// deps: media
// Bytes of a client into a session: no crash, bounded memory, tags only between the acceptance and
// the end, and the same events and answers however the bytes are cut and whenever the publish is
// answered. First byte: bit 0 refuse the publish; bits 1 and 2 what comes in front of the bytes, in
// one piece (nothing, the handshake, that and connect, everything up to publish); bit 3 small
// limits; the rest the size of the pieces.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "media/rtmp/session.h"
#include "media/rtmp/testing.h"

namespace {

using strims::media::PublishRequest;
using strims::media::RtmpLimits;
using strims::media::RtmpSession;
using strims::media::Tag;
namespace rtmp_testing = strims::media::rtmp_testing;

void require(bool condition) {
  if (!condition) std::abort();
}

class Checker final : public RtmpSession::Sink {
 public:
  Checker(const RtmpLimits& limits, bool refuse, bool at_once)
      : limits_(limits), refuse_(refuse), at_once_(at_once), session_(*this, limits) {}

  void on_publish(const PublishRequest& request) override {
    require(!asked_);
    asked_ = true;
    seen_ += "publish " + std::string(request.app) + " " + std::string(request.name) + " " +
             request.parameter("key").value_or("-") + "\n";
    if (at_once_) answer();
  }
  void on_tag(const Tag& tag) override {
    require(accepted_ && !ended_ && !tag.body.empty());
    require(tag.body.size() <= limits_.chunks.max_media);
    seen_ += rtmp_testing::describe(tag) + "\n";
  }
  void on_end() override {
    require(accepted_ && !ended_);
    ended_ = true;
    seen_ += "end\n";
  }

  // The input, cut to pieces of `piece` bytes.
  void feed(std::string_view wire, size_t piece) {
    while (!wire.empty() && error_.empty()) {
      const std::string_view part = wire.substr(0, piece);
      wire.remove_prefix(part.size());
      const std::vector<uint8_t> bytes(part.begin(), part.end());
      take(session_.receive(bytes));
      if (asked_ && !answered_) answer();
      // Two buffers of at most twice their contents, a block of the handshake, and the smallest
      // body of each chunk stream.
      require(session_.held_bytes() <= 2 * (limits_.chunks.max_held + limits_.max_pending) +
                                           2 * 1536 + limits_.chunks.max_chunk_streams * 1024);
    }
  }
  // All events and answers.
  std::string seen() { return seen_ + error_ + "\n" + session_.output(); }

 private:
  void answer() {
    answered_ = true;
    accepted_ = !refuse_;
    if (refuse_) {
      session_.refuse_publish("NetStream.Publish.BadName", "no");
    } else {
      take(session_.accept_publish());
    }
  }
  void take(const strims::Result<void>& result) {
    if (!result) error_ = result.error().reason;
    require(result.has_value() || session_.finished());
  }

  const RtmpLimits limits_;
  const bool refuse_;
  const bool at_once_;
  RtmpSession session_;
  std::string seen_;
  std::string error_;
  bool asked_ = false;
  bool answered_ = false;
  bool accepted_ = false;
  bool ended_ = false;
};

std::string front(int how) {
  if (how == 3) return rtmp_testing::publish_wire("slug?key=k");
  const std::string connect = how == 2 ? rtmp_testing::connect_command() : "";
  return how == 0 ? "" : rtmp_testing::client_handshake() + connect;
}

RtmpLimits small_limits() {
  return {.chunks = {.max_media = 300,
                     .max_other = 200,
                     .max_held = 400,
                     .max_chunk_size = 250,
                     .max_chunk_streams = 4},
          .max_output = 8000};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const bool refuse = (data[0] & 1) != 0;
  const size_t piece = data[0] / 16 + 1;
  const RtmpLimits limits = (data[0] & 8) != 0 ? small_limits() : RtmpLimits();
  const std::string start = front(data[0] >> 1 & 3);
  const std::string_view rest = strims::as_text({data + 1, size - 1});
  const auto run = [&](size_t n, bool at_once) {
    Checker checker(limits, refuse, at_once);
    checker.feed(start, start.size());
    checker.feed(rest, n);
    return checker.seen();
  };
  const std::string whole = run(size, true);
  require(run(size, false) == whole);
  require(run(piece, true) == whole);
  require(run(piece, false) == whole);
  return 0;
}
