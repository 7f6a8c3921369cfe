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

// "Subscribers" are users with a tier; owner, staff and administrators see everything.
bool is_owner(const Call& call, const Channel& channel);  // or an administrator
bool may_watch(const Call& call, Visibility visibility, UserId owner);

// Errors: not_found/"channel", also for a channel that the caller may not know of.
Result<stream::ChannelViewPtr> visible_channel(const Call& call, std::string_view slug);
// The same for a channel that is the caller's (of an administrator: any), named by the member
// "channel" or, without it, his only one. Errors also: forbidden/"nopermission",
// invalid/"which_channel".
Result<stream::ChannelViewPtr> own_channel(const Call& call, const Json& body);

// An address under which the caller may play it, with a session of his own. Empty: he may not, or
// there is nothing to play.
std::string live_address(const Call& call, const stream::ChannelView& view);
std::string vod_address(const Call& call, const Vod& vod);

// What those addresses carry of who may look. One that was given while more people might is worth
// nothing any more.
uint8_t grant_flags(Visibility visibility);
bool grant_lasts(const stream::Grant& grant, Visibility now);

void write_ingest(JsonWriter& w, const stream::Desk& desk);
// A stream as an object of its own.
void write_stream(JsonWriter& w, const Call& call, const stream::ChannelView& view);
void write_vod(JsonWriter& w, const Call& call, const Vod& vod);

// Asks the owner of the broadcasts: `job` runs on his thread and its answer is sent. The handler
// returns what this returns.
using DeskWork =
    std::move_only_function<Result<proto::Response>(stream::Broadcasts&, sql::Connection&)>;
Answer ask_desk(Call& call, DeskWork work);

}  // namespace strims::api
