#include "hub/metrics.h"

#include <array>
#include <string>
#include <unordered_map>

namespace strims::hub {
namespace {

constexpr std::array<std::string_view, 27> kWords = {
    "needlogin",        "nopermission",    "protocolerror",
    "invalidmsg",       "muted",           "banned",
    "submode",          "throttled",       "duplicate",
    "bannedphrase",     "nochatting",      "notfound",
    "needbanreason",    "privmsgbanned",   "privmsgaccounttooyoung",
    "activepoll",       "noactivepoll",    "alreadyvoted",
    "duplicatephrase",  "nophrase",        "invalidphrase",
    "cantbanprotected", "cantremoveevent", "toomanyconnections",
    "unavailable",      "unknown",         "revoked"};
constexpr std::array<std::string_view, 9> kReasons = {
    "closed",       "peer_closed",   "slow_reader",  "private_queue_full",
    "pong_timeout", "close_timeout", "write_failed", "gone_while_joining",
    "epoll"};

class CounterFamily {
 public:
  template <size_t N>
  CounterFamily(std::string_view name, std::string_view help, std::string_view label,
                const std::array<std::string_view, N>& words)
      : other_(obs::counter(name, help, {{std::string(label), "other"}})) {
    for (const auto word : words)
      by_word_.emplace(word, &obs::counter(name, help, {{std::string(label), std::string(word)}}));
  }
  obs::Counter& of(std::string_view word) {
    const auto it = by_word_.find(word);
    return it == by_word_.end() ? other_ : *it->second;
  }

 private:
  obs::Counter& other_;
  std::unordered_map<std::string_view, obs::Counter*> by_word_;
};

}  // namespace

obs::Counter& HubMetrics::refused(std::string_view word) {
  static CounterFamily family("strims_refusals_total",
                              "Commands refused, by the word of the answer.", "reason", kWords);
  return family.of(word);
}

obs::Counter& HubMetrics::closed(std::string_view why) {
  static CounterFamily family("strims_connections_closed_total",
                              "WebSocket connections ended, by cause.", "cause", kReasons);
  return family.of(why);
}

HubMetrics& metrics() {
  static HubMetrics all{
      obs::gauge("strims_connections", "Open WebSocket connections."),
      obs::gauge("strims_users_present", "Users in the chat, those in grace too."),
      obs::counter("strims_commands_total", "Commands received over WebSocket."),
      obs::counter("strims_messages_total", "Chat messages stored and shown."),
      obs::counter("strims_deliveries_total", "Frames of the feeds put before readers."),
      obs::counter("strims_sends_total", "Writes to WebSocket connections."),
      obs::counter("strims_sent_bytes_total", "Bytes written to WebSocket connections."),
      obs::gauge("strims_deflated_connections", "Connections that read a compressed feed."),
      obs::counter("strims_deflate_saved_bytes_total",
                   "Bytes that compressed feeds were shorter than plain ones."),
      obs::counter("strims_feed_gaps_total",
                   "Slow readers that were told which entries they miss."),
      obs::histogram("strims_message_seconds", "From a message's admission to its first showing.",
                     obs::fast_seconds()),
  };
  return all;
}

}  // namespace strims::hub
