#include "web/assets.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "base/json_read.h"

namespace strims::web {
namespace {

std::string text_of(std::string_view path) {
  const WebFile* file = find_file(path);
  return file ? std::string(file->bytes) : std::string();
}

std::set<std::string> all_matches(const std::string& text, const std::string& pattern) {
  std::set<std::string> found;
  const std::regex regex(pattern);
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it)
    found.insert((*it)[1]);
  return found;
}

TEST(Assets, ServesThePageAtTheRoot) {
  const WebFile* page = find_file("/");
  ASSERT_NE(page, nullptr);
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(page->bytes.starts_with("<!doctype html>"));
  EXPECT_EQ(find_file("/index.html"), nullptr);
  EXPECT_EQ(find_file("/assets.h"), nullptr);
}

TEST(Assets, KnowsEveryTypeAndSortsByPath) {
  std::string_view last;
  for (const WebFile& file : files()) {
    EXPECT_LT(last, file.path);
    EXPECT_NE(file.content_type, "application/octet-stream") << file.path;
    EXPECT_FALSE(file.bytes.empty()) << file.path;
    last = file.path;
  }
}

TEST(Assets, TagsAreStrongAndDifferByContent) {
  std::set<std::string> tags;
  for (const WebFile& file : files()) {
    EXPECT_TRUE(std::regex_match(file.etag, std::regex("\"[0-9A-Za-z-]+\""))) << file.path;
    EXPECT_TRUE(tags.insert(file.etag).second) << file.path;
  }
}

TEST(Assets, EverythingThePageAsksForExists) {
  const std::string page = text_of("/");
  const auto wanted = all_matches(page, R"re((?:href|src)="(/[^"#?]*))re");
  EXPECT_GE(wanted.size(), 8u);
  for (const std::string& path : wanted) EXPECT_NE(find_file(path), nullptr) << path;
  // Icons come from the sprite inside the page.
  for (const std::string& id : all_matches(page, R"re(href="#(i-[a-z]+)")re"))
    EXPECT_NE(page.find("id=\"" + id + "\""), std::string::npos) << id;
}

TEST(Assets, EveryImportedModuleExists) {
  for (const WebFile& file : files()) {
    if (!file.path.ends_with(".js")) continue;
    const std::filesystem::path folder = std::filesystem::path(file.path).parent_path();
    for (const std::string& name :
         all_matches(std::string(file.bytes), R"re(from '(\.{1,2}/[^']+)')re")) {
      const std::string path = (folder / name).lexically_normal().string();
      EXPECT_NE(find_file(path), nullptr) << file.path << " imports " << name;
    }
  }
}

// It comes from npm at build time; without npm there is a note in its place.
TEST(Assets, ThePlayersLibraryHasAPlaceAndALicense) {
  for (const char* name : {"hls.light.min.mjs", "hls.worker.js", "hls.license.txt"})
    EXPECT_NE(find_file(std::string("/app/vendor/") + name), nullptr) << name;
}

// The policy the server sends allows neither (default-src 'self').
TEST(Assets, ThePageHasNoInlineScriptOrStyle) {
  const std::string page = text_of("/");
  EXPECT_FALSE(std::regex_search(page, std::regex(R"(<script(?![^>]*\ssrc=))")));
  EXPECT_FALSE(std::regex_search(page, std::regex(R"(<style|\sstyle="|\son[a-z]+=")")));
}

TEST(Assets, EveryIdThatTheModulesNeedIsInThePage) {
  const std::string page = text_of("/");
  for (const WebFile& file : files()) {
    if (!file.path.ends_with(".js")) continue;
    for (const std::string& id : all_matches(std::string(file.bytes), R"re(byId\('([a-z-]+)'\))re"))
      EXPECT_NE(page.find("id=\"" + id + "\""), std::string::npos) << file.path << " wants #" << id;
  }
}

void expect_catalogue(std::string_view json_path, std::string_view css_path,
                      std::string_view name_key, std::string_view css_class) {
  const auto json = Json::parse(text_of(json_path));
  ASSERT_TRUE(json);
  ASSERT_TRUE(json->is_array());
  const std::string css = text_of(css_path);
  std::set<std::string> names;
  for (const Json& item : json->array()) {
    const std::string name(item.find(name_key)->string().value_or(""));
    EXPECT_TRUE(std::regex_match(name, std::regex("[A-Za-z0-9]+"))) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_NE(css.find("." + std::string(css_class) + "." + name + " {"), std::string::npos)
        << name;
    for (const Json& image : item.find("image")->array()) {
      const auto url = image.find("url")->string();
      ASSERT_TRUE(url);
      const WebFile* file = find_file(*url);
      ASSERT_NE(file, nullptr) << *url;
      EXPECT_EQ(file->content_type, image.find("mime")->string().value_or(""));
    }
  }
}

TEST(Assets, EmotesHaveAPictureAndAClass) {
  expect_catalogue("/emotes/emotes.json", "/emotes/emotes.css", "prefix", "emote");
  const auto json = Json::parse(text_of("/emotes/emotes.json"));
  for (const Json& emote : json->array()) {
    EXPECT_TRUE(emote.find("minimumSubTier")->integer());
    // Any true here breaks the emote menu of the destiny.gg client.
    EXPECT_EQ(emote.find("twitch")->boolean(), false);
  }
}

TEST(Assets, FlairsHaveAPictureAndAClass) {
  expect_catalogue("/flairs/flairs.json", "/flairs/flairs.css", "name", "flair");
}

// A pin by somebody without a listed flair breaks the destiny.gg client.
TEST(Assets, FlairsCoverTheFeaturesInUse) {
  const std::string json = text_of("/flairs/flairs.json");
  for (const char* name :
       {"protected", "subscriber", "vip", "moderator", "admin", "bot", "flair42"})
    EXPECT_NE(json.find("\"name\": \"" + std::string(name) + "\""), std::string::npos) << name;
  for (int n = 1; n <= 17; ++n)
    EXPECT_NE(json.find("\"name\": \"flair" + std::to_string(n) + "\""), std::string::npos) << n;
}

}  // namespace
}  // namespace strims::web
