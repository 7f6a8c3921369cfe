#include "api/moderation_record.h"

#include "storage/repositories/moderation.h"

namespace strims::api {

Result<void> record_act(const Call& call, std::string_view action, const User& target,
                        std::string detail) {
  storage::ModerationRecord record;
  record.id = call.services.ids.next();
  record.at = call.services.clock.wall_ms();
  record.actor_id = call.user().id;
  record.actor_nick = call.user().nick;
  record.action = action;
  record.target_id = target.id;
  record.target_nick = target.nick;
  record.detail = std::move(detail);
  return storage::log_moderation(call.db, record);
}

}  // namespace strims::api
