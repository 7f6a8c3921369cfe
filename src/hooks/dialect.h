// What differs between nginx-rtmp, SRS and MediaMTX: how they ask, how they are answered, what
// their API says, and how a session is thrown out. Pure functions on bytes that are not trusted;
// any thread. One file for each.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "config/hook_server.h"
#include "hooks/hook.h"
#include "proto/http_message.h"

namespace strims::hooks {

struct HookRequest {
  std::string_view event;  // last part of the path
  std::string_view query;  // of a GET
  std::string_view body;   // of a POST
};

struct Kick {
  std::string method;
  std::string target;  // behind the base address of the API
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  // Error: invalid/"bad_hook".
  virtual Result<Hook> parse(const HookRequest& request) const = 0;
  virtual proto::Response answer(bool allow) const = 0;
  // What to GET, behind the API's base address; pages count from 0.
  virtual std::string list_target(int page) const = 0;
  // `wall`: now. Error: invalid/"bad_answer".
  virtual Result<Snapshot> parse_list(std::string_view body, TimeMs wall) const = 0;
  virtual Kick kick(std::string_view path, std::string_view session,
                    std::string_view door) const = 0;
};

const Dialect& nginx_dialect();
const Dialect& srs_dialect();
const Dialect& mediamtx_dialect();
const Dialect& dialect_of(config::HookKind kind);

// For the dialects: checks that hold for all of them. Error: invalid/"bad_hook".
Result<Hook> checked(Hook hook);
std::unexpected<Error> bad_hook(std::string detail);
std::unexpected<Error> bad_answer(std::string detail);

}  // namespace strims::hooks
