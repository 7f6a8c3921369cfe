// What the stream rows share: who may see what, and the shapes of streams and VODs
// (docs/STREAM.md).
#pragma once

#include <optional>
#include <string>

#include "api/call.h"
#include "api/dgg_fields.h"
#include "base/json_write.h"
#include "stream/desk.h"

namespace strims::api {

bool is_owner(const Call& call, const Channel& channel);  // or an administrator
// The rule of stream/watch_rights.h for the caller; no when the database does not answer.
bool may_watch(const Call& call, Visibility visibility, UserId owner);
// Whether he may hear that it exists: owner_only is hidden from everybody else.
bool may_know(const Call& call, Visibility visibility, UserId owner);
// The member "visibility". Errors: invalid/"invalid".
Result<std::optional<Visibility>> optional_visibility(const Json& body);

// Errors: not_found/"channel", also for a channel that the caller may not know of.
Result<stream::ChannelViewPtr> visible_channel(const Call& call, std::string_view slug);
// The same for a channel that is the caller's (of an administrator: any), named by the member
// "channel" or, without it, his only one. Errors also: forbidden/"nopermission",
// invalid/"which_channel".
Result<stream::ChannelViewPtr> own_channel(const Call& call, const Json& body);

// Lets in who asks under such an address. `prefix`: the channel's slug or the recording's id;
// `now`: who may look, nothing when there is nothing to look at. Who has no good address does not
// learn whether there is. Errors: those of stream::Grants::check, not_any_more(),
// not_found/"notfound".
Result<stream::Grant> admit(const Services& services, const http::RequestContext& context,
                            stream::GrantScope scope, std::string_view prefix,
                            std::optional<Visibility> now);
// Whether an address that was given is still good when this is who may look: one given while more
// people might is worth nothing any more.
bool grant_lasts(const stream::Grant& grant, Visibility now);
// What is answered at an address that was good: who has it may watch no longer.
Error not_any_more();
// A viewer by account or, without one (0), by address and browser, as the page's beacon and the
// player's own requests both know him: nobody counts twice.
stream::Watcher watcher_of(const http::RequestContext& context, stream::PlaybackId sid,
                           UserId account);

void write_ingest(JsonWriter& w, const stream::Desk& desk);
// What is true of a stream whoever asks, as members of the object that is open.
void write_stream_facts(JsonWriter& w, const stream::ChannelView& view);
// A stream as an object of its own.
void write_stream(JsonWriter& w, const Call& call, const stream::ChannelView& view);
void write_vod(JsonWriter& w, const Call& call, const Vod& vod);

// What is answered when the owner of the broadcasts has too much to do.
Error too_busy();

// Asks the owner of the broadcasts: `job` runs on his thread and its answer is sent. The handler
// returns what this returns.
using DeskWork =
    std::move_only_function<Result<proto::Response>(stream::Broadcasts&, sql::Connection&)>;
Answer ask_desk(Call& call, DeskWork work);

}  // namespace strims::api
