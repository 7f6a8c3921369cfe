// The server's life: serving, reloading, draining.
#include <csignal>

#include "app/server.h"
#include "obs/health.h"
#include "obs/log.h"

namespace strims::app {
namespace {

constexpr int64_t kHousekeepingMs = 1000;

}  // namespace

int Server::run() {
  gauges_.push_back(obs::sampled_gauge(
      "strims_journal_stalled_seconds", "How long the oldest entry has waited for the database.",
      [this] { return static_cast<double>(journal_->stalled_ms()) / 1e3; }));
  gauges_.push_back(
      obs::sampled_gauge("strims_http_and_ws_connections", "Accepted TCP connections.",
                         [this] { return static_cast<double>(shared_.connections->size()); }));
  shards_->start();
  std::move_only_function<void()> beat;
  // The main thread looks after what nobody else does; every second is often enough.
  struct Housekeeper {
    Server& server;
    int64_t turns = 0;
    void operator()() {
      obs::health().set("database", server.journal_->healthy(), "the database does not answer");
      if (++turns % 60 == 0) {
        if (const auto reloaded = server.keys_->reload(); !reloaded)
          obs::log_warn("keys.reload_failed", {{"error", reloaded.error().detail}});
      }
      if (turns % 3600 == 10) {
        (void)server.db_lane_->try_run([&s = server](Result<sql::Connection*> db) {
          if (db) (void)s.accounts_->purge(**db);
        });
      }
      server.main_.after(kHousekeepingMs, [this] { (*this)(); });
    }
  };
  Housekeeper housekeeper{*this};
  main_.after(kHousekeepingMs, [&housekeeper] { housekeeper(); });
  main_.run();
  return stop();
}

void Server::on_signal(int signal) {
  if (signal == SIGHUP) return reload();
  obs::log_info("server.stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  main_.stop();
}

void Server::reload() {
  if (tls_) {
    if (const auto loaded = tls_->reload(); !loaded)
      obs::log_error("tls.reload_failed", {{"error", loaded.error().detail}});
  }
  if (const auto loaded = keys_->reload(); !loaded)
    obs::log_error("keys.reload_failed", {{"error", loaded.error().detail}});
  obs::log_info("server.reloaded", {});
}

int Server::stop() {
  // Load balancers look away first; the sockets that exist are closed one after the other.
  obs::health().set("draining", false, "the server is shutting down");
  const int64_t spread_ms = config_.server.drain_seconds * 1000 / 2;
  hub_->drain(spread_ms);
  for (size_t i = 0; i < servers_.size(); ++i)
    (void)shards_->post(i, [server = servers_[i].get()] { server->drain(); });
  const MonoMs until = clock_.mono_ms() + config_.server.drain_seconds * 1000;
  while (clock_.mono_ms() < until && (shared_.connections->size() > 0 || !hub_->presence_saved()))
    main_.run_once(20);
  for (size_t i = 0; i < listeners_.size(); ++i) {
    const size_t shard = i % shards_->count();
    (void)shards_->post(shard, [listener = listeners_[i].get()] { listener->stop(); });
  }
  streams_->stop();
  hub_->close();
  db_lane_->stop();
  auth_lane_->stop();
  const size_t lost = journal_->stop();
  shards_->stop_and_join();
  listeners_.clear();
  servers_.clear();
  streams_.reset();
  hub_.reset();
  obs::log_info("server.stopped", {{"unstored_entries", static_cast<int64_t>(lost)}});
  return lost == 0 ? 0 : 1;
}

}  // namespace strims::app
