// MediaMTX asks with JSON who may do what ("auth"); that something is there or not any more come
// from commands, which send forms with curl (docs/HOOKS.md): id, type, path, query, in this order,
// and the first of a name counts.
#include <algorithm>
#include <array>

#include "base/json_read.h"
#include "hooks/dialect.h"
#include "proto/url.h"
#include "stream/stream_key.h"

namespace strims::hooks {
namespace {

// A session's kind, as its API names the list of them.
std::string door_of(std::string_view type) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kDoors = {
      {{"rtmp", "rtmpconns"},
       {"rtmps", "rtmpsconns"},
       {"srt", "srtconns"},
       {"rtsp", "rtspsessions"},
       {"rtsps", "rtspssessions"},
       {"webrtc", "webrtcsessions"},
       {"rtmpConn", "rtmpconns"},
       {"rtmpsConn", "rtmpsconns"},
       {"srtConn", "srtconns"},
       {"rtspSession", "rtspsessions"},
       {"rtspsSession", "rtspssessions"},
       {"webRTCSession", "webrtcsessions"}}};
  for (const auto& [word, door] : kDoors)
    if (word == type) return std::string(door);
  return {};
}

class MediaMtx final : public Dialect {
 public:
  Result<Hook> parse(const HookRequest& request) const override {
    if (request.event == "auth") return parse_auth(request.body);
    Hook hook;
    if (request.event == "available") {
      hook.what = Hook::What::media;
    } else if (request.event == "unavailable") {
      hook.what = Hook::What::over;
    } else {
      return bad_hook("The hooks of MediaMTX are auth, available and unavailable.");
    }
    const std::string_view form = request.body.empty() ? request.query : request.body;
    const auto field = [form](std::string_view name) {
      return proto::query_value(form, name).value_or(std::string());
    };
    hook.session = field("id");
    hook.path = field("path");
    hook.door = door_of(field("type"));
    hook.ask.query = field("query");
    return checked(std::move(hook));
  }

  proto::Response answer(bool allow) const override {
    // An RTSP client comes without credentials first and is to be asked for them.
    return proto::Response::empty(allow ? 204 : 401);
  }

  std::string list_target(int page) const override {
    return "/v3/paths/list?itemsPerPage=500&page=" + std::to_string(page);
  }

  Result<Snapshot> parse_list(std::string_view body, TimeMs) const override {
    const auto json = Json::parse(body);
    const Json* items = json ? json->find("items") : nullptr;
    if (items == nullptr) return bad_answer("This is not what the API of MediaMTX says.");
    Snapshot out;
    // Its sessions' ids never come again, so a restart needs no name: what is not there is gone.
    out.generation = "-";
    const auto integer = [](const Json& of, std::string_view name) {
      const Json* value = of.find(name);
      return value ? value->integer().value_or(0) : 0;
    };
    const auto is_set = [](const Json& of, std::string_view name) {
      const Json* value = of.find(name);
      return value && value->boolean().value_or(false);
    };
    out.pages = static_cast<int>(std::clamp<int64_t>(integer(*json, "pageCount"), 1, 100));
    for (const Json& item : items->array()) {
      const Json* source = item.find("source");
      if (source == nullptr || !source->is_object()) continue;
      out.published.push_back(
          {.path = std::string(item.find_string("name").value_or("")),
           .session = std::string(source->find_string("id").value_or("")),
           .door = door_of(source->find_string("type").value_or("")),
           .bytes = integer(item, "inboundBytes") + integer(item, "bytesReceived"),
           .ready = is_set(item, "available") || is_set(item, "ready")});
    }
    return out;
  }

  Kick kick(std::string_view, std::string_view session, std::string_view door) const override {
    return {"POST", "/v3/" + std::string(door.empty() ? "rtmpconns" : door) + "/kick/" +
                        proto::percent_encode(session)};
  }

 private:
  static Result<Hook> parse_auth(std::string_view body) {
    const auto json = Json::parse(body);
    if (!json || !json->is_object()) return bad_hook("This is no hook of MediaMTX.");
    const auto text = [&json](std::string_view name) {
      return std::string(json->find_string(name).value_or(""));
    };
    const std::string action = text("action");
    Hook hook;
    if (action.empty()) return bad_hook("This is no hook of MediaMTX.");
    // Who may watch was decided where the address was given; its own API is not our business.
    if (action == "read") return hook;
    hook.what = action == "publish" ? Hook::What::publish : Hook::What::refused;
    if (hook.what == Hook::What::refused) return hook;
    hook.session = text("id");
    hook.path = text("path");
    hook.door = door_of(text("protocol"));
    hook.ask.query = text("query");
    // The key stands in the query, or where the program has a place for a secret.
    for (const char* place : {"password", "token"})
      if (const std::string word = text(place); stream::is_stream_key(word))
        hook.ask.query = "key=" + word;
    if (hook.session.empty()) {
      // `available` tells the session and brings the key.
      hook.what = Hook::What::check;
      hook.session = "-";
    }
    return checked(std::move(hook));
  }
};

}  // namespace

const Dialect& mediamtx_dialect() {
  static const MediaMtx dialect;
  return dialect;
}

}  // namespace strims::hooks
