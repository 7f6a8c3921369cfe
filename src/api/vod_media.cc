// /vod/{token}/{id}/...: the playlist of a recording and byte ranges of its files.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <fstream>

#include "api/stream_fields.h"
#include "http/byte_range.h"
#include "media/hls_playlist.h"
#include "storage/repositories/recordings.h"
#include "stream/recording_recovery.h"

namespace strims::api {
namespace {

using proto::Response;

constexpr uint64_t kMostAtOnce = 8 << 20;  // a longer range is answered with its beginning
constexpr std::string_view kForever = "public, max-age=31536000, immutable";

Result<Recording> admitted(const Call& call) {
  const std::string_view id = call.http.param("id");
  int64_t broadcast = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), broadcast);
  const bool number = error == std::errc() && end == id.data() + id.size();
  STRIMS_TRY(const auto row, number ? storage::find_recording(call.db, broadcast)
                                    : Result<std::optional<Recording>>());
  if (!row || row->state == RecordingState::deleting)
    return fail(Errc::not_found, "vod", "There is no such recording.");
  const bool everybody = row->visibility == Visibility::everybody;
  STRIMS_TRY(const stream::Grant grant, call.services.streams->grants().admit(
                                            call.http.param("token"), stream::GrantScope::vod, id,
                                            everybody, call.services.clock.wall_ms()));
  if (!grant_lasts(grant, row->visibility))
    return fail(Errc::forbidden, "grant_invalid", "This address is not good any more.");
  return *row;
}

std::string file_uri(uint32_t number) {
  return "file-" + std::to_string(number) + ".mp4";
}

// Fragments of one segment lie side by side: one range each.
std::vector<media::VodSegment> segments_of(const stream::RecordedFiles& files,
                                           const std::vector<std::string>& uris) {
  std::vector<media::VodSegment> out;
  int64_t expected_us = -1;
  for (size_t i = 0; i < files.files.size(); ++i) {
    const stream::RecordedFile& file = files.files[i];
    uint64_t segment = 0;
    bool first = true;
    for (const stream::Fragment& fragment : file.fragments) {
      const bool gap = expected_us >= 0 && std::abs(fragment.start_us - expected_us) > 2'000;
      const bool broken = fragment.discontinuity || gap;
      if (first || broken || fragment.segment != segment) {
        media::VodSegment made;
        made.uri = uris[i];
        made.offset = fragment.offset;
        made.init_length = file.init_length;
        made.wall_ms = fragment.wall_ms;
        made.discontinuity = broken && !out.empty();
        out.push_back(made);
      }
      out.back().length += fragment.length;
      out.back().duration_us += fragment.duration_us;
      segment = fragment.segment;
      first = false;
      expected_us = fragment.start_us + fragment.duration_us;
    }
  }
  return out;
}

Answer playlist(Call& call) {
  STRIMS_TRY(const Recording recording, admitted(call));
  STRIMS_TRY(const auto files,
             stream::read_recording(call.services.streams->record_root() + "/" + recording.folder));
  if (files.files.empty()) return fail(Errc::not_found, "vod", "Nothing is recorded yet.");
  std::vector<std::string> uris;
  uris.reserve(files.files.size());
  for (const auto& file : files.files) uris.push_back(file_uri(file.number));
  Response response;
  response.body = media::vod_playlist(segments_of(files, uris));
  response.set("Content-Type", "application/vnd.apple.mpegurl");
  response.set("Cache-Control",
               recording.state == RecordingState::ready ? "max-age=60" : "no-cache");
  return response;
}

struct File {
  explicit File(const std::string& path) : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const int fd;
};

Answer poster(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  Response response;
  response.body.assign(std::istreambuf_iterator<char>(in), {});
  if (response.body.empty()) return fail(Errc::not_found, "notfound", "There is no picture.");
  response.set("Content-Type", "image/jpeg").set("Cache-Control", "max-age=60");
  return response;
}

Answer file(Call& call) {
  STRIMS_TRY(const Recording recording, admitted(call));
  std::string_view name = call.http.param("file");
  if (name == stream::kPosterName)
    return poster(call.services.streams->record_root() + "/" + recording.folder + "/" +
                  stream::kPosterName);
  uint32_t number = 0;
  constexpr std::string_view kStem = "file-";
  const bool stem = name.starts_with(kStem);
  if (stem) std::from_chars(name.data() + kStem.size(), name.data() + name.size(), number);
  if (!stem || name != file_uri(number))
    return fail(Errc::not_found, "notfound", "There is no such file.");
  const File opened(call.services.streams->record_root() + "/" + recording.folder + "/" +
                    stream::media_name(number));
  struct stat about{};
  if (opened.fd < 0 || ::fstat(opened.fd, &about) != 0)
    return fail(Errc::not_found, "notfound", "There is no such file.");
  const auto size = static_cast<uint64_t>(about.st_size);
  // It only ever grows, so its length tells one state of it from another.
  const std::string etag = "\"" + std::to_string(recording.broadcast) + "-" +
                           std::to_string(number) + "-" + std::to_string(size) + "\"";
  const std::string_view if_range = call.request().header("If-Range");
  const bool same = if_range.empty() || if_range == etag;
  const http::ByteRange range =
      http::parse_range(same ? call.request().header("Range") : std::string_view(), size);
  Response response;
  if (range.kind == http::ByteRange::Kind::unsatisfiable) {
    response.status = 416;
    response.set("Content-Range", "bytes */" + std::to_string(size));
    return response;
  }
  const bool whole = range.kind == http::ByteRange::Kind::whole && size <= kMostAtOnce;
  const uint64_t first = range.kind == http::ByteRange::Kind::part ? range.first : 0;
  const uint64_t wanted = range.kind == http::ByteRange::Kind::part ? range.length : size;
  response.body.resize(std::min(wanted, kMostAtOnce));
  const ssize_t n =
      ::pread(opened.fd, response.body.data(), response.body.size(), static_cast<off_t>(first));
  response.body.resize(n > 0 ? static_cast<size_t>(n) : 0);
  response.set("Content-Type", "video/mp4").set("Accept-Ranges", "bytes").set("ETag", etag);
  // A file that is still being written has another length later.
  response.set("Cache-Control", recording.state == RecordingState::ready ? kForever : "no-store");
  if (!whole) {
    response.status = 206;
    response.set("Content-Range", "bytes " + std::to_string(first) + "-" +
                                      std::to_string(first + response.body.size() - 1) + "/" +
                                      std::to_string(size));
  }
  return response;
}

}  // namespace

void add_vod_media(Api& api) {
  if (api.services().streams == nullptr) return;
  const auto add = [&](std::string path, std::string summary, ApiHandler handler) {
    Endpoint e;
    e.method = "GET";
    e.pattern = std::move(path);
    e.summary = std::move(summary);
    e.handler = std::move(handler);
    e.public_cors = true;
    api.add(std::move(e));
  };
  add("/vod/{token}/{id}/index.m3u8", "The playlist of a recording.", playlist);
  add("/vod/{token}/{id}/{file}", "A recording's files, by byte ranges.", file);
}

}  // namespace strims::api
