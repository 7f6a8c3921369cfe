#include <cstdio>

#include "app/commands.h"
#include "app/office.h"
#include "base/secret_hash.h"
#include "storage/repositories/stream_channels.h"
#include "storage/repositories/users.h"
#include "stream/ingest_url.h"
#include "stream/stream_key.h"

namespace strims::app {
namespace {

// In the order and the words of a publisher's program.
void print_key(const config::Config& config, const std::string& key) {
  const auto urls = stream::ingest_urls(config.stream, stream::ingest_host(config));
  if (!urls.rtmp.empty()) std::printf("server:     %s\n", urls.rtmp.c_str());
  if (!urls.rtmps.empty()) std::printf("or:         %s\n", urls.rtmps.c_str());
  std::printf("stream key: %s\n", key.c_str());
  std::puts("The key is shown only now; whoever has it streams on this channel.");
}

Result<Channel> create(Office& office, const ChannelCreate& request, const std::string& key) {
  STRIMS_TRY(const auto owner, storage::find_user_by_nick(*office.connection, request.owner));
  if (!owner || owner->deleted)
    return fail(Errc::not_found, "notfound", "there is no account named " + request.owner);
  storage::NewChannel channel{
      .slug = request.name,
      .owner = owner->id,
      .title = request.title,
      .key_hash = secret_hash(key),
      .created_at = system_clock().wall_ms(),
      .max_per_owner = static_cast<size_t>(office.config.stream.channels_per_owner)};
  STRIMS_TRY(Channel made, storage::create_stream_channel(*office.connection, channel));
  // Whom the operator gives a channel is to stream on it.
  if (owner->role < Role::streamer) {
    STRIMS_CHECK_OK(storage::set_rights(*office.connection, owner->id, {.role = Role::streamer},
                                        channel.created_at));
    std::printf("%s is a streamer now\n", owner->nick.c_str());
  }
  return made;
}

Result<void> rotate(Office& office, const std::string& name, const std::string& key) {
  STRIMS_TRY(const auto channel, storage::find_stream_channel_by_slug(*office.connection, name));
  if (!channel) return fail(Errc::not_found, "channel", "there is no channel named " + name);
  return storage::rotate_stream_key(*office.connection, channel->id, secret_hash(key),
                                    system_clock().wall_ms());
}

}  // namespace

int channel_create(const CommonOptions& options, const ChannelCreate& request) {
  auto office = open_office(options);
  if (!office) return complain(office.error());
  const std::string key = stream::make_stream_key();
  const auto made = create(*office, request, key);
  if (!made) return complain(made.error());
  std::printf("created %s (id %lld) of %s\n", made->slug.c_str(), static_cast<long long>(made->id),
              made->owner_nick.c_str());
  print_key(office->config, key);
  return 0;
}

int channel_rotate_key(const CommonOptions& options, const std::string& name) {
  auto office = open_office(options);
  if (!office) return complain(office.error());
  const std::string key = stream::make_stream_key();
  if (const auto rotated = rotate(*office, name, key); !rotated) return complain(rotated.error());
  std::printf("%s has a new key\n", name.c_str());
  print_key(office->config, key);
  std::puts("A publisher who is connected stays so; POST /stream/key/rotate throws him out.");
  return 0;
}

int channel_list(const CommonOptions& options) {
  auto office = open_office(options);
  if (!office) return complain(office.error());
  ChannelId after = 0;
  while (true) {
    const auto page = storage::list_stream_channels(*office->connection, after);
    if (!page) return complain(page.error());
    if (page->empty()) return 0;
    for (const Channel& channel : *page) {
      std::printf("%lld\t%s\t%s\t%s\t%s\n", static_cast<long long>(channel.id),
                  channel.slug.c_str(), channel.owner_nick.c_str(),
                  std::string(to_string(channel.visibility)).c_str(),
                  format_rfc3339(channel.created_at).c_str());
      after = channel.id;
    }
  }
}

}  // namespace strims::app
