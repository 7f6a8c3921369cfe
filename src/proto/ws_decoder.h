// Bytes from a WebSocket client to messages (RFC 6455 sections 5 to 7, server side, strict; RFC
// 7692 section 6 for compressed messages). Sans-I/O; all calls on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "proto/utf8.h"
#include "proto/ws_frame.h"

namespace strims::proto {

class WsInflater;

class WsDecoder {
 public:
  struct Limits {
    // Longest message in bytes over all its fragments, after inflating. Held to at most 1 GiB.
    size_t max_message = 64 * 1024;
  };

  struct Event {
    enum Kind : uint8_t {
      text,    // a whole message, well-formed UTF-8
      binary,  // a whole message
      ping,    // to be answered by a pong with the same payload (section 5.5.2)
      pong,
      close,  // the peer's close frame: `close_code` (kCloseNoStatus when it was empty), `payload`
              // the reason
      error,  // the peer broke a rule: `close_code` is the one to send, `payload` a short literal
              // that says why
    };
    Kind kind;
    // Valid only during the call: it points into the caller's bytes, the decoder or the inflater.
    std::string_view payload;
    uint16_t close_code = 0;
  };

  class Sink {
   public:
    // Takes one event. False stops feed() after this event, so that the work of one turn stays
    // bounded. Must not destroy the decoder, nor call its feed(), nor use the inflater that was
    // passed to feed().
    virtual bool on_event(const Event& event) = 0;

   protected:
    ~Sink() = default;
  };

  // `deflate`: permessage-deflate was negotiated (WsAccept::deflate).
  explicit WsDecoder(Limits limits, bool deflate = false);

  // Decodes `bytes` and calls `sink` for each message, control frame and error. A whole
  // unfragmented frame is unmasked where it lies and handed out without a copy, so `bytes` may
  // change up to the number returned. Returns how many bytes were consumed: all of them, unless the
  // sink said stop; then call again with the rest. After a `close` or `error` event everything is
  // consumed and ignored, and no event follows. `inflater` may be null when deflate was not
  // negotiated; it is used only within the call. Pieces may be cut anywhere: the events are the
  // same. Errors come as early as the bytes permit (a length from its header, bad UTF-8 of an
  // uncompressed text from its first bad byte).
  size_t feed(std::span<uint8_t> bytes, Sink& sink, WsInflater* inflater = nullptr);

  // True after a close or error event.
  bool finished() const { return stage_ == Stage::finished; }
  // Heap bytes held now: 0 unless a frame or a fragmented message is incomplete.
  size_t held_bytes() const { return block_ ? capacity_ : 0; }

 private:
  enum class Stage : uint8_t { header, payload, finished };
  enum class HeaderResult : uint8_t { ready, need_more, failed };

  HeaderResult take_header(std::span<uint8_t> bytes, size_t& pos, Sink& sink);
  HeaderResult parse_header(std::span<const uint8_t> bytes, size_t& length, Sink& sink);
  const char* check_first(uint8_t first) const;
  const char* check_second(uint8_t first, uint8_t second) const;
  // These go on with the payload and return false to stop.
  bool take_control(std::span<uint8_t> bytes, size_t& pos, Sink& sink);
  bool take_data(std::span<uint8_t> bytes, size_t& pos, Sink& sink, WsInflater* inflater);
  bool deliver_control(std::string_view payload, Sink& sink);
  bool deliver_close(std::string_view payload, Sink& sink);
  bool deliver_message(std::string_view payload, bool checked, Sink& sink, WsInflater* inflater);
  bool deliver_block(Sink& sink, WsInflater* inflater);
  bool fail(uint16_t code, std::string_view why, Sink& sink);

  size_t wire_limit(bool compressed) const;
  uint8_t* room_for(size_t at, size_t n, size_t ceiling);
  void drop_block();
  bool is_control() const { return static_cast<uint8_t>(opcode_) >= 8; }

  // The message so far, followed by the control frame that came in between, both unmasked.
  std::unique_ptr<uint8_t[]> block_;
  uint32_t capacity_ = 0;
  uint32_t size_ = 0;  // bytes of the message in the block
  uint32_t max_message_;
  uint32_t frame_left_ = 0;  // payload bytes of the current frame that are still to come
  uint32_t key_ = 0;         // turned so that it begins at the next payload byte
  Utf8Validator utf8_;       // of the text message in the block
  uint8_t header_[14];       // a header that was cut
  uint8_t header_size_ = 0;
  uint8_t control_size_ = 0;  // bytes of the control frame in the block
  Stage stage_ = Stage::header;
  WsOpcode opcode_ = WsOpcode::continuation;  // of the current frame
  bool fin_ = false;                          // of the current frame
  bool in_message_ = false;  // a data message has begun and its last frame is not yet done
  bool message_text_ : 1 = false;
  bool message_compressed_ : 1 = false;
  bool deflate_ : 1;
};
static_assert(sizeof(WsDecoder) <= 64);

}  // namespace strims::proto
