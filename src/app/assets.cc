#include "app/assets.h"

#include <fstream>
#include <iterator>
#include <memory>

#include "base/json_read.h"
#include "http/static_files.h"
#include "text/nick_rules.h"
#include "web/assets.h"

namespace strims::app {
namespace {

std::string built_in(std::string_view path) {
  const web::WebFile* file = web::find_file(path);
  return file ? std::string(file->bytes) : std::string("[]");
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Errc::not_found, "assets", "cannot read " + path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<std::vector<std::string>> emote_words(const std::string& json_text) {
  STRIMS_TRY(const Json json, Json::parse(json_text));
  if (!json.is_array()) return fail(Errc::invalid, "assets", "emotes.json must be a list");
  std::vector<std::string> words;
  for (const Json& emote : json.array()) {
    const auto prefix = emote.find_string("prefix");
    const Json* tier = emote.find("minimumSubTier");
    // The word goes into regular expressions and class names of clients, which hide emotes without
    // a tier.
    const bool plain =
        prefix && !prefix->empty() && std::all_of(prefix->begin(), prefix->end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        });
    if (!plain || !tier || !tier->integer())
      return fail(Errc::invalid, "assets",
                  "emotes.json: each emote needs a prefix of letters and digits and an integer "
                  "minimumSubTier");
    words.emplace_back(*prefix);
  }
  return words;
}

void add_get(http::Router& router, std::string pattern, http::RunOn run_on, http::Handler handler,
             bool public_cors, std::string summary) {
  http::Route route;
  route.method = "GET";
  route.pattern = std::move(pattern);
  route.run_on = run_on;
  route.handler = std::move(handler);
  route.public_cors = public_cors;
  route.summary = std::move(summary);
  router.add(std::move(route));
}

void add_folder(http::Router& router, const std::string& base,
                const std::shared_ptr<http::FileFolder>& folder) {
  add_get(
      router, base + "{name...}", http::RunOn::db_lane,
      [folder](http::RequestContext& context, http::Responder respond) {
        respond(folder->serve(context.request, context.param("name"), context.request_id));
      },
      true, "Files of the operator's emote folder.");
}

// Emotes and flairs also where a CDN would have them, the page also where the old site had its chat
// and where today's chat client leads people to log in.
std::vector<std::string> served_at(std::string_view path, bool cdn) {
  std::vector<std::string> paths{std::string(path)};
  if (cdn) paths.push_back("/cdn" + paths.front());
  if (path == "/") {
    for (const char* other :
         {"/c/{channel}", "/embed/chat", "/embed/onstreamchat", "/login", "/profile"})
      paths.emplace_back(other);
  }
  return paths;
}

}  // namespace

Result<Assets> add_assets(http::Router& router, const config::Config& config) {
  auto files = std::make_shared<http::StaticFiles>();
  const bool own_emotes = !config.assets.emotes_dir.empty();
  const bool own_flairs = !config.assets.flairs.empty();
  Assets assets{.emotes = {},
                .emotes_json = built_in("/emotes/emotes.json"),
                .flairs_json = built_in("/flairs/flairs.json")};
  if (own_flairs) {
    STRIMS_TRY(assets.flairs_json, read_file(config.assets.flairs));
    STRIMS_TRY(const Json flairs, Json::parse(assets.flairs_json));
    if (!flairs.is_array())
      return fail(Errc::invalid, "assets", "the flairs file must be a JSON list");
  }
  for (const web::WebFile& file : web::files()) {
    const bool emote = file.path.starts_with("/emotes/");
    const bool flair = file.path.starts_with("/flairs/");
    if (emote && own_emotes) continue;
    std::string_view bytes = file.bytes;
    std::string etag = file.etag;
    if (own_flairs && file.path == "/flairs/flairs.json") {
      static std::string own;  // as long as the program
      own = assets.flairs_json;
      bytes = own;
      etag = http::etag_of(own);
    }
    for (const std::string& path : served_at(file.path, emote || flair)) {
      files->add({.path = path,
                  .bytes = bytes,
                  .etag = etag,
                  .content_type = std::string(file.content_type)});
      add_get(
          router, path, http::RunOn::shard,
          [files, path](http::RequestContext& context, http::Responder respond) {
            respond(files->serve(context.request, path, context.request_id));
          },
          emote || flair, "A file of the page.");
    }
  }
  if (own_emotes) {
    STRIMS_TRY(assets.emotes_json, read_file(config.assets.emotes_dir + "/emotes.json"));
    STRIMS_TRY(auto folder, http::FileFolder::open(config.assets.emotes_dir));
    const std::shared_ptr<http::FileFolder> shared = std::move(folder);
    add_folder(router, "/emotes/", shared);
    add_folder(router, "/cdn/emotes/", shared);
  }
  STRIMS_TRY(assets.emotes, emote_words(assets.emotes_json));
  return assets;
}

}  // namespace strims::app
