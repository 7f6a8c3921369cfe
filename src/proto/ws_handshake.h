// The server's side of the WebSocket opening handshake (RFC 6455 section 4.2). Pure functions, any
// thread. Who may connect (Origin, cookies, limits) is the caller's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "proto/http_message.h"

namespace strims::proto {

struct WsOptions {
  bool deflate = true;  // accept permessage-deflate when the client offers it
  // Keep the client's window of our messages from one to the next, where its offer permits that.
  bool shared_window = false;
};

struct WsAccept {
  // The complete 101 response up to and including the empty line; frames may follow at once.
  std::string head;
  // permessage-deflate is on. The client's messages stand alone (no context takeover).
  bool deflate = false;
  // Ours may refer to earlier ones, within the largest window (15 bits): the client keeps it.
  bool shared_window = false;
  // Base-2 logarithm of the largest LZ77 window that the server may compress with: 8..15. (zlib
  // makes no raw streams with 8: send such a client uncompressed messages, which is always
  // permitted.)
  uint8_t server_window_bits = 15;
};

// True when the request asks for an upgrade to WebSocket, be it well or badly formed: what tells a
// handshake from an ordinary request on the same path.
bool wants_websocket(const Request& request);

// Checks the handshake and makes the answer (RFC 6455 sections 4.2.1 and 4.2.2). Never selects a
// subprotocol. Errors, all of class invalid; upgrade_refusal() turns them into a response:
//   "method_not_allowed" (405)  not a GET
//   "upgrade_required"   (426)  no Upgrade header at all, or a version other than 13
//   "bad_handshake"      (400)  any other rule
// An extension offer that is malformed or unknown is no error: it is declined.
Result<WsAccept> accept_upgrade(const Request& request, const WsOptions& options);

// The response for an error of accept_upgrade(): 405 with Allow, 426 with Upgrade and
// Sec-WebSocket-Version, else 400, each with the error's sentence as plain text.
Response upgrade_refusal(const Error& error);

// Sec-WebSocket-Accept for this Sec-WebSocket-Key (RFC 6455 section 4.2.2, step 5.4).
std::string websocket_accept_key(std::string_view key);

}  // namespace strims::proto
