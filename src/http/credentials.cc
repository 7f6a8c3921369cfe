#include "http/credentials.h"

#include "base/bytes.h"

namespace strims::http {

RequestCredentials credentials_of(const proto::Request& request, const std::string& strims_cookie) {
  RequestCredentials c;
  c.sid = request.cookie("sid");
  c.authtoken = request.cookie("authtoken");
  c.jwt = request.cookie(strims_cookie);
  const std::string_view header = request.header("Authorization");
  if (header.size() > 7 && ascii_iequals(header.substr(0, 7), "Bearer ")) {
    c.bearer = trim_ows(header.substr(7));
  } else if (auto token = request.query_param("token")) {
    c.bearer = std::move(*token);
  }
  return c;
}

}  // namespace strims::http
