#include "storage/repositories/nonces.h"

#include <algorithm>

namespace strims::storage {

Result<std::vector<KnownNonce>> read_nonces(sql::Connection& connection, ChannelId channel,
                                            TimeMs since, size_t limit) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT channel, actor_id, nonce, id, seq, at FROM entries "
                              "WHERE nonce <> '' AND at > $1 AND actor_id <> 0 "
                              "AND ($2 = 0 OR channel = $2) ORDER BY at DESC, id DESC LIMIT $3",
                              {since, channel, static_cast<int64_t>(limit)}));
  std::vector<KnownNonce> out;
  out.reserve(rows.size());
  for (const auto& row : rows)
    out.push_back({row.integer(0), row.integer(1), row.text(2), row.integer(3),
                   static_cast<Seq>(row.integer(4)), row.integer(5)});
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace strims::storage
