#include "config/key_table.h"
#include "config/tables.h"

namespace strims::config {
namespace {

template <auto Member>
constexpr Key server_row(std::string_view name, std::string_view unit, Range range,
                         std::string_view doc, bool secret = false) {
  return row<&Config::server, Member>(name, unit, range, doc, secret);
}
template <auto Member>
constexpr Key tls_row(std::string_view name, std::string_view unit, Range range,
                      std::string_view doc, bool secret = false) {
  return row<&Config::tls, Member>(name, unit, range, doc, secret);
}
template <auto Member>
constexpr Key storage_row(std::string_view name, std::string_view unit, Range range,
                          std::string_view doc, bool secret = false) {
  return row<&Config::storage, Member>(name, unit, range, doc, secret);
}
template <auto Member>
constexpr Key log_row(std::string_view name, std::string_view unit, Range range,
                      std::string_view doc, bool secret = false) {
  return row<&Config::log, Member>(name, unit, range, doc, secret);
}
template <auto Member>
constexpr Key metrics_row(std::string_view name, std::string_view unit, Range range,
                          std::string_view doc, bool secret = false) {
  return row<&Config::metrics, Member>(name, unit, range, doc, secret);
}

constexpr Key kServerConfig[] = {
    server_row<&ServerConfig::listen>(
        "server.listen", "", {},
        "Addresses (ADDR:PORT, IPv6 in brackets) that serve HTTP and the dgg dialect at ws_path."),
    server_row<&ServerConfig::strims_listen>(
        "server.strims_listen", "", {},
        "Further addresses, whose ws_path speaks the strims dialect."),
    server_row<&ServerConfig::ws_path>("server.ws_path", "", {},
                                       "Path of the chat WebSocket in the dgg dialect."),
    server_row<&ServerConfig::strims_path>(
        "server.strims_path", "", {},
        "Path of the chat WebSocket in the strims dialect, on every address."),
    server_row<&ServerConfig::site_path>("server.site_path", "", {},
                                         "Path of the WebSocket that tells pages and bots of the "
                                         "site's streams (dggApi:streamInfo); "
                                         "empty: none."),
    server_row<&ServerConfig::data_dir>(
        "server.data_dir", "", {},
        "Folder of the database and other data; made when it is missing."),
    server_row<&ServerConfig::public_url>("server.public_url", "", {},
                                          "The address that people type, such as "
                                          "https://chat.example. Empty: taken from each request."),
    server_row<&ServerConfig::shards>("server.shards", "", {0, 1024},
                                      "Threads that own connections. 0: one per core."),
    server_row<&ServerConfig::transport>(
        "server.transport", "", {},
        "How the shards wait and send: epoll; io_uring (Linux 6.7), with which connections do not "
        "count as open files, but for TLS and the PROXY protocol; auto: io_uring where it works. "
        "Where it does not, epoll is used and the log says why."),
    server_row<&ServerConfig::trusted_proxies>(
        "server.trusted_proxies", "", {},
        "Prefixes of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."),
    server_row<&ServerConfig::proxy_protocol>(
        "server.proxy_protocol", "", {},
        "Connections from trusted proxies begin with a PROXY protocol header (v1 or v2)."),
    server_row<&ServerConfig::origins>(
        "server.origins", "", {},
        "Origins that browsers may come from, such as https://www.example. Empty: only the host "
        "that was asked. A request without an Origin is always let in."),
    server_row<&ServerConfig::drain_seconds>(
        "server.drain_seconds", "s", {0, 3600},
        "On a planned stop, the time over which open connections are closed."),
};

constexpr Key kTlsConfig[] = {
    tls_row<&TlsConfig::cert>("tls.cert", "", {},
                              "PEM file with the certificate chain. Empty: no TLS."),
    tls_row<&TlsConfig::key>("tls.key", "", {}, "PEM file with the private key."),
    tls_row<&TlsConfig::listen>(
        "tls.listen", "", {},
        "Addresses that speak TLS. Empty: with a certificate, all of server.listen does."),
};

constexpr Key kStorageConfig[] = {
    storage_row<&StorageConfig::path>("storage.path", "", {},
                                      "Database file, relative to server.data_dir."),
    storage_row<&StorageConfig::durability>(
        "storage.durability", "", {},
        "normal: a killed process loses nothing, a power cut perhaps the last moments. full: on "
        "disk before anything is shown."),
    storage_row<&StorageConfig::busy_timeout_ms>(
        "storage.busy_timeout_ms", "ms", {0, 600000},
        "How long a statement waits for a lock of another process."),
    storage_row<&StorageConfig::db_threads>(
        "storage.db_threads", "", {1, 64},
        "Threads that read and write the database, beside the one of the journal."),
    storage_row<&StorageConfig::db_queue>(
        "storage.db_queue", "", {1, 1000000},
        "Requests that may wait for them; more are refused with 503."),
    storage_row<&StorageConfig::cache_kib>("storage.cache_kib", "KiB", {64, 16777216},
                                           "Page cache of one database connection."),
    storage_row<&StorageConfig::journal_max_entries>(
        "storage.journal_max_entries", "", {1, 10000000},
        "Entries that may wait for their commit; more are refused with \"unavailable\"."),
    storage_row<&StorageConfig::journal_max_bytes>(
        "storage.journal_max_bytes", "bytes", {65536, 17179869184}, "The same bound in bytes."),
    storage_row<&StorageConfig::journal_batch_entries>("storage.journal_batch_entries", "",
                                                       {1, 100000}, "Most entries of one commit."),
    storage_row<&StorageConfig::stall_notice_ms>(
        "storage.stall_notice_ms", "ms", {100, 600000},
        "When the database has not committed for this long, people are told."),
};

constexpr Key kLogConfig[] = {
    log_row<&LogConfig::level>("log.level", "", {}, "Least level that is written."),
    log_row<&LogConfig::file>("log.file", "", {}, "Empty: standard error."),
    log_row<&LogConfig::rotate_bytes>("log.rotate_bytes", "bytes", {0, 1099511627776},
                                      "A file that would grow past this is rotated. 0: never."),
    log_row<&LogConfig::rotate_files>("log.rotate_files", "", {0, 1000},
                                      "Old files that are kept."),
    log_row<&LogConfig::access>("log.access", "", {}, "A line for each HTTP request."),
};

constexpr Key kMetricsConfig[] = {
    metrics_row<&MetricsConfig::allow>("metrics.allow", "", {}, "Prefixes that may read /metrics."),
};

}  // namespace

std::span<const Key> server_keys() {
  return kServerConfig;
}
std::span<const Key> tls_keys() {
  return kTlsConfig;
}
std::span<const Key> storage_keys() {
  return kStorageConfig;
}
std::span<const Key> log_keys() {
  return kLogConfig;
}
std::span<const Key> metrics_keys() {
  return kMetricsConfig;
}

}  // namespace strims::config
