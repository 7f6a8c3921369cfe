// What a client that wants to publish says of itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace strims::media {

// All of it is as the client sent it: any bytes, and the query most likely holds a secret. Valid
// during the call only.
struct PublishRequest {
  std::string_view app;            // "live" of rtmp://host/live
  std::string_view tc_url;         // the URL that it connected to, without the name; may be empty
  std::string_view flash_version;  // the program, such as "FMLE/3.0 (compatible; FMSc/1.0)"
  std::string_view name;           // of the stream: what it published, up to the first '?'
  std::string_view query;          // what followed
  std::string_view type;           // "live", "record", "append" or empty

  // The first value of a parameter of the query, percent-decoded, a broken escape left as it is;
  // nothing when there is no such parameter. '+' is no space: it may be part of a secret that a
  // person has pasted.
  std::optional<std::string> parameter(std::string_view key) const;
};

}  // namespace strims::media
