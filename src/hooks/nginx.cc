// nginx-rtmp (libnginx-mod-rtmp): forms, and what `call` says counts, not the address. What a
// publisher writes behind his name is appended to them as it is, so the first of a name counts.
#include <algorithm>

#include "base/bytes.h"
#include "hooks/dialect.h"
#include "hooks/xml_scan.h"
#include "proto/url.h"

namespace strims::hooks {
namespace {

class Nginx final : public Dialect {
 public:
  Result<Hook> parse(const HookRequest& request) const override {
    const std::string_view form = request.body.empty() ? request.query : request.body;
    const auto field = [form](std::string_view name) {
      return proto::query_value(form, name).value_or(std::string());
    };
    const std::string call = field("call");
    Hook hook;
    if (call.empty()) return bad_hook("This is no hook of nginx-rtmp.");
    if (call == "publish") {
      hook.what = Hook::What::publish;
    } else if (call == "update_publish") {
      // It comes with or without media; the time stamp is that of the last message.
      const auto stamp = parse_u64(field("timestamp"));
      if (stamp && *stamp > 0) hook.what = Hook::What::media;
    } else if (call == "publish_done" || call == "done" || call == "disconnect") {
      hook.what = Hook::What::over;
    }
    if (hook.what == Hook::What::welcome) return hook;
    hook.session = field("clientid");
    if (call != "disconnect") hook.path = field("app") + "/" + field("name");
    if (const auto key = proto::query_value(form, "key")) hook.ask.query = "key=" + *key;
    return checked(std::move(hook));
  }

  proto::Response answer(bool allow) const override {
    return proto::Response::empty(allow ? 204 : 403);
  }

  std::string list_target(int) const override { return "/stat"; }

  Result<Snapshot> parse_list(std::string_view body, TimeMs wall) const override {
    Snapshot out;
    std::string pid, uptime, app;
    Seen stream, client;
    bool publishing = false, active = false, whole = false;
    XmlScan scan(body);
    while (const auto piece = scan.next()) {
      const auto& open = scan.open();
      const size_t depth = open.size();
      const auto in = [&](std::string_view parent, std::string_view name) {
        return depth >= 2 && open[depth - 2] == parent && open[depth - 1] == name;
      };
      if (piece->kind == XmlScan::Kind::text) {
        if (in("rtmp", "pid")) pid = piece->word;
        if (in("rtmp", "uptime")) uptime = piece->word;
        if (in("application", "name")) app = xml_text(piece->word);
        if (in("stream", "name")) stream.path = app + "/" + xml_text(piece->word);
        if (in("stream", "bytes_in"))
          stream.bytes = static_cast<int64_t>(
              std::min<uint64_t>(parse_u64(piece->word).value_or(0), INT64_MAX));
        if (in("client", "id")) client.session = piece->word;
      } else if (piece->kind == XmlScan::Kind::open) {
        if (piece->word == "stream") {
          stream = Seen();
          publishing = false;
        }
        if (piece->word == "client") client = Seen();
        if (in("client", "publishing")) publishing = true;
        if (in("client", "active")) active = true;
      } else if (piece->word == "client") {
        if (std::exchange(publishing, false) && active) stream.session = client.session;
        active = false;
      } else if (piece->word == "stream") {
        if (!stream.session.empty()) out.published.push_back(std::move(stream));
        stream = Seen();
      } else if (piece->word == "rtmp") {
        whole = true;
      }
    }
    const auto seconds = parse_u64(uptime);
    const bool numbered = parse_u64(pid).has_value();
    if (scan.failed() || !whole || !numbered || !seconds || *seconds > 1'000'000'000)
      return bad_answer("This is not what rtmp_stat says.");
    // The number of a process may come again.
    out.generation =
        pid + "@" +
        std::to_string(std::max<TimeMs>(wall - static_cast<TimeMs>(*seconds * 1'000), 0));
    return out;
  }

  Kick kick(std::string_view path, std::string_view session, std::string_view) const override {
    const std::string_view slug = slug_of(path);
    const std::string_view app = path.substr(0, path.size() - slug.size() - (slug == path ? 0 : 1));
    return {"GET", "/control/drop/publisher?app=" + proto::percent_encode(app) + "&name=" +
                       proto::percent_encode(slug) + "&clientid=" + proto::percent_encode(session)};
  }
};

}  // namespace

const Dialect& nginx_dialect() {
  static const Nginx dialect;
  return dialect;
}

}  // namespace strims::hooks
