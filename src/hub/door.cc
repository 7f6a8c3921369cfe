#include "hub/door.h"

#include "base/bytes.h"
#include "http/credentials.h"
#include "http/origin.h"
#include "http/problem.h"
#include "obs/log.h"
#include "proto/ws_handshake.h"
#include "storage/repositories/user_addresses.h"

namespace strims::hub {
namespace {

// Answers with plain HTTP and ends the connection. The answer is small enough for an empty socket
// buffer.
void refuse(http::Upgrade& upgrade, proto::Response response) {
  response.set("X-Request-Id", upgrade.request_id);
  const std::string bytes =
      proto::serialize(response, {.keep_alive = false, .date = system_clock().wall_ms()});
  (void)upgrade.socket.write(as_bytes(bytes));
  upgrade.socket.shutdown_write();
}

}  // namespace

Door::Door(Hub& hub, DbLane& db, const auth::Authenticator& authenticator, const Clock& clock,
           DoorOptions options)
    : hub_(hub),
      db_(db),
      authenticator_(authenticator),
      clock_(clock),
      options_(std::move(options)) {}

void Door::open(http::Upgrade upgrade, Flavour flavour) {
  const std::string_view channel = upgrade.path_params.get("channel");
  if (!channel.empty() && channel != options_.channel)
    return refuse(upgrade, http::problem(404, "not_found", "No such channel.", upgrade.request_id));
  if (!http::origin_allowed(upgrade.request, options_.origins))
    return refuse(upgrade,
                  http::problem(403, "origin", "This origin may not connect.", upgrade.request_id));
  auto accept = proto::accept_upgrade(
      upgrade.request,
      {.deflate = hub_.settings().deflate_in, .shared_window = hub_.settings().deflate_level > 0});
  if (!accept) return refuse(upgrade, proto::upgrade_refusal(accept.error()));
  if (hub_.draining())
    return refuse(upgrade, http::problem({Errc::unavailable, "unavailable",
                                          "The server is restarting.", 1000},
                                         upgrade.request_id));

  auto carried = http::credentials_of(upgrade.request, options_.strims_cookie);
  auth::Credentials credentials{std::move(carried.sid), std::move(carried.authtoken),
                                std::move(carried.bearer), std::move(carried.jwt)};
  if (!credentials.any())
    return admit(std::move(upgrade), flavour, std::move(*accept), std::nullopt);

  // The job may be refused, so it shares the upgrade instead of taking it.
  auto waiting = std::make_shared<http::Upgrade>(std::move(upgrade));
  const bool taken =
      db_.try_run([this, waiting, flavour, accept = std::move(*accept),
                   credentials = std::move(credentials)](Result<sql::Connection*> db) mutable {
        Result<std::optional<auth::Principal>> who = std::nullopt;
        if (!db) {
          who = std::unexpected(db.error());
        } else {
          who = authenticator_.authenticate(**db, credentials);
        }
        const UserId user = who && *who ? (*who)->user.id : 0;
        const IpAddress peer = waiting->peer;
        net::Reactor* reactor = waiting->reactor;
        const bool posted = reactor->post(
            [this, waiting, flavour, accept = std::move(accept), who = std::move(who)]() mutable {
              admit(std::move(*waiting), flavour, std::move(accept), std::move(who));
            });
        if (!posted) obs::log_warn("chat.upgrade_dropped", {{"reason", "mailbox full"}});
        if (user != 0) note_address(**db, user, peer);
      });
  if (!taken)
    refuse(*waiting,
           http::problem({Errc::unavailable, "unavailable", "Too many are connecting.", 1000},
                         waiting->request_id));
}

// Behind the answer: a locked database must not keep anybody out.
void Door::note_address(sql::Connection& db, UserId user, const IpAddress& peer) {
  const auto noted = storage::record_address(db, user, peer, clock_.wall_ms());
  if (!noted) obs::log_warn("chat.address_not_noted", {{"error", noted.error().detail}});
}

void Door::admit(http::Upgrade upgrade, Flavour flavour, proto::WsAccept accept,
                 Result<std::optional<auth::Principal>> who) {
  if (hub_.draining())
    return refuse(upgrade, http::problem({Errc::unavailable, "unavailable",
                                          "The server is restarting.", 1000},
                                         upgrade.request_id));
  if (!who) return refuse(upgrade, http::problem(who.error(), upgrade.request_id));
  std::optional<Seq> since;
  if (const auto text = upgrade.request.query_param("since")) since = parse_u64(*text);
  std::unique_ptr<Identity> identity;
  if (*who && flavour != Flavour::site) {
    identity = std::make_unique<Identity>();
    identity->access_id = (*who)->access_id();
    identity->user = std::make_shared<const User>(std::move((*who)->user));
  }
  hub_.shard(upgrade.shard)
      .adopt({.socket = std::move(upgrade.socket),
              .flavour = flavour,
              .deflate = accept.deflate,
              .shared_window = accept.shared_window,
              .gaps = flavour == Flavour::dgg && upgrade.request.query_param("gaps") == "1",
              .identity = std::move(identity),
              .lease = std::move(upgrade.lease),
              .address = upgrade.peer,
              .head = std::move(accept.head),
              .leftover = std::move(upgrade.leftover),
              .since = since});
}

void Door::open_echo(http::Upgrade upgrade) {
  auto accept = proto::accept_upgrade(upgrade.request, {.deflate = hub_.settings().deflate_in});
  if (!accept) return refuse(upgrade, proto::upgrade_refusal(accept.error()));
  hub_.shard(upgrade.shard)
      .adopt({.socket = std::move(upgrade.socket),
              .mode = Mode::echo,
              .deflate = accept->deflate,
              .lease = std::move(upgrade.lease),
              .address = upgrade.peer,
              .head = std::move(accept->head),
              .leftover = std::move(upgrade.leftover)});
}

}  // namespace strims::hub
