// Everything that streams consist of, put together: the owner of the broadcasts on a lane of its
// own, the recorder, the publishers' listeners on every shard.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/id.h"
#include "chat/room_calls.h"
#include "config/schema.h"
#include "hooks/media_servers.h"
#include "ingest/publisher_server.h"
#include "net/lane.h"
#include "net/listener.h"
#include "net/shard.h"
#include "net/tls.h"
#include "storage/sql/database.h"
#include "stream/desk.h"
#include "stream/grant_keys.h"
#include "stream/ingest_url.h"
#include "stream/thumbnails.h"

namespace strims::app {

class Streams final : public stream::Desk {
 public:
  struct Parts {
    const config::Config& config;
    sql::Database& database;
    net::Shards& shards;
    const Clock& clock;
    IdSource& ids;
    chat::RoomCalls& room;
  };
  // Takes up what an earlier process left. Before the shards run.
  static Result<std::unique_ptr<Streams>> open(Parts parts);
  ~Streams() override;

  // Opens the listeners for publishers; `tls` for those of RTMPS. A default port that somebody else
  // has is a warning: the server is worth something without.
  Result<void> listen(const std::shared_ptr<net::TlsContext>& tls);
  // What external media servers ask, if there are any.
  void add_routes(http::Router& router);
  std::string page_policy(std::string policy) const;

  // An account's rights or bans are others now. Any thread.
  void account_changed(UserId account);

  // From now on nobody publishes, and what was begun is written; the shards still run. A broadcast
  // stays interrupted: its publisher may come back to the next process.
  void stop();

  bool run(Job job) override;
  const stream::Directory& directory() const override { return directory_; }
  std::shared_ptr<const stream::Grants> grants() const override { return grant_keys_->grants(); }
  const stream::Recorder& recorder() const override { return *recorder_; }
  const std::string& record_root() const override { return record_root_; }
  void looked_at(const std::string& slug) override;
  media::SharedBytes picture(const std::string& slug) const override;
  const std::string& rtmp_url() const override { return urls_.rtmp; }
  const std::string& rtmps_url() const override { return urls_.rtmps; }

 private:
  explicit Streams(Parts parts);
  Result<void> set_up();
  void connect_gate();
  void tick();
  void reload_keys();
  void hear_recorder(stream::Broadcasts& broadcasts, sql::Connection& db);
  void close_session(SessionId session, EndReason reason);
  Result<void> listen_on(const std::string& text, const std::shared_ptr<net::TlsContext>& tls);

  const Parts parts_;
  std::string record_root_;
  stream::IngestUrls urls_;
  std::unique_ptr<stream::GrantKeys> grant_keys_;
  MonoMs keys_read_at_ = 0;  // the lane's
  stream::Directory directory_;
  std::mutex recorded_mutex_;
  std::vector<stream::RecorderEvent> recorded_;  // what the owner has not heard yet; guarded by it
  // Stopped before anything below goes, and gone only behind it: some of that has threads that ask
  // it until their end.
  std::unique_ptr<net::ResourceLane<sql::Connection>> lane_;
  std::unique_ptr<stream::Broadcasts> broadcasts_;
  std::unique_ptr<stream::Recorder> recorder_;
  ingest::IngestShared ingest_;
  std::vector<std::unique_ptr<ingest::PublisherServer>> servers_;  // by shard
  std::vector<std::unique_ptr<net::Listener>> listeners_;          // each shard's, in turn
  std::unique_ptr<stream::Thumbnails> thumbnails_;                 // null: switched off
  std::unique_ptr<hooks::MediaServers> media_servers_;
  std::atomic<bool> tick_waits_ = false;
  std::atomic<bool> running_ = false;  // the shards do
  std::atomic<bool> stopping_ = false;
};

}  // namespace strims::app
