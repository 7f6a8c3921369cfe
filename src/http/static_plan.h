// What to answer for a static file, before its bytes are touched. Shared by static_files and
// file_folder.
#pragma once

#include <cstdint>
#include <string_view>

#include "proto/http_message.h"

namespace strims::http {

struct StaticPlan {
  proto::Response response;  // complete but for the body
  uint64_t first = 0;        // the body: `length` bytes of the file from `first`
  uint64_t length = 0;
};

StaticPlan plan_static(const proto::Request& request, uint64_t size, std::string_view content_type,
                       std::string_view etag, bool immutable);

}  // namespace strims::http
