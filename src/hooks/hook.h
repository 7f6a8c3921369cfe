// What the hooks and the API of an external media server say, whatever its dialect.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "stream/broadcasts.h"

namespace strims::hooks {

struct Hook {
  enum class What : uint8_t {
    publish,  // somebody asks to
    check,    // the same, before the session has a name
    media,    // a session has sent some
    over,     // a session has ended
    welcome,  // what is none of our business, and allowed
    refused,  // what nobody may
  };
  What what = What::welcome;
  std::string session;     // the server's name for the connection
  std::string path;        // "live/alice"; empty with `over`: all that the session published
  std::string generation;  // of the server's process, where hooks tell it
  std::string door;  // the resource of its API that ends such a session, where there are several
  stream::PublishAsk ask;  // the slug, and the query with the key

  // Whether it tells of what goes on already and asks for nothing.
  bool tells() const { return what == What::media || what == What::over || what == What::welcome; }
};

// Something that is published on a server, by its API.
struct Seen {
  std::string path;
  std::string session;
  std::string door;
  int64_t bytes = 0;   // that came so far; they rise when there is media
  bool ready = false;  // the server says that there is
};

struct Snapshot {
  // Of the server's process: "id" or, where ids come again, "id@milliseconds" of its start. Another
  // one: the server has been restarted, and all sessions of the earlier one are gone.
  std::string generation;
  std::vector<Seen> published;
  int pages = 1;  // that the server's list has
};

// Whether two generations are one: starts that are reckoned back may differ by some seconds.
bool same_generation(std::string_view a, std::string_view b);

// "live/alice": the last part is the channel's name.
std::string_view slug_of(std::string_view path);

}  // namespace strims::hooks
