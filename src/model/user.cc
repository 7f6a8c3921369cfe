#include "model/user.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace strims {
namespace {

constexpr std::array<std::string_view, 4> kRoleWords = {"user", "streamer", "moderator", "admin"};
// Flair of subscription tier 1..5 (chat-websocket 10.1).
constexpr std::array<std::string_view, 5> kTierFlairs = {"flair13", "flair1", "flair3", "flair8",
                                                         "flair42"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kFeatureRoles = {
    {{"protected", "PROTECTED"}, {"vip", "VIP"}, {"bot", "BOT"}}};

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::string_view to_string(Role role) {
  return kRoleWords[static_cast<size_t>(role)];
}

std::optional<Role> parse_role(std::string_view word) {
  for (size_t i = 0; i < kRoleWords.size(); ++i)
    if (kRoleWords[i] == word) return static_cast<Role>(i);
  return std::nullopt;
}

std::vector<std::string> User::effective_features() const {
  std::vector<std::string> out = features;
  if (role == Role::admin) out.emplace_back("admin");
  if (role == Role::moderator) out.emplace_back("moderator");
  if (role == Role::streamer) out.emplace_back("flair12");
  if (tier() > 0) out.emplace_back("subscriber");
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::string> User::effective_roles() const {
  std::vector<std::string> out = {"USER"};
  if (has_feature("subscriber")) out.emplace_back("SUBSCRIBER");
  if (role >= Role::moderator) out.emplace_back("MODERATOR");
  if (role == Role::admin) out.emplace_back("ADMIN");
  // The newest web clients look for these powers here and no longer among the features.
  for (const auto& [feature, word] : kFeatureRoles)
    if (contains(features, feature)) out.emplace_back(word);
  for (const auto& grant : grants)
    if (!contains(out, grant)) out.push_back(grant);
  return out;
}

bool User::has_feature(std::string_view word) const {
  if (contains(features, word)) return true;
  if (word == "admin") return role == Role::admin;
  if (word == "moderator") return role == Role::moderator;
  if (word == "flair12") return role == Role::streamer;
  if (word == "subscriber") return tier() > 0;
  return false;
}

int User::tier() const {
  for (size_t i = kTierFlairs.size(); i > 0; --i)
    if (contains(features, kTierFlairs[i - 1])) return static_cast<int>(i);
  return 0;
}

bool User::is_moderator() const {
  return role >= Role::moderator || is_bot();
}
bool User::is_protected() const {
  return role == Role::admin || contains(features, "protected");
}
bool User::is_bot() const {
  return contains(features, "bot");
}

bool is_grantable_feature(std::string_view word) {
  static constexpr std::array<std::string_view, 4> kNamed = {"protected", "vip", "bot",
                                                             "subscriber"};
  if (std::find(kNamed.begin(), kNamed.end(), word) != kNamed.end()) return true;
  if (!word.starts_with("flair")) return false;
  const auto number = word.substr(5);
  const auto n = parse_u64(number);
  return n && *n >= 1 && *n <= 64 && number.front() != '0';
}

bool is_grantable_site_role(std::string_view word) {
  static constexpr std::array<std::string_view, 4> kWords = {"POLLS", "HOST", "EMOTES", "FLAIRS"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace strims
