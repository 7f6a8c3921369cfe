// From method and path to a handler. Filled at start, then read by all shards: adding is
// single-threaded, matching is const and may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/context.h"
#include "http/responder.h"
#include "http/upgrade.h"

namespace strims::http {

enum class RunOn : uint8_t {
  shard,      // inline: memory only, must not block
  db_lane,    // synchronous code with a database connection
  auth_lane,  // password hashing
};

// Runs where the route says. The context lives until the handler returns; a handler that answers
// later takes what it needs out of it and keeps the Responder.
using Handler = std::function<void(RequestContext&, Responder)>;

struct Route {
  std::string method;
  std::string pattern;  // "/users/{id}"; a last segment "{name...}" takes the rest of the path,
                        // also an empty one
  RunOn run_on = RunOn::shard;
  Handler handler;
  size_t body_limit = 64 * 1024;
  std::string access = "any";  // "any", "user", "moderator", ...: checked by the authorize step
  UpgradeHandler upgrade;      // set for upgrade routes only
  bool public_cors = false;    // readable by pages of every origin ("*"), without credentials
  std::string summary;         // one sentence for the API description
  bool site_errors =
      false;  // for the same: errors in the form of the dgg site, no problem documents
};

// A GET without a body: what probes, playlists and pictures are.
Route get_route(std::string pattern, std::string summary, RunOn run_on, Handler handler);

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Aborts on a pattern that is broken or taken: a mistake of the program, found by its first
  // start. `{param}` matches one non-empty segment; a literal segment wins over a parameter,
  // whatever the order of adding. Two patterns may not give the same segment different parameter
  // names.
  void add(Route route);
  // GET with "Upgrade: websocket" goes to `handler`; another GET gets 426, another method 405.
  void add_upgrade(std::string pattern, UpgradeHandler handler, std::string access = "any");

  struct Match {
    const Route* route = nullptr;  // nullptr: no such path, or not this method
    Params params;
    std::string allow;  // not empty: the path exists, with these methods ("GET, HEAD, OPTIONS")
    bool head_by_get = false;  // a HEAD that the GET route answers
  };
  // `path` is decoded. A trailing slash counts: "/a" and "/a/" are two paths.
  Match match(std::string_view method, std::string_view path) const;

  // In the order of adding. Pointers to routes stay valid as long as the router is not moved from
  // or added to.
  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  struct Node;

  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace strims::http
