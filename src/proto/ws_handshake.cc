#include "proto/ws_handshake.h"

#include <openssl/sha.h>

#include "base/bytes.h"
#include "proto/ws_extension.h"

namespace strims::proto {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Base64 of exactly 16 bytes: 22 characters and two of padding. The four spare bits of the last
// character may be anything, as decoders commonly permit.
bool is_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") &&
         key.substr(0, 22).find_first_not_of(kBase64) == std::string_view::npos;
}

std::unexpected<Error> bad(std::string detail) {
  return fail(Errc::invalid, "bad_handshake", std::move(detail));
}

// RFC 6455 section 4.2.1, the parts about HTTP.
Result<void> check_http(const Request& request) {
  if (request.method != "GET")
    return fail(Errc::invalid, "method_not_allowed", "A WebSocket handshake is a GET.");
  if (request.version_minor < 1) return bad("A WebSocket handshake needs HTTP/1.1.");
  const auto hosts = request.headers_named("Host");
  if (hosts.size() != 1 || hosts.front().empty()) return bad("Exactly one Host header is needed.");
  return {};
}

// RFC 6455 section 4.2.1, the parts about WebSocket.
Result<void> check_upgrade(const Request& request) {
  if (!request.has_header("Upgrade"))
    return fail(Errc::invalid, "upgrade_required", "This is a WebSocket endpoint.");
  if (!request.header_has_token("Upgrade", "websocket"))
    return bad("The Upgrade header does not say websocket.");
  if (!request.header_has_token("Connection", "upgrade"))
    return bad("The Connection header does not say upgrade.");
  const auto versions = request.headers_named("Sec-WebSocket-Version");
  if (versions.size() != 1 || trim_ows(versions.front()) != "13")
    return fail(Errc::invalid, "upgrade_required", "Only WebSocket version 13 is spoken here.");
  const auto keys = request.headers_named("Sec-WebSocket-Key");
  if (keys.size() != 1 || !is_key(trim_ows(keys.front())))
    return bad("Sec-WebSocket-Key is not the base64 form of 16 bytes.");
  return {};
}

DeflateAgreement agree_on_deflate(const Request& request, const WsOptions& options) {
  if (!options.deflate) return {};
  // RFC 6455 section 9.1: several headers are one list.
  std::string offers;
  for (const std::string_view value : request.headers_named("Sec-WebSocket-Extensions")) {
    if (!offers.empty()) offers += ',';
    offers += value;
  }
  return negotiate_deflate(offers);
}

}  // namespace

bool wants_websocket(const Request& request) {
  return request.header_has_token("Upgrade", "websocket") ||
         request.has_header("Sec-WebSocket-Key");
}

std::string websocket_accept_key(std::string_view key) {
  std::string text(key);
  text += kGuid;
  uint8_t digest[SHA_DIGEST_LENGTH];
  SHA1(as_bytes(text).data(), text.size(), digest);
  return base64(digest);
}

Result<WsAccept> accept_upgrade(const Request& request, const WsOptions& options) {
  STRIMS_CHECK_OK(check_http(request));
  STRIMS_CHECK_OK(check_upgrade(request));
  const DeflateAgreement deflate = agree_on_deflate(request, options);

  WsAccept accept;
  accept.deflate = deflate.accepted;
  accept.server_window_bits = deflate.server_window_bits;
  // A smaller window would need a compressor of its own: such a client gets uncompressed messages.
  accept.shared_window = deflate.accepted && options.shared_window && !deflate.server_alone &&
                         deflate.server_window_bits == 15;
  accept.head =
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  accept.head += websocket_accept_key(trim_ows(request.header("Sec-WebSocket-Key")));
  accept.head += "\r\n";
  if (deflate.accepted)
    accept.head +=
        "Sec-WebSocket-Extensions: " + deflate_answer(deflate, accept.shared_window) + "\r\n";
  accept.head += "\r\n";
  return accept;
}

Response upgrade_refusal(const Error& error) {
  if (error.reason == "method_not_allowed")
    return Response::text(405, error.detail).set("Allow", "GET");
  if (error.reason == "upgrade_required")
    return Response::text(426, error.detail)
        .set("Upgrade", "websocket")
        .set("Sec-WebSocket-Version", "13");
  return Response::text(400, error.detail);
}

}  // namespace strims::proto
