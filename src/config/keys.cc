#include "config/keys.h"

#include <fmt/format.h>
#include <algorithm>

#include "config/tables.h"

namespace strims::config {
namespace {

// Restricted edit distance (neighbours may swap), so that "hsitory" is one step from "history".
size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + '"';
}

template <class List, class Show>
std::string bracketed(const List& list, Show show) {
  std::string out = "[";
  for (const auto& item : list) {
    if (out.size() > 1) out += ", ";
    out += show(item);
  }
  return out + "]";
}

}  // namespace

std::span<const Key> keys() {
  static const std::vector<Key> all = [] {
    std::vector<Key> out;
    for (const auto part :
         {server_keys(), tls_keys(), storage_keys(), auth_keys(), chat_keys(), http_keys(),
          ws_keys(), stream_keys(), assets_keys(), log_keys(), metrics_keys()})
      out.insert(out.end(), part.begin(), part.end());
    return out;
  }();
  return all;
}

std::span<const Section> sections() {
  static constexpr Section kSections[] = {
      {"server", "Where the server listens, where its data lives and whom it trusts."},
      {"tls", "Encryption in the server itself. Without a certificate end TLS in a proxy."},
      {"storage", "The embedded database and the journal in front of it."},
      {"auth", "Accounts, passwords, tokens and cookies."},
      {"chat", "The rules of the room."},
      {"http", "Bounds of HTTP connections."},
      {"ws", "Bounds of WebSocket connections and of what is queued for them."},
      {"stream", "Publishers (RTMP), what viewers are given, and what is kept."},
      {"assets", "Emotes and flairs."},
      {"log", "Structured log, one JSON object per line."},
      {"metrics", "Prometheus."},
  };
  return kSections;
}

const Key* find_key(std::string_view name) {
  const auto it = std::ranges::find(keys(), name, &Key::name);
  return it == keys().end() ? nullptr : &*it;
}

std::string expectation(const Key& key) {
  const auto range = fmt::format("{} to {}", key.min, key.max);
  switch (key.type) {
    case Type::boolean:
      return "true or false";
    case Type::integer:
      return "an integer from " + range;
    case Type::text:
      return "a string";
    case Type::texts:
      return "a list of strings";
    case Type::choice:
      return fmt::format("one of {}", fmt::join(key.choices, ", "));
  }
  return {};
}

bool acceptable(const Key& key, const Value& value) {
  const auto in_range = [&](int64_t n) { return n >= key.min && n <= key.max; };
  switch (key.type) {
    case Type::boolean:
      return std::holds_alternative<bool>(value);
    case Type::integer: {
      const auto* n = std::get_if<int64_t>(&value);
      return n != nullptr && in_range(*n);
    }
    case Type::text:
      return std::holds_alternative<std::string>(value);
    case Type::texts:
      return std::holds_alternative<Strings>(value);
    case Type::choice: {
      const auto* word = std::get_if<std::string>(&value);
      return word != nullptr && std::ranges::find(key.choices, *word) != key.choices.end();
    }
  }
  return false;
}

std::string_view nearest_key(std::string_view name) {
  if (name.size() > 80) return {};
  std::string_view best;
  size_t least = std::max<size_t>(3, name.size() / 3) + 1;
  for (const Key& key : keys()) {
    // The right key in the wrong section is near too.
    const bool same_leaf = name.substr(name.rfind('.') + 1) == key.leaf();
    const size_t d = same_leaf ? 1 : distance(name, key.name);
    if (d < least) {
      least = d;
      best = key.name;
    }
  }
  return best;
}

std::string to_toml(const Value& value) {
  if (const auto* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
  if (const auto* n = std::get_if<int64_t>(&value)) return std::to_string(*n);
  if (const auto* s = std::get_if<std::string>(&value)) return quoted(*s);
  return bracketed(std::get<Strings>(value), quoted);
}

}  // namespace strims::config
