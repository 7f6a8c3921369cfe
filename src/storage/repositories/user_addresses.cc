#include "storage/repositories/user_addresses.h"

#include <algorithm>

namespace strims::storage {

Result<void> record_address(sql::Connection& connection, UserId user, const IpAddress& address,
                            TimeMs now, int64_t fresh_ms) {
  // A proxy on this machine that tells nobody's address: everybody's at once.
  static const std::optional<IpAddress> kThisMachine[] = {IpAddress::parse("127.0.0.1"),
                                                          IpAddress::parse("::1")};
  if (std::ranges::find(kThisMachine, address) != std::end(kThisMachine)) return {};
  const std::string unit = address.ban_unit().to_string();
  STRIMS_TRY(const auto fresh, connection.query("SELECT 1 FROM user_addresses WHERE user_id = $1 "
                                                "AND address = $2 AND last_seen > $3",
                                                {user, unit, now - fresh_ms}));
  if (!fresh.empty()) return {};
  return sql::in_transaction(connection, [&]() -> Result<void> {
    STRIMS_CHECK_OK(connection.execute(
        "INSERT INTO user_addresses (user_id, address, last_seen) VALUES ($1, $2, $3) ON CONFLICT "
        "(user_id, address) DO UPDATE SET last_seen = excluded.last_seen",
        {user, unit, now}));
    STRIMS_CHECK_OK(connection.execute(
        "DELETE FROM user_addresses WHERE user_id = $1 AND address NOT IN (SELECT address FROM "
        "user_addresses WHERE user_id = $1 ORDER BY last_seen DESC, address LIMIT $2)",
        {user, int64_t{kAddressesPerUser}}));
    return {};
  });
}

Result<std::vector<IpAddress>> list_addresses(sql::Connection& connection, UserId user) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT address FROM user_addresses WHERE user_id = $1 ORDER BY "
                              "last_seen DESC, address LIMIT $2",
                              {user, int64_t{kAddressesPerUser}}));
  std::vector<IpAddress> addresses;
  for (const auto& row : rows)
    if (const auto address = IpAddress::parse(row.text(0))) addresses.push_back(*address);
  return addresses;
}

Result<bool> is_known_address(sql::Connection& connection, UserId user, const IpAddress& address) {
  const std::string unit = address.ban_unit().to_string();
  STRIMS_TRY(const auto rows,
             connection.query("SELECT 1 FROM user_addresses WHERE user_id = $1 AND address = $2",
                              {user, unit}));
  return !rows.empty();
}

Result<std::vector<UserId>> find_users_by_address(sql::Connection& connection,
                                                  const IpAddress& address, size_t limit) {
  const std::string unit = address.ban_unit().to_string();
  STRIMS_TRY(const auto rows,
             connection.query("SELECT user_id FROM user_addresses WHERE address = $1 ORDER BY "
                              "last_seen DESC, user_id LIMIT $2",
                              {unit, static_cast<int64_t>(limit)}));
  std::vector<UserId> users;
  for (const auto& row : rows) users.push_back(row.integer(0));
  return users;
}

}  // namespace strims::storage
