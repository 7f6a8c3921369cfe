#include "ingest/publisher_server.h"

#include <utility>

#include "ingest/publisher.h"
#include "obs/log.h"
#include "obs/metric.h"

namespace strims::ingest {
namespace {

constexpr int64_t kTickMs = 500;
// Media comes in some seventy small pieces a second, and nobody sees a part before half a second of
// them is there. Read together, those of all publishers cost half as much
// (bench/results/streams.md), and a part is so much later at most.
constexpr int64_t kPaceMs = 50;

obs::Counter& refused(const char* reason) {
  return obs::counter("strims_ingest_refused_total", "Publishers that were not let in.",
                      {{"reason", reason}});
}

}  // namespace

PublisherServer::PublisherServer(net::Reactor& reactor, IngestShared& shared)
    : reactor_(reactor), shared_(shared), link_(std::make_shared<Link>()) {
  link_->server = this;
  reactor_.at_next(kTickMs, [link = link_] {
    if (link->server) link->server->tick();
  });
}

PublisherServer::~PublisherServer() {
  link_->server = nullptr;
  shared_.connections -= publishers_.size();
}

void PublisherServer::accept(net::Accepted accepted, const std::shared_ptr<net::TlsContext>& tls) {
  if (shared_.wrong_keys.blocks(accepted.peer, reactor_.now())) {
    refused("wrong_keys").inc();
    return;
  }
  auto place = shared_.strangers.enter(accepted.peer);
  if (!place) {
    refused("too_many_of_address").inc();
    return;
  }
  if (shared_.connections.fetch_add(1) >= shared_.limits.max_publishers) {
    --shared_.connections;
    refused("too_many").inc();
    return;
  }
  net::Socket socket = tls ? tls->accept(std::move(accepted.socket)) : std::move(accepted.socket);
  const uint64_t id = ++last_id_;
  auto made =
      std::make_unique<Publisher>(*this, id, std::move(socket), accepted.peer, std::move(*place));
  Publisher& publisher = *made;
  publishers_[id] = std::move(made);
  publisher.start();
}

void PublisherServer::asked(uint64_t id, stream::PublishAsk ask) {
  shared_.gate.publish(
      std::move(ask), [link = link_, reactor = &reactor_, id,
                       gate = &shared_.gate](Result<stream::Admission> answer) mutable {
        const ChannelId channel = answer ? answer->channel : 0;
        const SessionId session = answer ? answer->session : 0;
        const bool posted =
            reactor->post([link = std::move(link), id, answer = std::move(answer), gate]() mutable {
              Publisher* publisher = link->server ? link->server->find(id) : nullptr;
              if (publisher) return publisher->answered(std::move(answer));
              // It went away while it was asked about.
              if (answer) gate->over(answer->channel, answer->session, stream::Loss::lost);
            });
        if (!posted && session != 0) gate->over(channel, session, stream::Loss::lost);
      });
}

Publisher* PublisherServer::find(uint64_t id) {
  const auto it = publishers_.find(id);
  return it == publishers_.end() ? nullptr : it->second.get();
}

void PublisherServer::close_session(SessionId session, EndReason reason) {
  for (const auto& [id, publisher] : publishers_)
    if (publisher->session() == session) return publisher->throw_out(reason);
}

// Who is removed meanwhile is buried until the end of the turn.
template <class F>
void PublisherServer::for_each(F&& f) {
  round_.clear();
  for (const auto& [id, publisher] : publishers_) round_.push_back(publisher.get());
  for (Publisher* publisher : round_) f(*publisher);
}

void PublisherServer::close_all() {
  for_each([](Publisher& publisher) { publisher.cut(stream::Loss::lost); });
}

void PublisherServer::start_pace() {
  if (std::exchange(paces_, true)) return;
  reactor_.at_next(kPaceMs, [link = link_] {
    if (link->server) link->server->pace();
  });
}

void PublisherServer::pace() {
  paces_ = false;
  for_each([this](Publisher& publisher) {
    if (publisher.read_in_pace()) start_pace();
  });
}

void PublisherServer::tick() {
  for_each([now = reactor_.now()](Publisher& publisher) { publisher.check_time(now); });
  reactor_.at_next(kTickMs, [link = link_] {
    if (link->server) link->server->tick();
  });
}

void PublisherServer::remove(uint64_t id) {
  const auto it = publishers_.find(id);
  if (it == publishers_.end()) return;
  --shared_.connections;
  reactor_.bury(std::move(it->second));
  publishers_.erase(it);
}

}  // namespace strims::ingest
