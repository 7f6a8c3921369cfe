// A small HTTP client for the APIs of media servers. Blocks; one thread at a time.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/error.h"

namespace strims::hooks {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

class HttpClient {
 public:
  // A request is given up soon after `stop` is set.
  explicit HttpClient(const std::atomic<bool>& stop);
  ~HttpClient();

  // At most two seconds, 8 MiB and no redirects; never through a proxy of the environment. Name and
  // password may stand in the address. Errors: unavailable/"unreachable", too_large/"too_large".
  Result<HttpAnswer> request(const std::string& method, const std::string& url);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace strims::hooks
