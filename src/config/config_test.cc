#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "config/check.h"
#include "config/describe.h"
#include "config/env.h"
#include "config/keys.h"
#include "config/load.h"

namespace strims::config {
namespace {

using ::testing::HasSubstr;

Config parsed(std::string_view toml) {
  auto config = parse(toml, "test.toml");
  EXPECT_TRUE(config) << (config ? "" : config.error().detail);
  return config ? *config : Config();
}

std::string refusal(std::string_view toml) {
  const auto config = parse(toml, "test.toml");
  EXPECT_FALSE(config) << toml;
  if (config) return "accepted";
  EXPECT_EQ(config.error().reason, "config");
  return config.error().detail;
}

// The sentence of check(), "" when all is well.
template <class Change>
std::string checked(Change change) {
  Config config;
  change(config);
  const auto result = check(config);
  return result ? "" : result.error().detail;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Generated files are compared; STRIMS_REGENERATE=1 writes them instead.
void expect_file(const std::string& path, const std::string& content) {
  const std::filesystem::path file = std::filesystem::path(STRIMS_SOURCE_DIR) / path;
  if (std::getenv("STRIMS_REGENERATE") != nullptr) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }
  EXPECT_EQ(read(file), content) << path << " is stale: run STRIMS_REGENERATE=1 config_test";
}

TEST(ConfigKeys, EveryRowIsSound) {
  std::set<std::string_view> names;
  const Config defaults;
  for (const Key& key : keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name << " twice";
    EXPECT_TRUE(acceptable(key, key.get(defaults))) << key.name << ": default out of range";
    EXPECT_TRUE(key.doc.ends_with('.')) << key.name;
    EXPECT_TRUE(std::ranges::any_of(sections(), [&](const Section& s) {
      return s.name == key.section();
    })) << key.name;
    EXPECT_TRUE(key.type != Type::integer || key.min < key.max) << key.name;
    // The unit stands in the name or there is none to tell.
    EXPECT_TRUE(key.unit != "ms" || key.name.ends_with("_ms")) << key.name;
    EXPECT_TRUE(key.unit != "s" || key.name.ends_with("_seconds")) << key.name;
  }
}

TEST(ConfigKeys, SettingWhatWasGotChangesNothing) {
  Config config;
  const std::string before = effective_toml(config);
  for (const Key& key : keys()) key.set(config, key.get(Config()));
  EXPECT_EQ(effective_toml(config), before);
}

TEST(ConfigKeys, EachRowSetsItsOwnMember) {
  for (const Key& key : keys()) {
    Config config;
    Value value = key.get(config);
    if (auto* b = std::get_if<bool>(&value)) *b = !*b;
    if (auto* n = std::get_if<int64_t>(&value)) *n = *n == key.max ? key.min : *n + 1;
    if (auto* s = std::get_if<std::string>(&value))
      *s = key.type == Type::choice ? std::string(key.choices.back()) : "changed";
    if (auto* l = std::get_if<Strings>(&value)) l->push_back("changed");
    if (value == key.get(config)) continue;  // the default is the last choice
    key.set(config, value);
    EXPECT_EQ(key.get(config), value) << key.name;
    size_t changed = 0;
    for (const Key& other : keys())
      if (other.get(config) != other.get(Config())) ++changed;
    EXPECT_EQ(changed, 1u) << key.name;
  }
}

TEST(ConfigFiles, DefaultTomlAndTheDocumentAreWhatTheCodeSays) {
  expect_file("config/default.toml", default_toml());
  expect_file("docs/CONFIG.md", markdown());
}

TEST(ConfigParse, AnEmptyFileAndTheAnnotatedDefaultsAreTheDefaults) {
  EXPECT_EQ(effective_toml(parsed("")), effective_toml(Config()));
  EXPECT_EQ(effective_toml(parsed(default_toml())), effective_toml(Config()));
  EXPECT_TRUE(check(Config()));
}

TEST(ConfigParse, ReadsEveryType) {
  const Config c = parsed(R"(
server.listen = ["127.0.0.1:0", "[::1]:8080"]
[chat]
history_lines = 7
refuse_unbalanced_bidi = true
[storage]
durability = "full"
path = 'x.db'
)");
  EXPECT_EQ(c.server.listen, (Strings{"127.0.0.1:0", "[::1]:8080"}));
  EXPECT_EQ(c.chat.history_lines, 7);
  EXPECT_TRUE(c.chat.refuse_unbalanced_bidi);
  EXPECT_EQ(c.storage.durability, Durability::full);
  EXPECT_EQ(c.storage.path, "x.db");
}

TEST(ConfigParse, UnknownKeysAreRefusedWithTheNearest) {
  EXPECT_EQ(refusal("[chat]\n\nhsitory_lines = 5\n"),
            "test.toml:3: chat.hsitory_lines: unknown key; did you mean chat.history_lines?");
  EXPECT_THAT(refusal("[server]\nping_interval_ms = 5\n"),
              HasSubstr("did you mean ws.ping_interval_ms?"));
  EXPECT_EQ(refusal("[chat]\ncompletely_different_thing = 5\n"),
            "test.toml:2: chat.completely_different_thing: unknown key");
  EXPECT_THAT(refusal("[chats]\n"), HasSubstr("test.toml:1: chats: unknown key"));
  EXPECT_THAT(refusal("listen = 1\n"), HasSubstr("did you mean"));
  EXPECT_THAT(refusal("[chat.history_lines]\nx = 1\n"), HasSubstr("expected an integer"));
  EXPECT_THAT(refusal("[[chat]]\n"), HasSubstr("chat: unknown key"));
}

TEST(ConfigParse, CharactersBeyondAsciiStandInStringsAndComments) {
  EXPECT_EQ(parsed("storage.path = \"dat\u00e9n\" # f\u00fcr uns\n").storage.path, "dat\u00e9n");
  EXPECT_EQ(parsed("\xEF\xBB\xBFstorage.path = 'a\"\u031c'").storage.path, "a\"\u031c");
  EXPECT_THAT(refusal("\n[sstorage\u031cx = 1"), HasSubstr("test.toml:2: only ASCII"));
  EXPECT_THAT(refusal("storage.path = \"a\\\"\" \u00a0"), HasSubstr("test.toml:1: only ASCII"));
  EXPECT_THAT(refusal("storage.path = \"\"\"a\"\"\""), HasSubstr("several lines"));
  EXPECT_THAT(refusal("storage.path = \'\'\'a"), HasSubstr("several lines"));
}

TEST(ConfigParse, TypesAndRanges) {
  EXPECT_EQ(refusal("[chat]\nhistory_lines = \"5\"\n"),
            "test.toml:2: chat.history_lines: expected an integer from 0 to 10000");
  for (const std::string_view toml :
       {"chat.history_lines = 5.0", "chat.history_lines = true", "chat.history_lines = -1",
        "chat.history_lines = 10001", "chat.history_lines = [5]", "log.access = 1",
        "log.access = \"yes\"", "server.listen = \"127.0.0.1:1\"", "server.listen = [1]",
        "server.data_dir = 5", "storage.durability = \"FULL\"", "storage.durability = true",
        "chat.history_lines = 2020-01-01"})
    EXPECT_THAT(refusal(toml), HasSubstr("test.toml:1: ")) << toml;
  EXPECT_THAT(refusal("storage.durability = \"fast\""), HasSubstr("one of normal, full"));
}

TEST(ConfigParse, BrokenTomlSaysWhere) {
  EXPECT_THAT(refusal("[chat]\nhistory_lines = \n"), HasSubstr("test.toml:2: "));
  EXPECT_THAT(refusal("[chat]\nhistory_lines = 1\nhistory_lines = 2\n"),
              HasSubstr("test.toml:3: "));
  EXPECT_THAT(refusal("\xff"), HasSubstr("test.toml"));
  EXPECT_THAT(refusal("a = " + std::string(10'000, '[')), HasSubstr("test.toml"));
}

TEST(ConfigEnvironment, NamesFollowFromTheKeys) {
  EXPECT_EQ(environment_name("chat.history_lines"), "STRIMS_CHAT__HISTORY_LINES");
  Config c;
  ASSERT_TRUE(apply_environment(c, {{"STRIMS_CHAT__HISTORY_LINES", "9"},
                                    {"STRIMS_SERVER__LISTEN", "127.0.0.1:0, [::1]:0"},
                                    {"STRIMS_SERVER__ORIGINS", ""},
                                    {"STRIMS_WS__DEBUG_ECHO", "1"},
                                    {"STRIMS_LOG__LEVEL", "warn"},
                                    {"STRIMS_REGENERATE", "ignored: no double underscore"},
                                    {"PATH", "/bin"}}));
  EXPECT_EQ(c.chat.history_lines, 9);
  EXPECT_EQ(c.server.listen, (Strings{"127.0.0.1:0", "[::1]:0"}));
  EXPECT_TRUE(c.server.origins.empty());
  EXPECT_TRUE(c.ws.debug_echo);
  EXPECT_EQ(c.log.level, LogLevel::warn);
}

TEST(ConfigEnvironment, MistakesAreNamedAndSecretsAreNot) {
  const auto refused = [](const std::string& name, const std::string& value) {
    Config c;
    const auto applied = apply_environment(c, {{name, value}});
    return applied ? std::string("accepted") : applied.error().detail;
  };
  EXPECT_EQ(refused("STRIMS_CHAT__HISTORY_LINES", "many"),
            "STRIMS_CHAT__HISTORY_LINES: expected an integer from 0 to 10000, not \"many\"");
  EXPECT_THAT(refused("STRIMS_CHAT__HSITORY_LINES", "1"),
              HasSubstr("did you mean STRIMS_CHAT__HISTORY_LINES?"));
  EXPECT_THAT(refused("STRIMS_CHAT__HISTORY_LINES", "99999999999999999999"), HasSubstr("expected"));
  EXPECT_THAT(refused("STRIMS_WS__DEBUG_ECHO", "yes"), HasSubstr("true or false"));
}

TEST(ConfigDescribe, SecretsAreNotShown) {
  Config c;
  c.auth.strims_jwt_secret = "swordfish-swordfish";
  EXPECT_THAT(effective_toml(c), ::testing::Not(HasSubstr("swordfish")));
  EXPECT_THAT(effective_toml(c), HasSubstr("strims_jwt_secret = \"(set)\""));
  c.stream.hook_servers = {"a|srs|swordfish"};
  EXPECT_THAT(effective_toml(c), ::testing::Not(HasSubstr("swordfish")));
  EXPECT_THAT(effective_toml(c), HasSubstr("hook_servers = [\"(set)\"]"));
}

TEST(ConfigDescribe, TextSurvivesTheWayThroughToml) {
  Config c;
  c.server.data_dir = "a\"b\\c\n\x01 é";
  EXPECT_EQ(parsed(effective_toml(c)).server.data_dir, c.server.data_dir);
}

TEST(ConfigCheck, Addresses) {
  const auto listen = [](const std::string& text) {
    return checked([&](Config& c) { c.server.listen = {text}; });
  };
  for (const char* text : {"127.0.0.1:0", "0.0.0.0:65535", "[::]:8080", "localhost:80"})
    EXPECT_EQ(listen(text), "") << text;
  for (const char* text : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                           "::1:80", "[::1]", "[::1:80", "300.0.0.1:80", "a b:80", "a/b:80"})
    EXPECT_THAT(listen(text), HasSubstr("server.listen")) << text;
  EXPECT_THAT(checked([](Config& c) { c.server.listen = {"1.1.1.1:1", "1.1.1.1:1"}; }),
              HasSubstr("twice"));
  EXPECT_THAT(checked([](Config& c) { c.server.listen.clear(); }), HasSubstr("at least one"));
  EXPECT_THAT(checked([](Config& c) { c.metrics.allow = {"10.0.0.1/8"}; }), HasSubstr("prefix"));
  EXPECT_THAT(checked([](Config& c) { c.server.origins = {"https://x.example/"}; }),
              HasSubstr("origin"));
  EXPECT_THAT(checked([](Config& c) { c.server.origins = {"https://x.example; script-src *"}; }),
              HasSubstr("server.origins"));
  EXPECT_EQ(checked([](Config& c) { c.server.origins = {"https://x.example:8443"}; }), "");
}

TEST(ConfigCheck, RulesBetweenKeys) {
  EXPECT_THAT(checked([](Config& c) { c.tls.cert = "x"; }), HasSubstr("tls.key"));
  EXPECT_THAT(checked([](Config& c) { c.tls.listen = {"0.0.0.0:443"}; }), HasSubstr("tls.cert"));
  EXPECT_THAT(checked([](Config& c) { c.server.proxy_protocol = true; }),
              HasSubstr("trusted_proxies"));
  EXPECT_THAT(checked([](Config& c) { c.server.strims_path = "/ws"; }), HasSubstr("must differ"));
  EXPECT_THAT(checked([](Config& c) { c.auth.cookie_same_site = SameSite::none; }),
              HasSubstr("cookie_secure"));
  EXPECT_THAT(checked([](Config& c) { c.auth.strims_jwt_secret = "short"; }),
              HasSubstr("16 bytes"));
  EXPECT_THAT(checked([](Config& c) { c.chat.mute_max_seconds = 1; }), HasSubstr("mute_default"));
  EXPECT_THAT(checked([](Config& c) { c.ws.pong_timeout_ms = 500; }), HasSubstr("ping_interval"));
  EXPECT_THAT(checked([](Config& c) { c.chat.max_message_runes = 8192; }),
              HasSubstr("max_message_bytes"));
}

TEST(ConfigLoad, FileThenEnvironmentThenCheck) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("strims_config_test_" + std::to_string(::getpid()) + ".toml");
  std::ofstream(path) << "[server]\nshards = 3\ndrain_seconds = 9\n";
  const auto loaded = load(path.string(), {{"STRIMS_SERVER__SHARDS", "4"}});
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ(loaded->server.shards, 4);
  EXPECT_EQ(loaded->server.drain_seconds, 9);
  EXPECT_FALSE(load(path.string(), {{"STRIMS_TLS__CERT", "x"}}));
  std::filesystem::remove(path);
  const auto missing = load(path.string(), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_TRUE(load("", {}));
}

}  // namespace
}  // namespace strims::config
