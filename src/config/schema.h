// The configuration as the program sees it: plain typed values with their defaults. What each key
// means, its unit and its range stand in keys.cc, the one table that loading, the environment, the
// checks, config/default.toml and docs/CONFIG.md are made from. Immutable once loaded; shared
// between threads as a snapshot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace strims::config {

using Strings = std::vector<std::string>;

enum class Transport : uint8_t { epoll, io_uring, automatic };
enum class Durability : uint8_t { normal, full };
enum class Registration : uint8_t { open, closed };
enum class CookieSecure : uint8_t { automatic, always, never };
enum class SameSite : uint8_t { lax, strict, none };
enum class LogLevel : uint8_t { debug, info, warn, error, off };

struct ServerConfig {
  Strings listen = {"0.0.0.0:8080"};
  Strings strims_listen;                   // listeners whose /ws speaks the strims dialect
  std::string ws_path = "/ws";             // dgg dialect
  std::string strims_path = "/strims/ws";  // strims dialect
  std::string site_path = "/live";         // what the site tells beside the chat (dggApi)
  std::string data_dir = "data";
  std::string public_url;
  int64_t shards = 0;  // 0: one per core
  Transport transport = Transport::epoll;
  Strings trusted_proxies;
  bool proxy_protocol = false;
  Strings origins;  // empty: only the host that was asked
  int64_t drain_seconds = 5;
};

struct TlsConfig {
  std::string cert;
  std::string key;
  Strings listen;
};

struct StorageConfig {
  std::string path = "strims.db";  // relative to data_dir
  Durability durability = Durability::normal;
  int64_t busy_timeout_ms = 5000;
  int64_t db_threads = 2;
  int64_t db_queue = 1024;
  int64_t cache_kib = 16 * 1024;
  int64_t journal_max_entries = 100'000;
  int64_t journal_max_bytes = 64 * 1024 * 1024;
  int64_t journal_batch_entries = 4096;
  int64_t stall_notice_ms = 2000;
};

struct AuthConfig {
  Registration registration = Registration::open;
  int64_t access_token_seconds = 900;
  int64_t refresh_days = 30;
  int64_t session_days = 30;
  int64_t sessions_per_user = 32;
  int64_t password_min = 8;
  int64_t password_max = 256;
  int64_t argon2_memory_kib = 19'456;
  int64_t argon2_passes = 2;
  int64_t threads = 2;
  int64_t queue = 256;
  int64_t login_attempts_per_minute = 10;
  int64_t login_attempts_per_address = 300;
  int64_t registrations_per_hour_per_address = 1000;
  int64_t refreshes_per_minute_per_address = 600;
  std::string strims_jwt_secret;
  std::string strims_jwt_cookie = "jwt";
  CookieSecure cookie_secure = CookieSecure::automatic;
  std::string cookie_domain;
  SameSite cookie_same_site = SameSite::lax;
  Strings reserved_nicks;
};

struct ChatConfig {
  int64_t max_message_runes = 512;
  int64_t max_combining_run = 4;
  bool refuse_unbalanced_bidi = false;
  int64_t throttle_base_ms = 300;
  int64_t throttle_reset_ms = 300'000;
  int64_t throttle_max_ms = 60'000;
  int64_t slow_mode_ms = 0;
  int64_t history_lines = 150;
  int64_t resume_max_entries = 5000;
  int64_t mute_default_seconds = 600;
  int64_t mute_max_seconds = 604'800;
  int64_t ban_default_seconds = 3600;
  int64_t die_seconds = 600;
  int64_t max_connections_per_user = 5;
  int64_t whisper_min_account_age_seconds = 0;
  int64_t whisper_unread_per_target = 3;
  int64_t whisper_target_limit = 7;
  int64_t whisper_general_limit = 21;
  int64_t whisper_max_recipients = 20;
  int64_t poll_min_ms = 5000;
  int64_t poll_max_ms = 600'000;
  int64_t poll_max_options = 10;
  int64_t nonce_window_seconds = 600;
  int64_t nonce_max_bytes = 64;
  int64_t quit_grace_ms = 2000;
  int64_t restart_grace_ms = 15'000;
  int64_t names_max = 2000;
  int64_t phrases_max = 2000;
  int64_t phrase_max_runes = 512;
  int64_t paid_event_seconds = 300;
};

struct HttpConfig {
  int64_t head_timeout_ms = 10'000;
  int64_t body_timeout_ms = 30'000;
  int64_t idle_timeout_ms = 75'000;
  int64_t write_timeout_ms = 30'000;
  int64_t response_deadline_ms = 15'000;
  int64_t max_head_bytes = 16'384;
  int64_t max_headers = 100;
  int64_t max_body_bytes = 65'536;
  int64_t max_connections = 120'000;
  int64_t max_connections_per_address = 0;  // 0: no bound
  int64_t max_requests_per_connection = 10'000;
  int64_t requests_per_minute_per_address = 0;
  int64_t auth_requests_per_minute_per_address = 1800;
  int64_t pipeline_max = 16;
};

struct WsConfig {
  int64_t max_message_bytes = 6656;   // 512 escaped emoji (12 bytes each) and the frame
  int64_t ping_interval_ms = 24'000;  // a round over 15,000 connections costs 0.2 s of a core
  int64_t pong_timeout_ms = 60'000;
  int64_t ring_bytes = 16 * 1024 * 1024;
  int64_t private_queue_bytes = 262'144;
  int64_t lag_max_bytes = 8 * 1024 * 1024;
  int64_t send_buffer_bytes = 131'072;  // SO_SNDBUF; 0: the kernel's choice
  int64_t sends_per_slice = 64;
  int64_t min_sweep_gap_ms = 0;
  int64_t read_bytes_per_turn = 4096;
  int64_t write_timeout_ms = 30'000;
  int64_t close_timeout_ms = 5000;
  bool deflate_in = true;
  int64_t deflate_level = 5;
  int64_t deflate_epoch_messages = 64;
  int64_t commands_per_second = 50;
  int64_t commands_burst = 100;
  bool debug_echo = false;
};

struct StreamConfig {
  Strings rtmp_listen = {"0.0.0.0:1935"};
  Strings rtmps_listen;
  std::string public_rtmp_url;
  std::string public_rtmps_url;
  int64_t channels_per_owner = 10;
  int64_t max_publishers = 500;
  int64_t max_kbps = 20'000;
  int64_t wrong_keys_per_minute_per_address = 10;
  int64_t handshake_seconds = 5;
  int64_t first_media_seconds = 15;
  int64_t idle_seconds = 10;
  int64_t grace_seconds = 60;
  int64_t linger_seconds = 10;
  int64_t part_ms = 500;
  int64_t segment_ms = 2000;
  int64_t window_segments = 7;
  bool record = true;
  std::string record_dir = "rec";  // relative to data_dir
  int64_t record_queue_bytes = 32 * 1024 * 1024;
  int64_t record_min_seconds = 10;
  int64_t disk_floor_bytes = int64_t{5} << 30;
  bool thumbnails = true;
  std::string ffmpeg = "ffmpeg";
  bool require_sandbox = false;
  int64_t token_hours = 6;
  int64_t viewers_interval_seconds = 5;
  Strings hook_servers;  // see hook_server.h
};

struct AssetsConfig {
  std::string emotes_dir;  // empty: the built-in set
  std::string flairs;      // empty: the built-in file
};

struct LogConfig {
  LogLevel level = LogLevel::info;
  std::string file;  // empty: standard error
  int64_t rotate_bytes = 64 * 1024 * 1024;
  int64_t rotate_files = 5;
  bool access = false;
};

struct MetricsConfig {
  Strings allow = {"127.0.0.0/8", "::1/128"};
};

struct Config {
  ServerConfig server;
  TlsConfig tls;
  StorageConfig storage;
  AuthConfig auth;
  ChatConfig chat;
  HttpConfig http;
  WsConfig ws;
  StreamConfig stream;
  AssetsConfig assets;
  LogConfig log;
  MetricsConfig metrics;
};

}  // namespace strims::config
