#include "app/server.h"

#include <algorithm>
#include <csignal>
#include <thread>

#include "api/lane_connection.h"
#include "app/database.h"
#include "app/room_state.h"
#include "app/settings.h"
#include "auth/policy.h"
#include "http/middleware/rate_limit.h"
#include "http/pipeline.h"
#include "net/rlimit.h"
#include "obs/health.h"
#include "obs/log.h"
#include "storage/repositories/channel_state.h"
#include "storage/repositories/entries.h"
#include "storage/repositories/presence.h"
#include "stream/stream_info.h"

namespace strims::app {
namespace {

// Listener tags: which dialect /ws speaks there.
constexpr int kDggListener = 0;
constexpr int kStrimsListener = 1;
constexpr int64_t kLaneLockMs = 500;

std::unique_ptr<hub::DbLane> make_lane(std::string name, int64_t threads, int64_t queue,
                                       sql::Database& database) {
  obs::Histogram& wait =
      obs::histogram("strims_lane_wait_seconds", "Time that jobs waited for a lane.",
                     obs::fast_seconds(), {{"lane", name}});
  obs::Histogram& run = obs::histogram("strims_lane_run_seconds", "Time that jobs ran on a lane.",
                                       obs::fast_seconds(), {{"lane", name}});
  return std::make_unique<hub::DbLane>(
      name, static_cast<size_t>(threads), static_cast<size_t>(queue),
      [&database]() -> Result<std::unique_ptr<sql::Connection>> {
        STRIMS_TRY(auto connection, database.connect());
        // A locked database must not hold up the lane's other work.
        connection->set_lock_timeout(kLaneLockMs);
        return connection;
      },
      [&wait, &run](int64_t wait_ns, int64_t run_ns) {
        wait.observe(static_cast<double>(wait_ns) / 1e9);
        run.observe(static_cast<double>(run_ns) / 1e9);
      });
}

// The newest `limit` entries of all kinds, at least one, oldest first.
Result<std::vector<Entry>> read_newest(sql::Connection& connection, size_t limit) {
  std::vector<Entry> entries;
  Seq before = 0;
  do {
    STRIMS_TRY(auto page,
               storage::read_entries(connection, hub::Hub::kChannel,
                                     {.before = before,
                                      .limit = std::min(limit - std::min(limit, entries.size()),
                                                        storage::kMaxReadLimit),
                                      .newest_first = true,
                                      .with_deleted = true}));
    if (page.empty()) break;
    before = page.back().seq;
    std::move(page.begin(), page.end(), std::back_inserter(entries));
  } while (entries.size() < limit && before > 1);
  std::reverse(entries.begin(), entries.end());
  return entries;
}

std::function<bool(net::Lane::Job)> runner(hub::DbLane& lane) {
  return [&lane](net::Lane::Job job) {
    return lane.try_run([job = std::move(job)](Result<sql::Connection*> connection) mutable {
      const api::LaneConnection current(std::move(connection));
      job();
    });
  };
}

// What each shard waits with. The choice is made once, so that all shards have the same.
std::function<std::unique_ptr<net::Poller>()> poller_maker(const config::Config& config) {
  const auto transport = config.server.transport;
  const auto connections = static_cast<size_t>(config.http.max_connections);
  bool uring = false;
  if (transport != config::Transport::epoll) {
    const auto tried = net::make_uring_poller(connections);
    uring = tried.has_value();
    if (!uring) obs::log_warn("transport.io_uring_refused", {{"reason", tried.error().detail}});
  }
  obs::gauge("strims_transport_info", "The engine that connections are served with.",
             {{"engine", uring ? "io_uring" : "epoll"}})
      .set(1);
  obs::log_info("transport", {{"engine", uring ? "io_uring" : "epoll"}});
  return [uring, connections]() -> std::unique_ptr<net::Poller> {
    if (!uring) return net::make_epoll_poller();
    auto made = net::make_uring_poller(connections);
    if (made) return std::move(*made);
    obs::log_warn("transport.io_uring_refused", {{"reason", made.error().detail}});
    return net::make_epoll_poller();
  };
}

}  // namespace

Server::Server(config::Config config)
    : config_(std::move(config)), clock_(system_clock()), ids_(clock_) {}

Result<std::unique_ptr<Server>> Server::start(config::Config config) {
  std::unique_ptr<Server> server(new Server(std::move(config)));
  STRIMS_CHECK_OK(server->open_storage());
  STRIMS_TRY(server->assets_, add_assets(server->router_, server->config_));
  STRIMS_CHECK_OK(server->open_auth());
  size_t shards = static_cast<size_t>(server->config_.server.shards);
  if (shards == 0) shards = std::max(1u, std::thread::hardware_concurrency());
  server->shards_ =
      std::make_unique<net::Shards>(shards, server->clock_, poller_maker(server->config_));
  server->open_hub();
  STRIMS_CHECK_OK(server->restore_room());
  STRIMS_CHECK_OK(server->open_streams());
  STRIMS_CHECK_OK(server->open_http());
  STRIMS_CHECK_OK(server->listen());
  STRIMS_TRY(server->signals_,
             net::SignalWatch::open(server->main_, [s = server.get()](int n) { s->on_signal(n); }));
  return server;
}

Server::~Server() = default;
std::string Server::url() const {
  return url_;
}

Result<void> Server::open_storage() {
  STRIMS_TRY(lock_, lock_data(config_));
  STRIMS_TRY(database_, open_current_database(config_));
  STRIMS_TRY(journal_, journal::Journal::open(*database_, journal_options(config_), clock_));
  db_lane_ = make_lane("db", config_.storage.db_threads, config_.storage.db_queue, *database_);
  auth_lane_ = make_lane("auth", config_.auth.threads, config_.auth.queue, *database_);
  obs::health().set("database", true);
  return {};
}

Result<void> Server::open_auth() {
  STRIMS_TRY(keys_, auth::SigningKeys::open(auth::signing_key_options(config_), clock_));
  auth::AuthPolicy policy = auth::policy_from(config_);
  policy.nick.emotes = assets_.emotes;
  accounts_ = std::make_unique<auth::Accounts>(policy, *keys_, clock_,
                                               [this](std::string_view access_id, UserId user) {
                                                 hub_->end_access(std::string(access_id), user);
                                               });
  authenticator_ = std::make_unique<auth::Authenticator>(policy, *keys_, clock_);
  return {};
}

void Server::open_hub() {
  hub_ =
      std::make_unique<hub::Hub>(hub::HubParts{.shards = *shards_,
                                               .journal = *journal_,
                                               .db = *db_lane_,
                                               .clock = clock_,
                                               .ids = ids_,
                                               .stall_notice_ms = config_.storage.stall_notice_ms,
                                               .whispers = whisper_limits(config_)},
                                 hub_settings(config_), room_limits(config_), assets_.emotes);
  door_ = std::make_unique<hub::Door>(
      *hub_, *db_lane_, *authenticator_, clock_,
      hub::DoorOptions{.origins = config_.server.origins,
                       .strims_cookie = config_.auth.strims_jwt_cookie});
}

Result<void> Server::restore_room() {
  STRIMS_TRY(auto connection, database_->connect());
  const size_t lines =
      std::max(static_cast<size_t>(config_.chat.history_lines), chat::HistoryTail::kMostLines);
  STRIMS_TRY(auto snapshot,
             storage::load_channel(*connection, hub::Hub::kChannel, clock_.wall_ms(), lines));
  STRIMS_TRY(auto present,
             storage::restore_presence(*connection, hub::Hub::kChannel, clock_.wall_ms()));
  STRIMS_TRY(const auto recent,
             read_newest(*connection, static_cast<size_t>(config_.chat.resume_max_entries)));
  hub_->restore(to_room_state(std::move(snapshot), std::move(present)), recent);
  return {};
}

Result<void> Server::open_streams() {
  STRIMS_TRY(streams_, Streams::open({.config = config_,
                                      .database = *database_,
                                      .shards = *shards_,
                                      .clock = clock_,
                                      .ids = ids_,
                                      .room = *hub_}));
  hub_->set_account_changed([this](UserId account) { streams_->account_changed(account); });
  hub_->set_stream_info(
      [this] { return stream::stream_info(streams_->directory(), clock_.wall_ms()); });
  return {};
}

Result<void> Server::open_http() {
  services_ = std::unique_ptr<api::Services>(new api::Services{.config = config_,
                                                               .clock = clock_,
                                                               .ids = ids_,
                                                               .accounts = *accounts_,
                                                               .authenticator = *authenticator_,
                                                               .keys = *keys_,
                                                               .room = *hub_,
                                                               .health = obs::health(),
                                                               .whispers = whisper_limits(config_),
                                                               .emotes = assets_.emotes,
                                                               .flairs_json = assets_.flairs_json,
                                                               .emotes_json = assets_.emotes_json,
                                                               .streams = streams_.get()});
  api_ = std::make_unique<api::Api>(*services_, router_);
  add_routes();

  shared_.router = &router_;
  http::PipelineOptions pipeline;
  pipeline.access_log = config_.log.access;
  pipeline.requests_per_minute_per_address = config_.http.requests_per_minute_per_address;
  pipeline.cors.origins = config_.server.origins;
  for (const auto& origin : config_.server.origins)
    pipeline.security.frame_ancestors += " " + origin;  // who may use the chat may embed it
  pipeline.security.content_policy =
      streams_->page_policy(std::move(pipeline.security.content_policy));
  pipeline.cors.public_prefixes = {"/emotes/", "/flairs/", "/cdn/"};
  if (config_.http.auth_requests_per_minute_per_address > 0) {
    pipeline.extra.push_back(std::make_shared<http::RateLimitStep>(
        config_.http.auth_requests_per_minute_per_address, [](const http::RequestContext& context) {
          return context.request.path.starts_with("/auth/");
        }));
  }
  shared_.steps = http::standard_steps(std::move(pipeline), router_);
  shared_.limits = connection_limits(config_);
  shared_.connections = std::make_shared<http::ConnectionTable>(
      static_cast<size_t>(config_.http.max_connections),
      static_cast<size_t>(config_.http.max_connections_per_address));
  for (const auto& prefix : config_.server.trusted_proxies) shared_.trusted_proxies.add(prefix);
  shared_.run_db = runner(*db_lane_);
  shared_.run_auth = runner(*auth_lane_);
  for (size_t i = 0; i < shards_->count(); ++i)
    servers_.push_back(std::make_unique<http::ShardServer>(shards_->reactor(i), shared_, i));
  return {};
}

void Server::add_routes() {
  api::add_all(*api_);
  streams_->add_routes(router_);
  const auto chat = [this](http::Upgrade upgrade) {
    const auto flavour =
        upgrade.listener == kStrimsListener ? hub::Flavour::strims : hub::Flavour::dgg;
    door_->open(std::move(upgrade), flavour);
  };
  router_.add_upgrade(config_.server.ws_path, chat);
  router_.add_upgrade(config_.server.ws_path + "/{channel}", chat);
  if (!config_.server.strims_path.empty()) {
    router_.add_upgrade(config_.server.strims_path, [this](http::Upgrade upgrade) {
      door_->open(std::move(upgrade), hub::Flavour::strims);
    });
  }
  if (!config_.server.site_path.empty()) {
    router_.add_upgrade(config_.server.site_path, [this](http::Upgrade upgrade) {
      door_->open(std::move(upgrade), hub::Flavour::site);
    });
  }
  if (config_.ws.debug_echo)
    router_.add_upgrade("/debug/echo",
                        [this](http::Upgrade upgrade) { door_->open_echo(std::move(upgrade)); });
}

Result<void> Server::listen() {
  for (const auto* list :
       {&config_.server.listen, &config_.server.strims_listen, &config_.tls.listen}) {
    for (const auto& text : *list) {
      STRIMS_TRY(const net::Endpoint endpoint, net::Endpoint::parse(text));
      STRIMS_CHECK_OK(net::Listener::check_unused(endpoint));
    }
  }
  const auto profile = [&](bool tls, int tag) -> const http::ListenerProfile& {
    profiles_.push_back(std::make_unique<http::ListenerProfile>(http::ListenerProfile{
        .tls = tls ? tls_ : nullptr, .proxy_protocol = config_.server.proxy_protocol, .tag = tag}));
    return *profiles_.back();
  };
  if (!config_.tls.cert.empty()) {
    STRIMS_TRY(tls_, net::TlsContext::load(config_.tls.cert, config_.tls.key));
    for (const auto& endpoint : config_.tls.listen)
      STRIMS_CHECK_OK(listen_on(endpoint, profile(true, kDggListener)));
  }
  // With a certificate and no listeners of its own for TLS, the ordinary ones speak it.
  const bool all_tls = tls_ && config_.tls.listen.empty();
  for (const auto& endpoint : config_.server.listen)
    STRIMS_CHECK_OK(listen_on(endpoint, profile(all_tls, kDggListener)));
  for (const auto& endpoint : config_.server.strims_listen)
    STRIMS_CHECK_OK(listen_on(endpoint, profile(all_tls, kStrimsListener)));
  STRIMS_CHECK_OK(streams_->listen(tls_));
  return {};
}

Result<void> Server::listen_on(const std::string& text, const http::ListenerProfile& profile) {
  STRIMS_TRY(net::Endpoint endpoint, net::Endpoint::parse(text));
  net::ListenerOptions options;
  options.send_buffer = static_cast<int>(config_.ws.send_buffer_bytes);
  options.streams = profile.tls == nullptr && !profile.proxy_protocol;
  for (size_t i = 0; i < shards_->count(); ++i) {
    STRIMS_TRY(auto listener,
               net::Listener::open(shards_->reactor(i), endpoint, options,
                                   [server = servers_[i].get(), &profile](net::Accepted accepted) {
                                     server->accept(std::move(accepted), profile);
                                   }));
    endpoint.port = listener->port();  // the kernel's choice for the first holds for the others
    listeners_.push_back(std::move(listener));
  }
  obs::log_info("listener.open", {{"address", endpoint.to_string()},
                                  {"tls", profile.tls != nullptr},
                                  {"dialect", profile.tag == kStrimsListener ? "strims" : "dgg"}});
  if (url_.empty()) {
    if (!config_.server.public_url.empty()) {
      url_ = config_.server.public_url;
    } else {
      const bool any = endpoint.host == "0.0.0.0" || endpoint.host == "::";
      net::Endpoint shown{any ? "localhost" : endpoint.host, endpoint.port};
      url_ = std::string(profile.tls ? "https://" : "http://") +
             (any ? "localhost:" + std::to_string(shown.port) : shown.to_string()) + "/";
    }
  }
  return {};
}

}  // namespace strims::app
