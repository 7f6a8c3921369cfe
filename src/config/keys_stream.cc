#include "config/key_table.h"
#include "config/tables.h"

namespace strims::config {
namespace {

template <auto Member>
constexpr Key stream_row(std::string_view name, std::string_view unit, Range range,
                         std::string_view doc, bool secret = false) {
  return row<&Config::stream, Member>(name, unit, range, doc, secret);
}

constexpr Key kStreamConfig[] = {
    stream_row<&StreamConfig::rtmp_listen>(
        "stream.rtmp_listen", "", {},
        "Addresses (ADDR:PORT) that take RTMP from publishers. Empty: none does."),
    stream_row<&StreamConfig::rtmps_listen>(
        "stream.rtmps_listen", "", {},
        "Addresses that take RTMP over TLS, with the certificate of [tls]."),
    stream_row<&StreamConfig::public_rtmp_url>(
        "stream.public_rtmp_url", "", {},
        "What publishers type, such as rtmp://live.example/live. Empty: the host that was asked, "
        "with the port of stream.rtmp_listen."),
    stream_row<&StreamConfig::public_rtmps_url>(
        "stream.public_rtmps_url", "", {}, "The same over TLS, such as rtmps://live.example/live."),
    stream_row<&StreamConfig::channels_per_owner>("stream.channels_per_owner", "", {1, 10'000},
                                                  "Channels that one account may own."),
    stream_row<&StreamConfig::max_publishers>(
        "stream.max_publishers", "", {1, 100'000},
        "Publishers at once; more are refused, as is what one address opens beyond a quarter of "
        "them "
        "without a good key. Each takes about 5 MB of memory."),
    stream_row<&StreamConfig::max_kbps>(
        "stream.max_kbps", "kbit/s", {100, 1'000'000},
        "Most a publisher may send over ten seconds; then he is closed."),
    stream_row<&StreamConfig::wrong_keys_per_minute_per_address>(
        "stream.wrong_keys_per_minute_per_address", "", {0, 1'000'000},
        "Wrong stream keys from one address in a minute; then its connections are refused. 0: no "
        "bound."),
    stream_row<&StreamConfig::handshake_seconds>(
        "stream.handshake_seconds", "s", {1, 60},
        "Time for a publisher's handshake, and then for his publish command."),
    stream_row<&StreamConfig::first_media_seconds>(
        "stream.first_media_seconds", "s", {1, 300},
        "Time from publish to the first keyframe; then the publisher is closed."),
    stream_row<&StreamConfig::idle_seconds>("stream.idle_seconds", "s", {1, 300},
                                            "Silence after which a publisher counts as lost."),
    stream_row<&StreamConfig::grace_seconds>(
        "stream.grace_seconds", "s", {0, 600},
        "A publisher who is lost and back within this time goes on with the same broadcast."),
    stream_row<&StreamConfig::linger_seconds>("stream.linger_seconds", "s", {0, 600},
                                              "The same for one whose program said that it stops."),
    stream_row<&StreamConfig::part_ms>(
        "stream.part_ms", "ms", {100, 5000},
        "Length of a part, the piece that viewers with low latency fetch. 500 gives 1.6 seconds "
        "from camera to screen."),
    stream_row<&StreamConfig::segment_ms>(
        "stream.segment_ms", "ms", {500, 20'000},
        "Least length of a segment; it ends before the first keyframe after that."),
    stream_row<&StreamConfig::window_segments>(
        "stream.window_segments", "", {3, 100},
        "Segments that a live playlist names. They are kept in memory."),
    stream_row<&StreamConfig::record>("stream.record", "", {},
                                      "Keep broadcasts. A channel may say no for itself."),
    stream_row<&StreamConfig::record_dir>("stream.record_dir", "", {},
                                          "Folder of the recordings, relative to server.data_dir."),
    stream_row<&StreamConfig::record_queue_bytes>(
        "stream.record_queue_bytes", "bytes", {1'048'576, 1'073'741'824},
        "What of one broadcast may wait for a slow disk; more is left out of its recording."),
    stream_row<&StreamConfig::record_min_seconds>("stream.record_min_seconds", "s", {0, 3600},
                                                  "Shorter recordings are not kept."),
    stream_row<&StreamConfig::disk_floor_bytes>(
        "stream.disk_floor_bytes", "bytes", {0, 1'125'899'906'842'624},
        "Free space below which the oldest recordings go, and then nothing more is recorded. Live "
        "goes on."),
    stream_row<&StreamConfig::thumbnails>("stream.thumbnails", "", {},
                                          "Make pictures of what is on. Needs ffmpeg."),
    stream_row<&StreamConfig::ffmpeg>("stream.ffmpeg", "", {},
                                      "The program that makes them; a name without a slash is "
                                      "looked for in PATH."),
    stream_row<&StreamConfig::require_sandbox>(
        "stream.require_sandbox", "", {},
        "Make none where the kernel lacks Landlock or seccomp to lock that program in."),
    stream_row<&StreamConfig::token_hours>(
        "stream.token_hours", "h", {1, 168},
        "Life of the addresses that viewers of channels that are not public are given."),
    stream_row<&StreamConfig::viewers_interval_seconds>(
        "stream.viewers_interval_seconds", "s", {1, 3600},
        "Least time between two messages to the chat about a number of viewers."),
    stream_row<&StreamConfig::hook_servers>(
        "stream.hook_servers", "", {},
        "External media servers whose publishers stream here (docs/HOOKS.md), each "
        "\"name|kind|secret|allow|api|hls\": kind is nginx, srs or mediamtx; secret has at least "
        "32 "
        "characters of A-Z a-z 0-9 _ -; allow are prefixes of its addresses, with spaces between; "
        "api is the base address of its API; hls is what viewers play, with {slug} in it.",
        true),
};

}  // namespace

std::span<const Key> stream_keys() {
  return kStreamConfig;
}

}  // namespace strims::config
