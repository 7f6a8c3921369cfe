// deps: proto
// An upgrade request as text: the method in the first line, then one header per line, "name:
// value". Whatever the values say, the answer is one clean head, and what it grants is within what
// RFC 7692 permits.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "proto/ws_extension.h"
#include "proto/ws_handshake.h"

namespace {

using namespace strims::proto;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

Request parse(std::string_view text) {
  Request request;
  request.method = take_line(text);
  request.target = request.path = "/ws";
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    request.headers.push_back(
        {std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
  }
  return request;
}

void check_agreement(std::string_view offers) {
  const DeflateAgreement agreed = negotiate_deflate(offers);
  require(agreed.server_window_bits >= 8 && agreed.server_window_bits <= 15);
  require(agreed.server_window_asked || agreed.server_window_bits == 15);
  if (!agreed.accepted) return;
  // What we answer is itself a well-formed offer that asks for the same.
  const DeflateAgreement again = negotiate_deflate(deflate_answer(agreed, !agreed.server_alone));
  require(again.accepted && again.server_window_bits == agreed.server_window_bits);
  require(again.server_window_asked == agreed.server_window_asked);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_agreement(text);
  const Request request = parse(text);
  for (const bool deflate : {false, true}) {
    const auto accept = accept_upgrade(request, {.deflate = deflate});
    if (!accept) {
      const int status = upgrade_refusal(accept.error()).status;
      require(status == 400 || status == 405 || status == 426);
      continue;
    }
    require(wants_websocket(request));
    require(deflate || !accept->deflate);
    require(accept->head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
    require(accept->head.find("\r\n\r\n") == accept->head.size() - 4);
    require((accept->head.find("permessage-deflate") != std::string::npos) == accept->deflate);
  }
  return 0;
}
