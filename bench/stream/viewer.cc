#include "bench/stream/viewer.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "bench/stream/boxes.h"

namespace strims::stream_load {
namespace {

constexpr int64_t kRetryUs = 1'000'000;

int64_t wall_us() {
  using std::chrono::microseconds;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<microseconds>(since).count();
}

PartNumber after(const ListedPart& part) {
  return part.last_of_segment ? PartNumber{part.number.msn + 1, 0}
                              : PartNumber{part.number.msn, part.number.index + 1};
}

// Another browser at each address.
HttpClient::Identity identity(size_t index, const Plan& plan) {
  return {static_cast<uint8_t>(1 + index % plan.watch.sources),
          fmt::format("strims-stream-load/{}", index)};
}

}  // namespace

Viewer::Viewer(EpollSet& epoll, size_t index, const Plan& plan, WatchTally& tally)
    : tally_(tally),
      path_(plan.watch.paths[index % plan.watch.paths.size()]),
      folder_(path_.substr(0, path_.rfind('/') + 1)),
      playlists_(epoll, 2 * index, plan.port, identity(index, plan)),
      media_(epoll, 2 * index + 1, plan.port, identity(index, plan)) {}

void Viewer::ask_playlist() {
  if (!playing_) return playlists_.get(path_);
  playlists_.get(
      fmt::format("{}?_HLS_msn={}&_HLS_part={}", path_, next_list_.msn, next_list_.index));
}

void Viewer::tick(int64_t now_us) {
  if (retry_at_us_ == 0 || now_us < retry_at_us_) return;
  retry_at_us_ = 0;
  ask_playlist();
}

void Viewer::on_event(bool media, int64_t now_us) {
  HttpClient& client = media ? media_ : playlists_;
  switch (client.on_event()) {
    case HttpClient::Outcome::pending:
      return;
    case HttpClient::Outcome::failed:
      return fail(media ? "no part came" : "no playlist came", now_us);
    case HttpClient::Outcome::answered:
      return media ? on_media(now_us) : on_playlist(now_us);
  }
}

bool Viewer::count(const HttpClient& client, const std::string& what, int64_t now_us) {
  ++tally_.requests;
  tally_.bytes += client.bytes();
  if (client.answer().status() == 200) return true;
  fail(fmt::format("{} {}", what, client.answer().status()), now_us);
  return false;
}

void Viewer::on_playlist(int64_t now_us) {
  if (!count(playlists_, "a playlist:", now_us)) return;
  const auto list = parse_playlist(playlists_.answer().body());
  if (!list) return fail(list.error().detail, now_us);
  if (playing_) {
    follow(*list, now_us);
  } else {
    join(*list, now_us);
  }
  next_list_ = list->next;
  ended_ = list->ended;
  if (!ended_) ask_playlist();
  fetch_next();
}

// Begins with the newest part that can be decoded by itself and lies far enough from the end.
void Viewer::join(const Playlist& list, int64_t now_us) {
  const int64_t from_us = list.parts.back().end_us - list.hold_back_us;
  size_t first = 0;
  for (size_t i = 0; i < list.parts.size(); ++i)
    if (list.parts[i].independent && list.parts[i].end_us - list.parts[i].duration_us <= from_us)
      first = i;
  for (size_t i = first; i < list.parts.size(); ++i) wanted_.push_back({list.parts[i], false});
  next_part_ = after(list.parts.back());
  map_ = list.map;
  buffer_.start(now_us, list.hold_back_us);
  playing_ = true;
}

void Viewer::follow(const Playlist& list, int64_t now_us) {
  if (list.next < next_part_) return fail("the playlist has gone back", now_us);
  for (const ListedPart& part : list.parts) {
    if (part.number < next_part_) continue;
    if (part.number != next_part_) ++tally_.skipped;
    next_part_ = after(part);
    tally_.playlist_latency.record(wall_us() - part.end_us);
    wanted_.push_back({part, true});
  }
}

void Viewer::fetch_next() {
  if (media_.waits()) return;
  if (!map_.empty()) {
    media_.get(folder_ + map_);
  } else if (!wanted_.empty()) {
    media_.get(folder_ + wanted_.front().part.uri);
  }
}

void Viewer::on_media(int64_t now_us) {
  if (!count(media_, "a part:", now_us)) return;
  const std::string_view body = media_.answer().body();
  if (!map_.empty()) {
    if (!is_init(body)) return fail("an init is none", now_us);
    map_.clear();
    return fetch_next();
  }
  if (!is_fragment(body)) return fail("a part is none", now_us);
  const Wanted got = std::move(wanted_.front());
  wanted_.pop_front();
  ++tally_.parts;
  if (got.live) {
    tally_.part_latency.record(wall_us() - got.part.end_us);
    const int64_t stalled = buffer_.add(now_us, got.part.duration_us);
    tally_.stalls += stalled > 0 ? 1 : 0;
    tally_.stalled_us += stalled;
  }
  fetch_next();
}

void Viewer::fail(const std::string& words, int64_t now_us) {
  ++tally_.errors;
  if (tally_.trouble.empty()) tally_.trouble = words;
  playlists_.close();
  media_.close();
  wanted_.clear();
  playing_ = false;
  retry_at_us_ = now_us + kRetryUs;
}

}  // namespace strims::stream_load
