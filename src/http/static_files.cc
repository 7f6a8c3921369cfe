#include "http/static_files.h"

#include <fmt/core.h>

#include "base/bytes.h"
#include "http/byte_range.h"
#include "http/problem.h"
#include "http/static_plan.h"

namespace strims::http {

std::string_view content_type_of(std::string_view path) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".txt", "text/plain; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".gif", "image/gif"},
      {".webp", "image/webp"},
      {".avif", "image/avif"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".webmanifest", "application/manifest+json"},
      {".wasm", "application/wasm"},
      {".mp4", "video/mp4"},
      {".m4s", "video/iso.segment"},
      {".m3u8", "application/vnd.apple.mpegurl"},
      {".mp3", "audio/mpeg"},
  };
  const size_t dot = path.rfind('.');
  if (dot != std::string_view::npos) {
    const std::string_view ending = path.substr(dot);
    for (const auto& [name, type] : kTypes)
      if (ascii_iequals(name, ending)) return type;
  }
  return "application/octet-stream";
}

std::string etag_of(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("\"{:016x}-{:x}\"", hash, bytes.size());
}

namespace {

void make_part(StaticPlan& plan, uint64_t first, uint64_t length, uint64_t size) {
  plan.response.status = 206;
  plan.response.set("Content-Range",
                    fmt::format("bytes {}-{}/{}", first, first + length - 1, size));
  plan.first = first;
  plan.length = length;
}

}  // namespace

StaticPlan plan_static(const proto::Request& request, uint64_t size, std::string_view content_type,
                       std::string_view etag, bool immutable) {
  StaticPlan plan;
  plan.response.set("ETag", etag);
  plan.response.set("Cache-Control", immutable ? kCachedForever : "no-cache");
  if (request.has_header("If-None-Match")) {
    for (const std::string_view tags : request.headers_named("If-None-Match")) {
      if (!etag_matches(tags, etag)) continue;
      plan.response.status = 304;
      return plan;
    }
  }
  plan.response.set("Accept-Ranges", "bytes");
  plan.response.set("Content-Type", content_type);
  plan.length = size;
  const bool range_holds = !request.has_header("If-Range") || request.header("If-Range") == etag;
  if (request.method == "GET" && request.has_header("Range") && range_holds) {
    const ByteRange range = parse_range(request.header("Range"), size);
    if (range.kind == ByteRange::Kind::unsatisfiable) {
      plan.response = problem(416, "bad_range", "The range begins behind the end.");
      plan.response.set("Content-Range", fmt::format("bytes */{}", size));
      plan.length = 0;
      return plan;
    }
    if (range.kind == ByteRange::Kind::part) make_part(plan, range.first, range.length, size);
  }
  if (request.method == "HEAD") {
    plan.response.set("Content-Length", std::to_string(plan.length));
    plan.length = 0;
  }
  return plan;
}

proto::Response serve_bytes(const proto::Request& request, std::string_view bytes,
                            std::string_view content_type, std::string_view etag, bool immutable) {
  StaticPlan plan = plan_static(request, bytes.size(), content_type, etag, immutable);
  if (plan.length > 0) plan.response.body = bytes.substr(plan.first, plan.length);
  return std::move(plan.response);
}

void StaticFiles::add(StaticFile file) {
  if (file.etag.empty()) file.etag = etag_of(file.bytes);
  if (file.content_type.empty()) file.content_type = content_type_of(file.path);
  std::string path = file.path;
  files_.insert_or_assign(std::move(path), std::move(file));
}

proto::Response StaticFiles::serve(const proto::Request& request, std::string_view path,
                                   std::string_view request_id) const {
  const auto it = files_.find(path);
  if (it == files_.end())
    return problem(404, "not_found", "There is nothing at this path.", request_id);
  const StaticFile& file = it->second;
  return serve_bytes(request, file.bytes, file.content_type, file.etag, file.immutable);
}

}  // namespace strims::http
