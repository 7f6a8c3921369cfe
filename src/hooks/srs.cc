// SRS: JSON, and what `action` says counts. Answers are 200 with a code; anything else refuses.
#include "base/json_read.h"
#include "hooks/dialect.h"
#include "proto/url.h"

namespace strims::hooks {
namespace {

std::string text(const Json& json, std::string_view name) {
  return std::string(json.find_string(name).value_or(""));
}

class Srs final : public Dialect {
 public:
  Result<Hook> parse(const HookRequest& request) const override {
    // on_hls_notify is a GET of an address without a session: it says nothing that on_hls does not.
    if (request.body.empty()) return Hook();
    const auto json = Json::parse(request.body);
    if (!json || !json->is_object()) return bad_hook("This is no hook of SRS.");
    const std::string action = text(*json, "action");
    Hook hook;
    if (action.empty()) return bad_hook("This is no hook of SRS.");
    if (action == "on_publish") {
      hook.what = Hook::What::publish;
    } else if (action == "on_hls") {
      hook.what = Hook::What::media;
    } else if (action == "on_unpublish" || action == "on_close") {
      hook.what = Hook::What::over;
    }
    if (hook.what == Hook::What::welcome) return hook;
    hook.session = text(*json, "client_id");
    hook.generation = text(*json, "service_id");
    if (hook.generation.empty()) return bad_hook("A hook does not say of which run of SRS it is.");
    if (action != "on_close") hook.path = text(*json, "app") + "/" + text(*json, "stream");
    hook.ask.query = text(*json, "param");
    return checked(std::move(hook));
  }

  proto::Response answer(bool allow) const override {
    return proto::Response::json(200, allow ? R"({"code":0})" : R"({"code":403})");
  }

  std::string list_target(int) const override { return "/api/v1/streams/?start=0&count=10000"; }

  Result<Snapshot> parse_list(std::string_view body, TimeMs) const override {
    const auto json = Json::parse(body);
    const Json* streams = json ? json->find("streams") : nullptr;
    Snapshot out;
    if (json) out.generation = text(*json, "service");
    if (streams == nullptr || !streams->is_array() || out.generation.empty())
      return bad_answer("This is not what the API of SRS says.");
    for (const Json& stream : streams->array()) {
      const Json* publish = stream.find("publish");
      const Json* active = publish ? publish->find("active") : nullptr;
      if (active == nullptr || !active->boolean().value_or(false)) continue;
      const Json* bytes = stream.find("recv_bytes");
      out.published.push_back({.path = text(stream, "app") + "/" + text(stream, "name"),
                               .session = text(*publish, "cid"),
                               .bytes = bytes ? bytes->integer().value_or(0) : 0});
    }
    return out;
  }

  Kick kick(std::string_view, std::string_view session, std::string_view) const override {
    return {"DELETE", "/api/v1/clients/" + proto::percent_encode(session)};
  }
};

}  // namespace

const Dialect& srs_dialect() {
  static const Srs dialect;
  return dialect;
}

}  // namespace strims::hooks
