// A person, as the whole program sees one. Plain data; copied between threads, never shared and
// mutable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace strims {

using UserId = int64_t;  // > 0; 0 means nobody (a guest, the system)

// Ordered by rank: nobody punishes an equal or a higher one.
enum class Role : uint8_t { user = 0, streamer = 1, moderator = 2, admin = 3 };

std::string_view to_string(Role role);  // "user", "streamer", "moderator", "admin"
std::optional<Role> parse_role(std::string_view word);

struct User {
  UserId id = 0;
  std::string nick;  // as displayed; [A-Za-z0-9_]{3,20}
  Role role = Role::user;
  std::vector<std::string> features;  // granted words: "protected", "vip", "bot", "flair13", ...
  std::vector<std::string> grants;    // site roles beyond the rank: "POLLS", "HOST"
  TimeMs created_at = 0;
  bool can_chat = true;
  bool deleted = false;

  // What clients see: granted features plus those that follow from role and subscription tier
  // ("admin", "moderator", "flair12" for streamers, "subscriber" with any tier flair). Sorted, no
  // doubles.
  std::vector<std::string> effective_features() const;
  // "USER", "SUBSCRIBER", "MODERATOR", "ADMIN" and the grants.
  std::vector<std::string> effective_roles() const;
  bool has_feature(std::string_view word) const;  // among the effective ones
  // Subscription tier 0..5: the highest of flair13, flair1, flair3, flair8, flair42.
  int tier() const;
  bool is_moderator() const;  // moderator or admin, or the "bot" feature (chat powers)
  bool is_admin() const { return role == Role::admin; }
  bool is_protected() const;  // admin or the "protected" feature
  bool is_bot() const;        // the "bot" feature: no throttle, no duplicate rule
};

using UserPtr = std::shared_ptr<const User>;

// Words that may be granted as features by an administrator: the named ones and flair1..flair64.
bool is_grantable_feature(std::string_view word);
bool is_grantable_site_role(std::string_view word);

}  // namespace strims
