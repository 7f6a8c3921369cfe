#include "app/settings.h"

#include <algorithm>

namespace strims::app {
namespace {

size_t size(int64_t n) {
  return static_cast<size_t>(n);
}

}  // namespace

hub::HubSettings hub_settings(const config::Config& config) {
  const config::WsConfig& ws = config.ws;
  hub::HubSettings s;
  s.max_message_bytes = size(ws.max_message_bytes);
  s.ring_bytes = size(ws.ring_bytes);
  s.private_queue_bytes = size(ws.private_queue_bytes);
  s.sends_per_slice = size(ws.sends_per_slice);
  s.read_bytes_per_turn = size(ws.read_bytes_per_turn);
  s.ping_interval_ms = ws.ping_interval_ms;
  s.pong_timeout_ms = ws.pong_timeout_ms;
  s.write_timeout_ms = ws.write_timeout_ms;
  s.close_timeout_ms = ws.close_timeout_ms;
  s.commands_per_second = ws.commands_per_second;
  s.commands_burst = ws.commands_burst;
  s.lag_max_bytes = size(std::min(ws.lag_max_bytes, ws.ring_bytes / 2));
  s.min_sweep_gap_ms = ws.min_sweep_gap_ms;
  s.deflate_in = ws.deflate_in;
  s.deflate_level = static_cast<int>(ws.deflate_level);
  s.deflate_epoch_frames = size(ws.deflate_epoch_messages);
  s.debug_echo = ws.debug_echo;
  s.resume_max_entries = size(config.chat.resume_max_entries);
  s.paid_event_ms = config.chat.paid_event_seconds * 1000;
  return s;
}

chat::RoomLimits room_limits(const config::Config& config) {
  const config::ChatConfig& chat = config.chat;
  chat::RoomLimits l;
  l.throttle = {chat.throttle_base_ms, chat.throttle_reset_ms, chat.throttle_max_ms};
  l.slow_mode_ms = chat.slow_mode_ms;
  l.message = {size(chat.max_message_runes), size(chat.max_combining_run),
               chat.refuse_unbalanced_bidi};
  l.phrases.max_phrases = size(chat.phrases_max);
  l.phrases.max_runes = size(chat.phrase_max_runes);
  l.history_lines = size(chat.history_lines);
  l.presence = {chat.quit_grace_ms, chat.restart_grace_ms, size(chat.names_max)};
  l.max_connections_per_user = size(chat.max_connections_per_user);
  l.mute_default_s = chat.mute_default_seconds;
  l.mute_max_s = chat.mute_max_seconds;
  l.ban_default_s = chat.ban_default_seconds;
  l.die_s = chat.die_seconds;
  l.poll_min_ms = chat.poll_min_ms;
  l.poll_max_ms = chat.poll_max_ms;
  l.poll_max_options = size(chat.poll_max_options);
  l.nonce_window_ms = chat.nonce_window_seconds * 1000;
  l.max_nonce_bytes = size(chat.nonce_max_bytes);
  l.forget_after_ms = 2 * chat.throttle_reset_ms;
  l.paid_event_ms = chat.paid_event_seconds * 1000;
  return l;
}

http::ConnectionLimits connection_limits(const config::Config& config) {
  const config::HttpConfig& http = config.http;
  http::ConnectionLimits l;
  l.head_timeout_ms = http.head_timeout_ms;
  l.body_timeout_ms = http.body_timeout_ms;
  l.idle_timeout_ms = http.idle_timeout_ms;
  l.write_timeout_ms = http.write_timeout_ms;
  l.response_deadline_ms = http.response_deadline_ms;
  l.max_requests = static_cast<uint32_t>(http.max_requests_per_connection);
  l.requests_per_turn = static_cast<uint32_t>(http.pipeline_max);
  l.parser.head = size(http.max_head_bytes);
  l.parser.headers = size(http.max_headers);
  return l;
}

journal::JournalOptions journal_options(const config::Config& config) {
  journal::JournalOptions o;
  o.max_entries = size(config.storage.journal_max_entries);
  o.max_bytes = size(config.storage.journal_max_bytes);
  o.max_batch = size(config.storage.journal_batch_entries);
  o.unhealthy_after_ms = config.storage.stall_notice_ms;
  return o;
}

storage::WhisperLimits whisper_limits(const config::Config& config) {
  const config::ChatConfig& chat = config.chat;
  storage::WhisperLimits l;
  l.min_account_age_ms = chat.whisper_min_account_age_seconds * 1000;
  l.unread_to_target_max = static_cast<int>(chat.whisper_unread_per_target);
  l.target_max = static_cast<int>(chat.whisper_target_limit);
  l.general_max = static_cast<int>(chat.whisper_general_limit);
  return l;
}

}  // namespace strims::app
