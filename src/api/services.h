// What handlers stand on. Made once at start, shared by all lane threads; everything in it outlives
// the handlers.
#pragma once

#include <string>
#include <vector>

#include "auth/authenticate.h"
#include "auth/login_service.h"
#include "auth/signing_keys.h"
#include "base/clock.h"
#include "base/id.h"
#include "chat/room_calls.h"
#include "config/schema.h"
#include "obs/health.h"
#include "storage/repositories/whispers.h"
#include "stream/desk.h"

namespace strims::api {

struct Services {
  const config::Config& config;
  const Clock& clock;
  IdSource& ids;
  auth::Accounts& accounts;
  const auth::Authenticator& authenticator;
  const auth::SigningKeys& keys;
  chat::RoomCalls& room;
  obs::Health& health;
  ChannelId channel = 1;
  std::string channel_slug = "main";
  storage::WhisperLimits whispers;
  std::vector<std::string> emotes;  // their words
  std::string flairs_json;          // as served
  std::string emotes_json;
  stream::Desk* streams =
      nullptr;  // null: a server without streams, and their endpoints are absent
};

}  // namespace strims::api
