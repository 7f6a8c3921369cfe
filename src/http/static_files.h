// Files over HTTP: from memory (embedded in the program) or from a folder on disk.
//
// Both answer GET and HEAD (by the router), If-None-Match (RFC 9110 section 13.1.2) and single byte
// ranges (section 14.2, with If-Range); several ranges get the whole file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "http/context.h"
#include "http/router.h"
#include "proto/http_message.h"

namespace strims::http {

// Cache-Control for what never changes under its name: kept for a year, never asked for again.
inline constexpr std::string_view kCachedForever = "public, max-age=31536000, immutable";

struct StaticFile {
  std::string path;          // "/index.html", as in the URL
  std::string_view bytes;    // lives for ever, or as long as the StaticFiles
  std::string etag;          // quoted; empty: made from the bytes
  std::string content_type;  // empty: by the name
  bool immutable = false;    // the name changes with the bytes: cache for a year; else revalidate
};

// "text/css; charset=utf-8" and the like by the name's ending; application/octet-stream when
// unknown.
std::string_view content_type_of(std::string_view path);
// A strong validator for these bytes (64-bit hash and length), quoted.
std::string etag_of(std::string_view bytes);

// Answers one request for `bytes`: 200, 206, 304 or 416.
proto::Response serve_bytes(const proto::Request& request, std::string_view bytes,
                            std::string_view content_type, std::string_view etag, bool immutable);

// A fixed set of files in memory. Filled first, then read by all shards.
class StaticFiles {
 public:
  void add(StaticFile file);
  // 404 problem when there is no such path.
  proto::Response serve(const proto::Request& request, std::string_view path,
                        std::string_view request_id = {}) const;
  bool contains(std::string_view path) const { return files_.contains(path); }

 private:
  std::map<std::string, StaticFile, std::less<>> files_;
};

// Files of a folder, read on each request: use it from a lane.
class FileFolder {
 public:
  // What becomes of more than `max_bytes`: 404 for such a file, or the rest is read while it is
  // sent, from the file that lies at that place then (the answer breaks off when it is another).
  enum class Large : uint8_t { refused, streamed };

  // Errors: not_found/"no_folder", unavailable/"unavailable" (no descriptor is left).
  static Result<std::unique_ptr<FileFolder>> open(const std::string& folder,
                                                  size_t max_bytes = 16 * 1024 * 1024,
                                                  Large large = Large::refused);
  ~FileFolder();
  FileFolder(const FileFolder&) = delete;
  FileFolder& operator=(const FileFolder&) = delete;

  // `relative` comes from the request, decoded: "css/a.css". The kernel resolves it beneath the
  // folder without following any symbolic link; hidden names (".git"), anything that is not a
  // regular file and every way out of the folder is 404. Blocks on the disk. Thread-safe.
  proto::Response serve(const proto::Request& request, std::string_view relative,
                        std::string_view request_id = {}) const;

 private:
  FileFolder(std::string path, int fd, size_t max_bytes, Large large)
      : path_(std::move(path)), fd_(fd), max_bytes_(max_bytes), large_(large) {}
  const std::string path_;
  const int fd_;
  const size_t max_bytes_;
  const Large large_;
};

}  // namespace strims::http
