// The credentials that a request carries, wherever they may stand (chat-websocket 1.4, rest section
// 2). Pure.
#pragma once

#include <string>

#include "proto/http_message.h"

namespace strims::http {

struct RequestCredentials {
  std::string sid;        // cookie
  std::string authtoken;  // cookie
  std::string bearer;     // Authorization: Bearer, or ?token=
  std::string jwt;        // the cookie of strims clients
};

RequestCredentials credentials_of(const proto::Request& request, const std::string& strims_cookie);

}  // namespace strims::http
