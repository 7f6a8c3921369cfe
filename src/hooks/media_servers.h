// The external media servers, put together: their hooks' routes, the ledger, the pollers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/hook_server.h"
#include "hooks/ledger.h"
#include "hooks/poller.h"
#include "http/router.h"
#include "http/step.h"
#include "stream/desk.h"

namespace strims::hooks {

class MediaServers {
 public:
  // `file`: where the list of accepted sessions is kept. `desk` outlives this.
  MediaServers(std::vector<config::HookServer> servers, std::string file, const Clock& clock,
               stream::Desk& desk);
  ~MediaServers();

  // The pollers begin. From then on the desk runs our jobs.
  void start();
  // The pollers have ended when it returns; hooks are still answered.
  void stop();

  // /hooks/{kind}/{server}/{secret}/{event}
  void add_routes(http::Router& router);
  // The policy for our pages, with leave for players to fetch from where those streams are.
  std::string page_policy(std::string policy) const;

  // On the desk's thread: a session is to end.
  void close_session(SessionId session) { ledger_.close(session); }

 private:
  class BroadcastStage;
  // Whose hook it is; nothing when the secret or the source is wrong.
  std::optional<size_t> server_of(const http::RequestContext& context) const;
  void handle(http::RequestContext& context, http::Responder respond);
  void listed(size_t server, Result<Snapshot> list, MonoMs asked_at);
  void after_change(size_t server);

  const std::vector<config::HookServer> servers_;
  const std::string file_;
  const Clock& clock_;
  stream::Desk& desk_;
  Ledger ledger_;  // of the desk's thread
  std::vector<std::unique_ptr<Poller>> pollers_;
};

}  // namespace strims::hooks
