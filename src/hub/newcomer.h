// Who comes in: a socket that asked for an upgrade and was let through the door.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/cidr.h"
#include "http/connection_table.h"
#include "hub/settings.h"
#include "model/entry.h"
#include "model/user.h"
#include "net/socket.h"

namespace strims::hub {

// Who is behind a connection; none for guests.
struct Identity {
  UserPtr user;
  std::string access_id;  // the login (or login key) that ends with it
};

enum class Mode : uint8_t { chat, echo };

struct Newcomer {
  net::Socket socket;
  Flavour flavour = Flavour::dgg;
  Mode mode = Mode::chat;
  bool deflate = false;        // its messages may be compressed
  bool shared_window = false;  // and it keeps a window for ours
  bool gaps = false;           // it rather misses entries, and is told which, than is closed
  std::unique_ptr<Identity> identity;
  http::ConnectionTable::Lease lease;
  IpAddress address;
  std::string head;          // the 101, sent first
  std::string leftover;      // input that came with the request
  std::optional<Seq> since;  // the last entry that a returning client has
};

}  // namespace strims::hub
