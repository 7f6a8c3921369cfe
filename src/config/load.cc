#include "config/load.h"

#define TOML_ENABLE_FORMATTERS 0
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include "config/check.h"
#include "config/keys.h"
#include "config/toml_text.h"

namespace strims::config {
namespace {

constexpr size_t kMaxFileBytes = 1024 * 1024;

// Takes a parsed document into a Config, key by key.
class Reader {
 public:
  Reader(Config& config, std::string_view name) : config_(config), name_(name) {}

  Result<void> read(const toml::table& root) {
    for (const auto& [section, node] : root) {
      const bool known = std::ranges::any_of(
          sections(), [&](const Section& s) { return s.name == section.str(); });
      const auto* table = node.as_table();
      if (!known || table == nullptr) return unknown(section.str(), node);
      for (const auto& [leaf, value] : *table)
        STRIMS_CHECK_OK(read_key(fmt::format("{}.{}", section.str(), leaf.str()), value));
    }
    return {};
  }

 private:
  Result<void> read_key(const std::string& path, const toml::node& node) {
    const Key* key = find_key(path);
    if (key == nullptr) return unknown(path, node);
    const auto value = to_value(*key, node);
    if (!value || !acceptable(*key, *value))
      return refuse(node, path, "expected " + expectation(*key));
    key->set(config_, *value);
    return {};
  }

  static std::optional<Value> to_value(const Key& key, const toml::node& node) {
    switch (key.type) {
      case Type::boolean:
        return exact<bool>(node);
      case Type::integer:
        return exact<int64_t>(node);
      case Type::text:
      case Type::choice:
        return exact<std::string>(node);
      case Type::texts:
        return texts(node);
    }
    return std::nullopt;
  }

  template <class T>
  static std::optional<Value> exact(const toml::node& node) {
    if (const auto value = node.value_exact<T>()) return Value(*value);
    return std::nullopt;
  }

  static std::optional<Value> texts(const toml::node& node) {
    const auto* items = node.as_array();
    if (items == nullptr) return std::nullopt;
    Strings out;
    for (const auto& item : *items) {
      const auto value = item.value_exact<std::string>();
      if (!value) return std::nullopt;
      out.push_back(*value);
    }
    return Value(std::move(out));
  }

  std::unexpected<Error> refuse(const toml::node& node, std::string_view path,
                                std::string_view what) const {
    return fail(Errc::invalid, "config",
                fmt::format("{}:{}: {}: {}", name_, node.source().begin.line, path, what));
  }

  std::unexpected<Error> unknown(std::string_view path, const toml::node& node) const {
    const std::string_view near = nearest_key(path);
    return refuse(
        node, path,
        near.empty() ? "unknown key" : fmt::format("unknown key; did you mean {}?", near));
  }

  Config& config_;
  std::string_view name_;
};

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  if (in) out << in.rdbuf();
  if (!in || !out)
    return fail(Errc::not_found, "config", fmt::format("{}: {}", path, std::strerror(errno)));
  if (out.view().size() > kMaxFileBytes)
    return fail(Errc::invalid, "config", path + ": larger than 1 MiB");
  return std::move(out).str();
}

}  // namespace

Result<Config> parse(std::string_view text, std::string_view name) {
  STRIMS_CHECK_OK(check_toml_text(text, name));
  try {
    Config config;
    const toml::table root = toml::parse(text);
    STRIMS_CHECK_OK(Reader(config, name).read(root));
    return config;
  } catch (const toml::parse_error& e) {
    return fail(Errc::invalid, "config",
                fmt::format("{}:{}: {}", name, e.source().begin.line, e.description()));
  } catch (const std::exception& e) {
    return fail(Errc::invalid, "config", fmt::format("{}: {}", name, e.what()));
  }
}

Result<Config> load(const std::string& path, const Environment& environment) {
  Config config;
  if (!path.empty()) {
    STRIMS_TRY(const std::string text, read_file(path));
    STRIMS_TRY(config, parse(text, path));
  }
  STRIMS_CHECK_OK(apply_environment(config, environment));
  STRIMS_CHECK_OK(check(config));
  return config;
}

}  // namespace strims::config
