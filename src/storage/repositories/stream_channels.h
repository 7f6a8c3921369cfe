// Table `stream_channels`: the channels that people stream on, with their keys as hashes. All
// functions may block and belong on a lane. Errors are the driver's (storage/sql/database.h) unless
// said otherwise.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/stream.h"
#include "storage/sql/database.h"

namespace strims::storage {

struct NewChannel {
  std::string slug;
  UserId owner = 0;
  std::string title;
  std::string key_hash;  // secret_hash(key)
  TimeMs created_at = 0;
  size_t max_per_owner = 10;
};

// Errors: invalid/"bad_name", conflict/"taken", not_found/"notfound" (no such owner),
// conflict/"too_many_channels".
Result<Channel> create_stream_channel(sql::Connection& connection, const NewChannel& channel);

// Channels of deleted accounts are found too.
Result<std::optional<Channel>> find_stream_channel(sql::Connection& connection, ChannelId id);
Result<std::optional<Channel>> find_stream_channel_by_slug(sql::Connection& connection,
                                                           std::string_view slug);
Result<std::optional<Channel>> find_stream_channel_by_key(sql::Connection& connection,
                                                          std::string_view key_hash);
// The oldest first.
Result<std::vector<Channel>> stream_channels_of(sql::Connection& connection, UserId owner);
// By ascending id, `limit` 1..1000; the next page starts after the last id.
Result<std::vector<Channel>> list_stream_channels(sql::Connection& connection, ChannelId after = 0,
                                                  size_t limit = 200);

// The key that fits is another one from now on. Error: not_found/"channel".
Result<void> rotate_stream_key(sql::Connection& connection, ChannelId id, std::string_view key_hash,
                               TimeMs now);
// The hash of the key that fits, for those who must know whether it has changed. Error:
// not_found/"channel".
Result<std::string> stream_key_hash_of(sql::Connection& connection, ChannelId id);

// Changes the channel and, in title, category and tags, its broadcast that has not ended; returns
// the channel as it is then. Errors: invalid/"bad_metadata", not_found/"channel".
Result<Channel> update_stream_channel(sql::Connection& connection, ChannelId id,
                                      const ChannelUpdate& update);

}  // namespace strims::storage
