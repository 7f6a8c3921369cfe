#include "sim/cast.h"

#include <filesystem>

#include "storage/repositories/users.h"

namespace strims::sim {
namespace {

constexpr TimeMs kLongAgo = 1'700'000'000'000;

std::unique_ptr<sql::Database> open(std::string path) {
  storage::SqliteOptions options;
  options.path = std::move(path);
  options.cache_kib = 512;
  return storage::sqlite_database(options);
}

}  // namespace

Cast::Cast() {
  const auto database = open(folder_.file("cast.db"));
  const auto connection = storage::connect_migrated(*database);
  const auto add = [&](std::string nick, Role role, std::vector<std::string> features = {}) {
    auto made = storage::create_user(*connection, {.nick = nick,
                                                   .skeleton = nick,
                                                   .password_hash = {},
                                                   .created_at = kLongAgo,
                                                   .role = role,
                                                   .features = std::move(features)});
    if (!made) throw std::runtime_error(made.error().detail);
    users_.push_back(std::make_shared<const User>(std::move(*made)));
  };
  add("Boss", Role::admin);
  add("Mira", Role::moderator);
  add("Moritz", Role::moderator);
  add("Botaro", Role::user, {"bot"});
  add("Botilde", Role::user, {"bot"});
  for (const char* nick : {"Ada", "Bela", "Cleo", "Dora", "Emil", "Fritz", "Gina", "Hugo", "Ines",
                           "Jana", "Kurt", "Lena", "Nora", "Olga", "Paul", "Rosa"})
    add(nick, Role::user);
}

std::unique_ptr<sql::Database> Cast::open_copy(const std::string& path) const {
  std::filesystem::copy_file(folder_.file("cast.db"), path);
  return open(path);
}

}  // namespace strims::sim
