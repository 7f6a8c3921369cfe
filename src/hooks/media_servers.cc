#include "hooks/media_servers.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>

#include "base/bytes.h"
#include "http/problem.h"
#include "obs/log.h"
#include "storage/repositories/stream_channels.h"

namespace strims::hooks {
namespace {

constexpr size_t kMaxBody = 64 * 1024;

std::vector<std::string> names_of(const std::vector<config::HookServer>& servers) {
  std::vector<std::string> out;
  out.reserve(servers.size());
  for (const config::HookServer& server : servers) out.push_back(server.name);
  return out;
}

// A crash of the machine ends what is published there, too: no fsync.
bool write_whole(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".tmp";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return written && ::rename(fresh.c_str(), path.c_str()) == 0;
}

}  // namespace

// The broadcasts, for the length of one job.
class MediaServers::BroadcastStage final : public Stage {
 public:
  BroadcastStage(const std::vector<config::HookServer>& servers, const Clock& clock,
                 stream::Broadcasts& broadcasts, sql::Connection& db)
      : servers_(servers), clock_(clock), broadcasts_(broadcasts), db_(db) {}

  Result<Claim> check(const stream::PublishAsk& ask) override {
    STRIMS_TRY(const Channel channel, broadcasts_.publisher_of(db_, ask));
    STRIMS_TRY(std::string hash, storage::stream_key_hash_of(db_, channel.id));
    return Claim{channel.id, channel.slug, std::move(hash)};
  }
  Result<bool> still_fits(const Claim& claim) override {
    const auto hash = storage::stream_key_hash_of(db_, claim.channel);
    if (!hash && hash.error().code == Errc::not_found) return false;
    if (!hash) return std::unexpected(hash.error());
    return constant_time_equals(*hash, claim.key_hash);
  }
  Result<SessionId> begin(size_t server, const Claim& claim) override {
    return broadcasts_.publish_external(db_, claim.channel, servers_[server].playback(claim.slug));
  }
  void media(ChannelId channel, SessionId session) override {
    broadcasts_.external_media(db_, channel, session, clock_.wall_ms());
  }
  void over(ChannelId channel, SessionId session) override {
    broadcasts_.session_over(db_, channel, session, stream::Loss::gone);
  }
  SessionId current(ChannelId channel) override { return broadcasts_.current_session(channel); }

 private:
  const std::vector<config::HookServer>& servers_;
  const Clock& clock_;
  stream::Broadcasts& broadcasts_;
  sql::Connection& db_;
};

MediaServers::MediaServers(std::vector<config::HookServer> servers, std::string file,
                           const Clock& clock, stream::Desk& desk)
    : servers_(std::move(servers)),
      file_(std::move(file)),
      clock_(clock),
      desk_(desk),
      ledger_(names_of(servers_), clock, [this](const Ledger::Held& held) {
        const Dialect& dialect = dialect_of(servers_[held.server].kind);
        pollers_[held.server]->kick(dialect.kick(held.path, held.session, held.door));
      }) {
  for (size_t i = 0; i < servers_.size(); ++i)
    pollers_.push_back(std::make_unique<Poller>(servers_[i], clock_,
                                                [this, i](Result<Snapshot> list, MonoMs asked_at) {
                                                  listed(i, std::move(list), asked_at);
                                                }));
  std::ifstream in(file_, std::ios::binary);
  if (!in) return;
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (const auto loaded = ledger_.load(text); !loaded)
    obs::log_warn("hooks.sessions_not_read", {{"detail", loaded.error().detail}});
}

MediaServers::~MediaServers() {
  stop();
}

void MediaServers::start() {
  for (const auto& poller : pollers_) poller->start();
}

void MediaServers::stop() {
  for (const auto& poller : pollers_) poller->stop();
}

void MediaServers::listed(size_t server, Result<Snapshot> list, MonoMs asked_at) {
  (void)desk_.run([this, server, list = std::move(list), asked_at](
                      stream::Broadcasts& broadcasts, Result<sql::Connection*> db) mutable {
    if (!db) return;
    BroadcastStage stage(servers_, clock_, broadcasts, **db);
    if (list)
      ledger_.snapshot(stage, server, *list, asked_at);
    else
      ledger_.unreachable(stage, server);
    after_change(server);
  });
}

void MediaServers::after_change(size_t server) {
  if (const auto text = ledger_.take_changes(); text && !write_whole(file_, *text))
    obs::log_error("hooks.sessions_not_written", {{"path", file_}});
  pollers_[server]->look_in(ledger_.pause_ms(server));
}

std::optional<size_t> MediaServers::server_of(const http::RequestContext& context) const {
  std::optional<size_t> found;
  for (size_t i = 0; i < servers_.size(); ++i) {
    const config::HookServer& server = servers_[i];
    // Compared whatever the name is: the time tells nothing of either.
    const bool right = constant_time_equals(context.param("secret"), server.secret);
    const bool named = context.param("server") == server.name &&
                       context.param("kind") == config::to_string(server.kind);
    if (right && named && server.allow.contains(context.peer)) found = i;
  }
  return found;
}

void MediaServers::handle(http::RequestContext& context, http::Responder respond) {
  const auto server = server_of(context);
  // As if there were no such route.
  if (!server)
    return respond(
        http::problem(404, "not_found", "There is nothing at this path.", context.request_id));
  const Dialect& dialect = dialect_of(servers_[*server].kind);
  auto hook = dialect.parse({.event = context.param("event"),
                             .query = context.request.query,
                             .body = context.request.body});
  if (!hook) return respond(http::problem(hook.error(), context.request_id));
  auto shared = std::make_shared<http::Responder>(std::move(respond));
  // While nothing can be looked up, at the end of the program or without the database, nobody is
  // let in and nobody is thrown out.
  const bool tells = hook->tells();
  const bool taken = desk_.run([this, shared, server = *server, &dialect, hook = std::move(*hook)](
                                   stream::Broadcasts& broadcasts, Result<sql::Connection*> db) {
    bool allow = hook.tells();
    if (db) {
      BroadcastStage stage(servers_, clock_, broadcasts, **db);
      allow = ledger_.hook(stage, server, hook);
      after_change(server);
    }
    (*shared)(dialect.answer(allow));
  });
  if (!taken) (*shared)(dialect.answer(tells));
}

void MediaServers::add_routes(http::Router& router) {
  if (servers_.empty()) return;
  for (const char* method : {"POST", "GET"}) {
    http::Route route;
    route.method = method;
    route.pattern = "/hooks/{kind}/{server}/{secret}/{event}";
    route.body_limit = kMaxBody;
    route.summary = "A hook of an external media server.";
    route.handler = [this](http::RequestContext& context, http::Responder respond) {
      handle(context, std::move(respond));
    };
    router.add(std::move(route));
  }
}

std::string MediaServers::page_policy(std::string policy) const {
  std::set<std::string> origins;
  for (const config::HookServer& server : servers_) {
    const size_t scheme = server.hls.find("://");
    if (scheme == std::string::npos) continue;  // under our own name, or not played at all
    origins.insert(server.hls.substr(0, server.hls.find_first_of("/?#;,", scheme + 3)));
  }
  for (const std::string_view rule : {"connect-src 'self'", "media-src 'self'"})
    for (const std::string& origin : origins)
      if (const size_t at = policy.find(rule); at != std::string::npos)
        policy.insert(at + rule.size(), " " + origin);
  return policy;
}

}  // namespace strims::hooks
