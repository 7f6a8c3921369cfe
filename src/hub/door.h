// The door of the chat: from an HTTP upgrade request to a connection. Checks the Origin and the
// handshake on the shard, asks the database who it is on the db lane, then hands the socket to the
// shard's hub.
#pragma once

#include <string>
#include <vector>

#include "auth/authenticate.h"
#include "http/upgrade.h"
#include "hub/hub.h"
#include "proto/ws_handshake.h"

namespace strims::hub {

struct DoorOptions {
  // Origins that may connect besides the page's own host; exact, "https://www.example.org". "*"
  // allows all.
  std::vector<std::string> origins;
  std::string strims_cookie = "jwt";
  std::string channel = "main";  // the only channel: /ws/{channel}
};

class Door {
 public:
  // All outlive the door.
  Door(Hub& hub, DbLane& db, const auth::Authenticator& authenticator, const Clock& clock,
       DoorOptions options);

  // On the shard of the connection.
  void open(http::Upgrade upgrade, Flavour flavour);
  // The echo endpoint: the same connection class and limits, no chat, no identity.
  void open_echo(http::Upgrade upgrade);

 private:
  void note_address(sql::Connection& db, UserId user, const IpAddress& peer);
  void admit(http::Upgrade upgrade, Flavour flavour, proto::WsAccept accept,
             Result<std::optional<auth::Principal>> who);

  Hub& hub_;
  DbLane& db_;
  const auth::Authenticator& authenticator_;
  const Clock& clock_;
  const DoorOptions options_;
};

}  // namespace strims::hub
