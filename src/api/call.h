// One API call as its handler sees it, and how handlers are hung into the router.
//
// A handler is plain synchronous code on a lane: it decodes, asks a service, encodes. One that must
// wait for the room takes the Responder and returns nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/services.h"
#include "auth/authenticate.h"
#include "base/json_read.h"
#include "http/responder.h"
#include "http/router.h"
#include "proto/http_message.h"
#include "storage/sql/database.h"

namespace strims::api {

enum class Access : uint8_t { any, user, moderator, admin };
std::string_view to_string(Access access);

struct Call {
  const Services& services;
  http::RequestContext& http;
  sql::Connection& db;
  std::optional<auth::Principal> who;  // nobody: a guest
  http::Responder& respond;

  const proto::Request& request() const { return http.request; }
  const User& user() const { return who->user; }  // after Access::user and above
  auth::Client client() const;
  // The body as a JSON object. Errors: unsupported/"unsupported_type" for another content type than
  // JSON, invalid/"invalid_json".
  Result<Json> json_body() const;
  // The same without a look at the content type (chat-gui labels its JSON as plain text).
  Result<Json> any_json_body() const;
  // Query parameter as an integer in [least, most], `otherwise` when absent; invalid/"invalid" when
  // it is none.
  Result<int64_t> int_param(std::string_view name, int64_t otherwise, int64_t least,
                            int64_t most) const;
};

using Answer = Result<std::optional<proto::Response>>;  // nothing: `respond` was taken
using ApiHandler = std::function<Answer(Call&)>;

struct Endpoint {
  std::string method;
  std::string pattern;
  Access access = Access::any;
  std::string summary;
  ApiHandler handler;
  http::RunOn run_on = http::RunOn::db_lane;
  bool dgg_errors = false;  // errors as the dgg site gives them (HTTP status and a JSON object)
  bool csrf_guard = false;  // needs the X-CSRF-Guard header (dgg) when a cookie authenticates
  bool public_cors = false;
  size_t body_limit = 0;  // 0: http.max_body_bytes
};

class Api {
 public:
  Api(const Services& services, http::Router& router) : services_(services), router_(router) {}
  void add(Endpoint endpoint);
  // JSON in and out on the db lane, as most are. `body_limit` in bytes.
  void add(std::string method, std::string pattern, Access access, std::string summary,
           ApiHandler handler, size_t body_limit = 16 * 1024);
  // A GET for everybody, which pages of every origin may read.
  void add_public(std::string pattern, std::string summary, ApiHandler handler);
  const Services& services() const { return services_; }
  http::Router& router() { return router_; }

 private:
  const Services& services_;
  http::Router& router_;
};

// All resources: the file list below, in order.
void add_all(Api& api);

// The resources, one file each.
void add_auth(Api& api);
void add_users(Api& api);
void add_login_keys(Api& api);
void add_chat(Api& api);
void add_moderation(Api& api);
void add_ops(Api& api);
void add_dgg_chat(Api& api);
void add_dgg_messages(Api& api);
void add_dgg_site(Api& api);
void add_strims_site(Api& api);
void add_streams(Api& api);
void add_stream_control(Api& api);
void add_hls(Api& api);
void add_vods(Api& api);
void add_vod_media(Api& api);
void add_thumbnails(Api& api);

}  // namespace strims::api
