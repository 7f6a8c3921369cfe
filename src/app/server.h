// The composition root: everything the program consists of, made in order, ended in reverse.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/call.h"
#include "api/services.h"
#include "app/assets.h"
#include "app/data_lock.h"
#include "app/streams.h"
#include "auth/authenticate.h"
#include "auth/login_service.h"
#include "base/id.h"
#include "config/schema.h"
#include "http/server.h"
#include "hub/door.h"
#include "hub/hub.h"
#include "journal/journal.h"
#include "net/listener.h"
#include "net/shard.h"
#include "net/signals.h"
#include "net/tls.h"
#include "obs/metric.h"

namespace strims::app {

class Server {
 public:
  // Opens the database, restores the room, listens. Errors say what the operator can do.
  static Result<std::unique_ptr<Server>> start(config::Config config);
  ~Server();

  // "http://127.0.0.1:8080/" of the first listener.
  std::string url() const;
  // Serves until SIGTERM or SIGINT, then drains; the exit status: 0 when everything accepted is
  // stored.
  int run();

 private:
  explicit Server(config::Config config);
  Result<void> open_storage();
  Result<void> open_auth();
  void open_hub();
  Result<void> restore_room();
  Result<void> open_streams();
  Result<void> open_http();
  void add_routes();
  Result<void> listen();
  Result<void> listen_on(const std::string& endpoint, const http::ListenerProfile& profile);
  void on_signal(int signal);
  void reload();
  int stop();

  config::Config config_;
  const Clock& clock_;
  IdSource ids_;
  DataLock lock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<hub::DbLane> db_lane_;
  std::unique_ptr<hub::DbLane> auth_lane_;
  std::unique_ptr<auth::SigningKeys> keys_;
  std::unique_ptr<auth::Accounts> accounts_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<net::Shards> shards_;
  http::Router router_;
  Assets assets_;
  std::unique_ptr<hub::Hub> hub_;
  std::unique_ptr<Streams> streams_;
  std::unique_ptr<hub::Door> door_;
  std::unique_ptr<api::Services> services_;
  std::unique_ptr<api::Api> api_;
  http::ServerShared shared_;
  std::shared_ptr<net::TlsContext> tls_;
  std::vector<std::unique_ptr<http::ListenerProfile>> profiles_;
  std::vector<std::unique_ptr<http::ShardServer>> servers_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::string url_;
  net::Reactor main_;  // signals and housekeeping, on the thread of run()
  std::unique_ptr<net::SignalWatch> signals_;
  std::vector<obs::SampledGauge> gauges_;
};

}  // namespace strims::app
