// /vod/{token}/{id}/...: the playlist of a recording and byte ranges of its files.
#include <charconv>

#include "api/lane_connection.h"
#include "api/stream_fields.h"
#include "http/static_files.h"
#include "media/hls_playlist.h"
#include "storage/repositories/recordings.h"
#include "stream/recording_recovery.h"
#include "stream/watch_rights.h"

namespace strims::api {
namespace {

using proto::Response;

constexpr size_t kMostAtOnce = 1 << 20;  // the rest is read while that is sent

// Whose address it is, and what he asked for.
struct Admitted {
  Recording recording;
  stream::Grant grant;
};

Result<bool> may_still(const Services& services, sql::Connection& db, const Vod& vod,
                       const stream::Grant& grant) {
  const Visibility visibility = vod.recording.visibility;
  if (!grant_lasts(grant, visibility)) return false;
  return stream::may_watch(db, grant.account, visibility, vod.owner, services.clock.wall_ms());
}

Result<Admitted> admitted(const Call& call) {
  const BroadcastId id = call.http.path_params.number("id").value_or(0);
  STRIMS_TRY(auto vod, storage::find_vod(call.db, id));
  std::optional<Visibility> now;
  if (vod) now = vod->recording.visibility;
  STRIMS_TRY(const stream::Grant grant,
             admit(call.services, call.http, stream::GrantScope::vod, call.http.param("id"), now));
  STRIMS_TRY(const bool may, may_still(call.services, call.db, *vod, grant));
  if (!may) return std::unexpected(not_any_more());
  return Admitted{std::move(vod->recording), grant};
}

// A long file is sent for minutes: each piece of it is given to whom the first would be given.
std::shared_ptr<const proto::BodyRest> while_admitted(
    const Services& services, const Admitted& guest,
    const std::shared_ptr<const proto::BodyRest>& rest) {
  return std::make_shared<const proto::BodyRest>(
      proto::BodyRest{.length = rest->length,
                      .read = [&services, id = guest.recording.broadcast, grant = guest.grant,
                               rest](uint64_t at, uint64_t most, std::string& out) {
                        const auto db = LaneConnection::current();
                        if (!db) return false;
                        const auto vod = storage::find_vod(**db, id);
                        if (!vod || !*vod) return false;
                        const auto may = may_still(services, **db, **vod, grant);
                        return may && *may && rest->read(at, most, out);
                      }});
}

std::string file_uri(uint32_t number) {
  return "file-" + std::to_string(number) + ".mp4";
}

std::string folder_of(const Call& call, const Recording& recording) {
  return call.services.streams->record_root() + "/" + recording.folder;
}

// What the recording's file "file-3.mp4" is called in its folder.
std::optional<std::string> name_on_disk(std::string_view name) {
  constexpr std::string_view kStem = "file-";
  if (name == stream::kPosterName) return std::string(name);
  if (!name.starts_with(kStem)) return std::nullopt;
  uint32_t number = 0;
  std::from_chars(name.data() + kStem.size(), name.data() + name.size(), number);
  if (name != file_uri(number)) return std::nullopt;
  return stream::media_name(number);
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
  STRIMS_TRY(const Admitted guest, admitted(call));
  const Recording& recording = guest.recording;
  STRIMS_TRY(const auto files, stream::read_recording(folder_of(call, recording)));
  if (files.files.empty()) return fail(Errc::not_found, "vod", "Nothing is recorded yet.");
  std::vector<std::string> uris;
  uris.reserve(files.files.size());
  for (const auto& file : files.files) uris.push_back(file_uri(file.number));
  Response response;
  response.body = media::vod_playlist(segments_of(files, uris));
  response.set("Content-Type", http::content_type_of("index.m3u8"));
  response.set("Cache-Control",
               recording.state == RecordingState::ready ? "max-age=60" : "no-cache");
  return response;
}

Answer file(Call& call) {
  STRIMS_TRY(const Admitted guest, admitted(call));
  const Recording& recording = guest.recording;
  const std::string_view asked = call.http.param("file");
  const auto name = name_on_disk(asked);
  const auto folder = http::FileFolder::open(folder_of(call, recording), kMostAtOnce,
                                             http::FileFolder::Large::streamed);
  if (!folder && folder.error().code == Errc::unavailable) return std::unexpected(folder.error());
  if (!name || !folder) return fail(Errc::not_found, "notfound", "There is no such file.");
  Response response = (*folder)->serve(call.request(), *name, call.http.request_id);
  if (response.status == 404) return fail(Errc::not_found, "notfound", "There is no such file.");
  if (response.status >= 400) return response;
  if (response.rest) response.rest = while_admitted(call.services, guest, response.rest);
  if (asked == stream::kPosterName) {
    response.set("Cache-Control", "max-age=60");
  } else {
    // A file that is still being written has another length later.
    const bool done = recording.state == RecordingState::ready;
    response.set("Cache-Control", done ? http::kCachedForever : "no-store");
  }
  return response;
}

}  // namespace

void add_vod_media(Api& api) {
  if (api.services().streams == nullptr) return;
  api.add_public("/vod/{token}/{id}/index.m3u8", "The playlist of a recording.", playlist);
  api.add_public("/vod/{token}/{id}/{file}", "A recording's files, by byte ranges.", file);
}

}  // namespace strims::api
