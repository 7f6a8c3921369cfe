#include "app/cli.h"

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <functional>

#include "app/commands.h"
#include "obs/health.h"

namespace strims::app {
namespace {

void add_common(CLI::App* verb, CommonOptions& common) {
  verb->add_option("--data", common.data_dir,
                   "Folder of the database and the keys (default: data)");
  verb->add_option("--config", common.config_file,
                   "Configuration file (TOML); see `strims config default`");
}

void add_serve(CLI::App& cli, CommonOptions& common, std::function<int()>& chosen) {
  auto* verb = cli.add_subcommand("serve", "Run the server");
  add_common(verb, common);
  verb->add_option("--listen", common.listen,
                   "ADDR:PORT to listen on, may be repeated; port 0: any free one");
  verb->callback([&] { chosen = [&] { return serve(common); }; });
}

void add_user(CLI::App& cli, CommonOptions& common, std::function<int()>& chosen) {
  static UserCreate create;
  static UserSet set;
  static std::string name, password;
  auto* user = cli.add_subcommand("user", "Accounts; works beside a running server");
  user->require_subcommand(1);

  auto* make = user->add_subcommand("create", "Create an account");
  add_common(make, common);
  make->add_option("--name", create.name, "Nick: 3 to 20 letters, digits and underscores")
      ->required();
  make->add_option("--password", create.password,
                   "Password; without it, one line of standard input");
  make->add_option("--role", create.role, "user, streamer, moderator or admin");
  make->add_option("--feature", create.features,
                   "Flair or right such as flair13, vip, bot; may be repeated");
  make->callback([&] { chosen = [&] { return user_create(common, create); }; });

  auto* change = user->add_subcommand("set", "Change the role or the features of an account");
  add_common(change, common);
  change->add_option("--name", set.name, "Nick")->required();
  change->add_option("--role", set.role, "user, streamer, moderator or admin");
  auto* features = change->add_option("--feature", set.features, "All features; may be repeated")
                       ->expected(0, -1);
  change->callback([&, features] {
    set.set_features = features->count() > 0;
    chosen = [&] { return user_set(common, set); };
  });

  auto* list = user->add_subcommand("list", "List accounts");
  add_common(list, common);
  list->callback([&] { chosen = [&] { return user_list(common); }; });

  auto* secret = user->add_subcommand("password", "Set a password; ends all logins of the account");
  add_common(secret, common);
  secret->add_option("--name", name, "Nick")->required();
  secret->add_option("--password", password, "Password; without it, one line of standard input");
  secret->callback([&] { chosen = [&] { return user_password(common, name, password); }; });
}

void add_channel(CLI::App& cli, CommonOptions& common, std::function<int()>& chosen) {
  static ChannelCreate create;
  static std::string name;
  auto* channel =
      cli.add_subcommand("channel", "Channels to stream on; works beside a running server");
  channel->require_subcommand(1);

  auto* make = channel->add_subcommand("create", "Create a channel; prints its stream key once");
  add_common(make, common);
  make->add_option("--name", create.name, "2 to 32 of a-z, 0-9, _ and -")->required();
  make->add_option("--owner", create.owner,
                   "Nick of the account that it belongs to, a streamer from then on")
      ->required();
  make->add_option("--title", create.title, "What is on");
  make->callback([&] { chosen = [&] { return channel_create(common, create); }; });

  auto* rotate = channel->add_subcommand("rotate-key",
                                         "Make another stream key; the old one opens nothing more");
  add_common(rotate, common);
  rotate->add_option("--name", name, "The channel's name")->required();
  rotate->callback([&] { chosen = [&] { return channel_rotate_key(common, name); }; });

  auto* list = channel->add_subcommand("list", "List channels");
  add_common(list, common);
  list->callback([&] { chosen = [&] { return channel_list(common); }; });
}

void add_migrate(CLI::App& cli, CommonOptions& common, std::function<int()>& chosen) {
  auto* migrate =
      cli.add_subcommand("migrate", "The database's schema; `serve` brings it up by itself");
  migrate->require_subcommand(1);
  const auto add = [&](const char* word, const char* help, int (*verb)(const CommonOptions&)) {
    auto* sub = migrate->add_subcommand(word, help);
    add_common(sub, common);
    sub->callback([&, verb] { chosen = [&, verb] { return verb(common); }; });
  };
  add("up", "Apply what is missing", migrate_up);
  add("status", "Show what is applied", migrate_status);
  add("verify", "Fail unless the schema is exactly this program's", migrate_verify);
}

void add_token(CLI::App& cli, CommonOptions& common, std::function<int()>& chosen) {
  static std::string user, name = "bot";
  auto* token = cli.add_subcommand("token", "Keys for programs, and the keys that sign tokens");
  token->require_subcommand(1);
  auto* key = token->add_subcommand("login-key",
                                    "Make a login key (the authtoken cookie of bots); shown once");
  add_common(key, common);
  key->add_option("--user", user, "Nick")->required();
  key->add_option("--name", name, "What it is for");
  key->callback([&] { chosen = [&] { return token_login_key(common, user, name); }; });
  auto* rotate =
      token->add_subcommand("rotate-key", "Sign access tokens with a new key from now on");
  add_common(rotate, common);
  rotate->callback([&] { chosen = [&] { return token_rotate_key(common); }; });
  static bool forget = false;
  auto* playback = token->add_subcommand(
      "rotate-playback-key", "Sign the addresses of players with a new key from now on");
  add_common(playback, common);
  playback->add_flag("--forget", forget,
                     "Refuse what the old key signed: for when it has become known");
  playback->callback([&] { chosen = [&] { return token_rotate_playback_key(common, forget); }; });
}

void add_config(CLI::App& cli, CommonOptions& common, std::function<int()>& chosen) {
  auto* config = cli.add_subcommand("config", "The configuration");
  config->require_subcommand(1);
  config->add_subcommand("default", "Print every key with its meaning and default (TOML)")
      ->callback([&] { chosen = config_default; });
  config->add_subcommand("docs", "Print the same as a page")->callback([&] {
    chosen = config_docs;
  });
  auto* check = config->add_subcommand("check", "Check a configuration");
  add_common(check, common);
  check->callback([&] { chosen = [&] { return config_check(common); }; });
}

// The scenarios have their own options, which are read there.
void add_bench(CLI::App& cli, std::function<int()>& chosen) {
  auto* bench_verb = cli.add_subcommand(
      "bench", "Measure a running server: fan-out, ingest, memory, latency; `strims bench --help`");
  bench_verb->set_help_flag();
  bench_verb->prefix_command();
  bench_verb->callback([&chosen, bench_verb] {
    chosen = [arguments = bench_verb->remaining()] { return bench(arguments); };
  });
}

}  // namespace

int run(int argc, char** argv) {
  ::umask(027);  // the database and the log are nobody else's
  CommonOptions common;
  std::function<int()> chosen;
  CLI::App cli{"Strims: the backend of a live-streaming community"};
  cli.set_version_flag("--version", std::string(obs::build_info().version));
  cli.require_subcommand(1);
  add_serve(cli, common, chosen);
  add_user(cli, common, chosen);
  add_channel(cli, common, chosen);
  add_migrate(cli, common, chosen);
  add_token(cli, common, chosen);
  add_config(cli, common, chosen);
  add_bench(cli, chosen);
  CLI11_PARSE(cli, argc, argv);
  return chosen ? chosen() : 1;
}

}  // namespace strims::app
