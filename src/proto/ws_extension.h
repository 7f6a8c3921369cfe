// Negotiation of permessage-deflate (RFC 7692 section 7.1) from the Sec-WebSocket-Extensions header
// (RFC 6455 section 9.1). Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace strims::proto {

struct DeflateAgreement {
  bool accepted = false;
  // Base-2 logarithm of the largest window that the server may compress with: 8..15.
  uint8_t server_window_bits = 15;
  // The offer had server_max_window_bits, so the answer must have it too (section 7.1.2.1).
  bool server_window_asked = false;
  // The offer had server_no_context_takeover: each message of ours must stand alone (section
  // 7.1.1.1).
  bool server_alone = false;
};

// Goes through the offers of the header's value (several headers joined by commas) and takes the
// first one that is acceptable. An offer with an unknown or repeated parameter, or with a value out
// of range, is passed over. A value that breaks the grammar of RFC 6455 section 9.1 is declined as
// a whole.
DeflateAgreement negotiate_deflate(std::string_view extensions);

// The value of the answer's Sec-WebSocket-Extensions. The client's messages always stand alone; so
// do the server's, unless it keeps its window (`server_takeover`, which the agreement must permit).
std::string deflate_answer(const DeflateAgreement& agreement, bool server_takeover);

}  // namespace strims::proto
