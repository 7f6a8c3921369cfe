#include "app/streams.h"

#include <filesystem>
#include <latch>

#include "net/endpoint.h"
#include "obs/log.h"

namespace strims::app {
namespace {

constexpr int64_t kTickMs = 250;
constexpr int64_t kLockMs = 1'000;
constexpr int64_t kReloadMs = 1'000;
constexpr size_t kLaneQueue = 10'000;
constexpr std::string_view kDefaultListen = "0.0.0.0:1935";

stream::BroadcastsOptions broadcasts_options(const config::StreamConfig& c,
                                             const std::string& record_root) {
  stream::BroadcastsOptions options;
  options.lifecycle.grace_ms = c.grace_seconds * 1'000;
  options.lifecycle.linger_ms = c.linger_seconds * 1'000;
  options.lifecycle.first_media_ms = c.first_media_seconds * 1'000;
  options.packager.part_target_ms = c.part_ms;
  options.packager.segment_min_ms = c.segment_ms;
  options.window.segments = static_cast<size_t>(c.window_segments);
  options.window.part_target_ms = static_cast<int>(c.part_ms);
  options.window.target_duration_s = static_cast<int>(c.segment_ms / 1'000 + 2);
  options.record = c.record;
  options.record_root = record_root;
  options.viewers_interval_ms = c.viewers_interval_seconds * 1'000;
  options.record_min_ms = c.record_min_seconds * 1'000;
  options.disk_floor_bytes = static_cast<uint64_t>(c.disk_floor_bytes);
  return options;
}

ingest::IngestLimits ingest_limits(const config::StreamConfig& c) {
  ingest::IngestLimits limits;
  limits.max_publishers = static_cast<size_t>(c.max_publishers);
  limits.handshake_ms = c.handshake_seconds * 1'000;
  limits.first_media_ms = c.first_media_seconds * 1'000;
  limits.idle_ms = c.idle_seconds * 1'000;
  limits.max_kbps = c.max_kbps;
  limits.wrong_keys_per_minute = static_cast<int>(c.wrong_keys_per_minute_per_address);
  return limits;
}

}  // namespace

Streams::Streams(Parts parts) : parts_(parts), ingest_(ingest_limits(parts.config.stream)) {}

Streams::~Streams() {
  stop();
}

Result<std::unique_ptr<Streams>> Streams::open(Parts parts) {
  std::unique_ptr<Streams> made(new Streams(parts));
  STRIMS_CHECK_OK(made->set_up());
  return made;
}

Result<void> Streams::set_up() {
  const config::StreamConfig& c = parts_.config.stream;
  const std::filesystem::path folder = parts_.config.server.data_dir;
  record_root_ = (folder / c.record_dir).string();
  STRIMS_TRY(grant_keys_, stream::GrantKeys::open(folder / stream::kGrantKeysName));
  stream::RecorderLimits limits;
  limits.queue_bytes = static_cast<size_t>(c.record_queue_bytes);
  limits.disk_floor_bytes = static_cast<uint64_t>(c.disk_floor_bytes);
  recorder_ = std::make_unique<stream::Recorder>(limits, [this](stream::RecorderEvent event) {
    {
      const std::lock_guard lock(recorded_mutex_);
      recorded_.push_back(std::move(event));
    }
    // Refused or without a database: tick() does it. At the end nobody listens: the next process
    // looks at the files.
    (void)run([this](stream::Broadcasts& broadcasts, Result<sql::Connection*> db) {
      if (db) hear_recorder(broadcasts, **db);
    });
  });
  broadcasts_ = std::make_unique<stream::Broadcasts>(
      broadcasts_options(c, record_root_), parts_.clock, parts_.ids, *recorder_, directory_,
      stream::BroadcastsPorts{
          .announce =
              [this](EntryKind kind, std::string text, std::string fields) {
                parts_.room.announce(
                    kind, std::move(text), std::move(fields), [](Result<chat::Receipt> stored) {
                      if (!stored)
                        obs::log_error("stream.not_told", {{"reason", stored.error().reason}});
                    });
              },
          .show = [this](std::string fields) { parts_.room.show_stream(std::move(fields)); },
          .close_session = [this](SessionId session,
                                  EndReason reason) { close_session(session, reason); }});
  STRIMS_TRY(auto connection, parts_.database.connect());
  STRIMS_CHECK_OK(broadcasts_->restore(*connection));
  lane_ = std::make_unique<net::ResourceLane<sql::Connection>>(
      "streams", 1, kLaneQueue, [this]() -> Result<std::unique_ptr<sql::Connection>> {
        STRIMS_TRY(auto made, parts_.database.connect());
        made->set_lock_timeout(kLockMs);
        return made;
      });
  connect_gate();
  if (c.thumbnails)
    thumbnails_ = std::make_unique<stream::Thumbnails>(
        stream::ThumbnailOptions{.ffmpeg = c.ffmpeg, .require_sandbox = c.require_sandbox},
        parts_.clock, directory_, [this](BroadcastId broadcast, const media::SharedBytes& jpeg) {
          (void)run([broadcast, jpeg](stream::Broadcasts& broadcasts, Result<sql::Connection*> db) {
            if (db) broadcasts.keep_poster(**db, broadcast, *jpeg);
          });
        });
  STRIMS_TRY(auto media_servers, config::parse_hook_servers(c.hook_servers));
  media_servers_ = std::make_unique<hooks::MediaServers>(
      std::move(media_servers), (folder / "hook-sessions.json").string(), parts_.clock, *this);
  for (size_t i = 0; i < parts_.shards.count(); ++i)
    servers_.push_back(
        std::make_unique<ingest::PublisherServer>(parts_.shards.reactor(i), ingest_));
  parts_.shards.reactor(0).after(0, [this] {
    media_servers_->start();
    running_ = true;
    tick();
  });
  return {};
}

void Streams::hear_recorder(stream::Broadcasts& broadcasts, sql::Connection& db) {
  std::vector<stream::RecorderEvent> events;
  {
    const std::lock_guard lock(recorded_mutex_);
    events.swap(recorded_);
  }
  for (const stream::RecorderEvent& event : events) broadcasts.on_recorder(db, event);
}

bool Streams::run(Job job) {
  if (!lane_) return false;
  return lane_->try_run([this, job = std::move(job)](Result<sql::Connection*> db) mutable {
    job(*broadcasts_, std::move(db));
  });
}

void Streams::looked_at(const std::string& slug) {
  if (thumbnails_) thumbnails_->looked_at(slug);
}

media::SharedBytes Streams::picture(const std::string& slug) const {
  return thumbnails_ ? thumbnails_->picture(slug) : nullptr;
}

void Streams::connect_gate() {
  ingest_.clock = &parts_.clock;
  ingest_.gate.publish = [this](stream::PublishAsk ask, ingest::Gate::Answer answer) {
    auto shared = std::make_shared<ingest::Gate::Answer>(std::move(answer));
    const bool taken = run([ask = std::move(ask), shared](stream::Broadcasts& broadcasts,
                                                          Result<sql::Connection*> db) {
      if (!db) return (*shared)(std::unexpected(db.error()));
      (*shared)(broadcasts.publish(**db, ask));
    });
    if (!taken) (*shared)(fail(Errc::unavailable, "unavailable", "The server has too much to do."));
  };
  ingest_.gate.first_part = [this](ChannelId channel, SessionId session, TimeMs wall_ms) {
    (void)run([=](stream::Broadcasts& broadcasts, Result<sql::Connection*> db) {
      if (db) broadcasts.first_part(**db, channel, session, wall_ms);
    });
  };
  ingest_.gate.over = [this](ChannelId channel, SessionId session, stream::Loss how) {
    (void)run([=](stream::Broadcasts& broadcasts, Result<sql::Connection*> db) {
      if (db) broadcasts.session_over(**db, channel, session, how);
    });
  };
}

void Streams::tick() {
  if (stopping_) return;
  // One waits at most: a slow disk must not pile them up.
  if (!tick_waits_.exchange(true)) {
    const bool taken = run([this](stream::Broadcasts& broadcasts, Result<sql::Connection*> db) {
      tick_waits_ = false;
      if (db) {
        hear_recorder(broadcasts, **db);
        broadcasts.tick(**db);
      }
      reload_keys();
    });
    if (!taken) tick_waits_ = false;
  }
  parts_.shards.reactor(0).at_next(kTickMs, [this] { tick(); });
}

void Streams::reload_keys() {
  if (parts_.clock.mono_ms() - keys_read_at_ < kReloadMs) return;
  keys_read_at_ = parts_.clock.mono_ms();
  const auto changed = grant_keys_->reload();
  if (!changed)
    obs::log_warn("stream.keys_not_read", {{"detail", changed.error().detail}});
  else if (*changed)
    obs::log_info("stream.keys_read");
}

void Streams::account_changed(UserId account) {
  // With a full queue it is seen a little later: what is known of guests does not last.
  (void)run([account](stream::Broadcasts& broadcasts, Result<sql::Connection*> db) {
    if (db) broadcasts.account_changed(**db, account);
  });
}

void Streams::add_routes(http::Router& router) {
  media_servers_->add_routes(router);
}

std::string Streams::page_policy(std::string policy) const {
  return media_servers_->page_policy(std::move(policy));
}

// Nobody but the shards knows which of them has it.
void Streams::close_session(SessionId session, EndReason reason) {
  if (media_servers_) media_servers_->close_session(session);
  for (size_t i = 0; i < servers_.size(); ++i)
    (void)parts_.shards.post(i, [server = servers_[i].get(), session, reason] {
      server->close_session(session, reason);
    });
}

Result<void> Streams::listen(const std::shared_ptr<net::TlsContext>& tls) {
  config::StreamConfig open = parts_.config.stream;
  for (const std::string& text : parts_.config.stream.rtmp_listen) {
    const auto done = listen_on(text, nullptr);
    if (done) continue;
    if (text != kDefaultListen) return done;
    obs::log_warn("stream.no_ingest", {{"address", text}, {"reason", done.error().reason}});
    open.rtmp_listen.clear();
  }
  for (const std::string& text : parts_.config.stream.rtmps_listen) {
    if (!tls)
      return fail(Errc::invalid, "no_certificate",
                  "stream.rtmps_listen needs tls.cert and tls.key");
    STRIMS_CHECK_OK(listen_on(text, tls));
  }
  urls_ = stream::ingest_urls(open, stream::ingest_host(parts_.config));
  return {};
}

Result<void> Streams::listen_on(const std::string& text,
                                const std::shared_ptr<net::TlsContext>& tls) {
  STRIMS_TRY(net::Endpoint endpoint, net::Endpoint::parse(text));
  STRIMS_CHECK_OK(net::Listener::check_unused(endpoint));
  net::ListenerOptions options;
  options.streams = tls == nullptr;
  for (size_t i = 0; i < parts_.shards.count(); ++i) {
    STRIMS_TRY(auto listener,
               net::Listener::open(parts_.shards.reactor(i), endpoint, options,
                                   [server = servers_[i].get(), tls](net::Accepted accepted) {
                                     server->accept(std::move(accepted), tls);
                                   }));
    endpoint.port = listener->port();
    listeners_.push_back(std::move(listener));
  }
  obs::log_info("listener.open", {{"address", endpoint.to_string()},
                                  {"tls", tls != nullptr},
                                  {"protocol", tls ? "rtmps" : "rtmp"}});
  return {};
}

void Streams::stop() {
  if (stopping_.exchange(true)) return;
  if (!running_) {  // the start failed: nobody would run what is posted
    if (lane_) lane_->stop();
    return;
  }
  std::latch done(static_cast<std::ptrdiff_t>(servers_.size()));
  for (size_t i = 0; i < servers_.size(); ++i) {
    const bool posted = parts_.shards.post(i, [this, i, &done] {
      for (size_t at = i; at < listeners_.size(); at += servers_.size()) listeners_[at]->stop();
      servers_[i]->close_all();
      done.count_down();
    });
    if (!posted) done.count_down();
  }
  done.wait();
  if (thumbnails_) thumbnails_->stop();
  media_servers_->stop();
  if (lane_) lane_->stop();
}

}  // namespace strims::app
