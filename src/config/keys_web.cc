#include "config/key_table.h"
#include "config/tables.h"

namespace strims::config {
namespace {

template <auto Member>
constexpr Key http_row(std::string_view name, std::string_view unit, Range range,
                       std::string_view doc, bool secret = false) {
  return row<&Config::http, Member>(name, unit, range, doc, secret);
}
template <auto Member>
constexpr Key ws_row(std::string_view name, std::string_view unit, Range range,
                     std::string_view doc, bool secret = false) {
  return row<&Config::ws, Member>(name, unit, range, doc, secret);
}

constexpr Key kHttpConfig[] = {
    http_row<&HttpConfig::head_timeout_ms>("http.head_timeout_ms", "ms", {100, 600000},
                                           "Time for the head of a request."),
    http_row<&HttpConfig::body_timeout_ms>("http.body_timeout_ms", "ms", {100, 3600000},
                                           "Time for its body."),
    http_row<&HttpConfig::idle_timeout_ms>("http.idle_timeout_ms", "ms", {100, 3600000},
                                           "Time between two requests of a connection."),
    http_row<&HttpConfig::write_timeout_ms>("http.write_timeout_ms", "ms", {100, 3600000},
                                            "Time in which a client must take some of an answer."),
    http_row<&HttpConfig::response_deadline_ms>("http.response_deadline_ms", "ms", {100, 3600000},
                                                "Time for the server to answer; then 503."),
    http_row<&HttpConfig::max_head_bytes>("http.max_head_bytes", "bytes", {1024, 1048576},
                                          "Longest head; then 431."),
    http_row<&HttpConfig::max_headers>("http.max_headers", "", {8, 1000},
                                       "Most header fields; then 431."),
    http_row<&HttpConfig::max_body_bytes>(
        "http.max_body_bytes", "bytes", {0, 1073741824},
        "Longest body of an endpoint that has no bound of its own; then 413."),
    http_row<&HttpConfig::max_connections>(
        "http.max_connections", "", {1, 10000000},
        "Open connections of the whole process, WebSockets included."),
    http_row<&HttpConfig::max_connections_per_address>(
        "http.max_connections_per_address", "", {0, 10000000},
        "Open connections of one address. 0: no bound."),
    http_row<&HttpConfig::max_requests_per_connection>(
        "http.max_requests_per_connection", "", {1, 1099511627776},
        "Then the connection is closed after its answer."),
    http_row<&HttpConfig::requests_per_minute_per_address>(
        "http.requests_per_minute_per_address", "", {0, 1000000000},
        "Requests of one address in a minute; then 429. 0: no bound."),
    http_row<&HttpConfig::auth_requests_per_minute_per_address>(
        "http.auth_requests_per_minute_per_address", "", {0, 1000000000},
        "Requests of one address to /auth/* in a minute; then 429. 0: no bound."),
    http_row<&HttpConfig::pipeline_max>(
        "http.pipeline_max", "", {1, 1024},
        "Waiting requests of one connection that are served before the others get their turn."),
};

constexpr Key kWsConfig[] = {
    ws_row<&WsConfig::max_message_bytes>(
        "ws.max_message_bytes", "bytes", {512, 16777216},
        "Longest message from a client, inflated; then close code 1009. A client that writes code "
        "points above U+FFFF as two escapes needs 12 bytes for each."),
    ws_row<&WsConfig::ping_interval_ms>(
        "ws.ping_interval_ms", "ms", {100, 600000},
        "Time between pings to all clients; a newcomer gets his first after some "
        "seconds."),
    ws_row<&WsConfig::pong_timeout_ms>("ws.pong_timeout_ms", "ms", {500, 3600000},
                                       "Silence after which a client counts as gone."),
    ws_row<&WsConfig::ring_bytes>("ws.ring_bytes", "bytes", {65536, 1073741824},
                                  "What each shard keeps of a feed, for readers who are behind. "
                                  "Rounded up to a power of two."),
    ws_row<&WsConfig::private_queue_bytes>(
        "ws.private_queue_bytes", "bytes", {4096, 67108864},
        "What may wait for one connection alone, beside the feed; then the connection is cut."),
    ws_row<&WsConfig::lag_max_bytes>(
        "ws.lag_max_bytes", "bytes", {16384, 536870912},
        "How far a reader may be behind in the feed, half of ws.ring_bytes at most; then he is "
        "told "
        "which entries he misses (?gaps=1) or closed with 4008, to come back to the history. "
        "Compressed feeds: a quarter."),
    ws_row<&WsConfig::send_buffer_bytes>(
        "ws.send_buffer_bytes", "bytes", {0, 67108864},
        "Send buffer of a socket (SO_SNDBUF). 0: left to the kernel."),
    ws_row<&WsConfig::sends_per_slice>("ws.sends_per_slice", "", {1, 100000},
                                       "Sends of a sweep before input is looked at again."),
    ws_row<&WsConfig::min_sweep_gap_ms>(
        "ws.min_sweep_gap_ms", "ms", {0, 1000},
        "Least time between the beginnings of two rounds over all connections. 0: a round begins "
        "at "
        "once. More saves sends where few people read very many messages, and delays all."),
    ws_row<&WsConfig::read_bytes_per_turn>(
        "ws.read_bytes_per_turn", "bytes", {512, 65536},
        "Input taken from one client before the others get their turn."),
    ws_row<&WsConfig::write_timeout_ms>(
        "ws.write_timeout_ms", "ms", {100, 3600000},
        "Time in which a client must take something of what waits for it."),
    ws_row<&WsConfig::close_timeout_ms>("ws.close_timeout_ms", "ms", {100, 600000},
                                        "Time for the answer to a close frame."),
    ws_row<&WsConfig::deflate_in>("ws.deflate_in", "", {},
                                  "Accept compressed messages (permessage-deflate) from clients."),
    ws_row<&WsConfig::deflate_level>("ws.deflate_level", "", {0, 9},
                                     "How hard feeds are compressed (zlib's level), once for all "
                                     "who negotiated it. 0: feeds are "
                                     "sent plain only."),
    ws_row<&WsConfig::deflate_epoch_messages>(
        "ws.deflate_epoch_messages", "", {1, 1000000},
        "Least number of messages after which the compressor begins anew, so that newcomers can "
        "read along; until then they get plain messages."),
    ws_row<&WsConfig::commands_per_second>(
        "ws.commands_per_second", "", {1, 1000000},
        "Commands a connection may send in the long run; more are refused."),
    ws_row<&WsConfig::commands_burst>("ws.commands_burst", "", {1, 1000000},
                                      "Commands it may send at once."),
    ws_row<&WsConfig::debug_echo>(
        "ws.debug_echo", "", {},
        "Serve /debug/echo, which sends each message back. For conformance tests."),
};

}  // namespace

std::span<const Key> http_keys() {
  return kHttpConfig;
}
std::span<const Key> ws_keys() {
  return kWsConfig;
}

}  // namespace strims::config
