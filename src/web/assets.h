// The files of the built-in web page, its emotes and flairs, as the server hands them out.
// They are compiled into the program; nothing is read from disk at run time.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace strims::web {

struct WebFile {
  std::string_view path;          // as served: "/", "/app/main.js", "/emotes/emotes.json"
  std::string_view content_type;  // with charset where it is text
  std::string_view bytes;         // lives as long as the program
  std::string etag;               // strong validator with its quotes (RFC 9110 section 8.8.3)
};

// All files, sorted by path. Made at the first call, unchanged afterwards; any thread.
std::span<const WebFile> files();

// The file served at exactly this path, or nullptr. O(log n); any thread.
const WebFile* find_file(std::string_view path);

}  // namespace strims::web
