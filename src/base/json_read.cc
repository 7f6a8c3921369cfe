#include "base/json_read.h"

#include <simdjson.h>
#include <cmath>
#include <unordered_map>

#include "base/bytes.h"
#include "base/json_integers.h"
#include "base/json_write.h"

namespace strims {
namespace {
constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxMembers = 1024;
// Objects up to this size are searched, larger ones indexed while they are built.
constexpr size_t kSearched = 16;
// A thread's parser that had to grow past this is not kept.
constexpr size_t kKeptCapacity = 1024 * 1024;
}  // namespace

struct JsonBuilder {
  static bool build(simdjson::dom::element e, Json& out) {
    switch (e.type()) {
      case simdjson::dom::element_type::ARRAY:
        return build_array(e.get_array().value_unsafe(), out);
      case simdjson::dom::element_type::OBJECT:
        return build_object(e.get_object().value_unsafe(), out);
      case simdjson::dom::element_type::STRING:
        out.v_ = std::string(e.get_string().value_unsafe());
        break;
      case simdjson::dom::element_type::INT64:
        out.v_ = e.get_int64().value_unsafe();
        break;
      case simdjson::dom::element_type::UINT64:
        out.v_ = static_cast<double>(e.get_uint64().value_unsafe());
        break;
      case simdjson::dom::element_type::DOUBLE:
        out.v_ = e.get_double().value_unsafe();
        break;
      case simdjson::dom::element_type::BOOL:
        out.v_ = e.get_bool().value_unsafe();
        break;
      case simdjson::dom::element_type::NULL_VALUE:
        break;
    }
    return true;
  }

  static bool build_array(const simdjson::dom::array& elements, Json& out) {
    Json::Array items;
    for (auto child : elements)
      if (!build(child, items.emplace_back())) return false;
    out.v_ = std::move(items);
    return true;
  }

  static bool build_object(const simdjson::dom::object& fields, Json& out) {
    Json::Object members;
    std::unordered_map<std::string_view, size_t> places;  // keys lie in the parser's buffer
    size_t seen = 0;
    for (auto field : fields) {
      if (++seen > kMaxMembers) return false;
      Json value;
      if (!build(field.value, value)) return false;
      const size_t place = find(members, places, field.key);
      if (place < members.size()) {
        members[place].second = std::move(value);
        continue;
      }
      members.emplace_back(std::string(field.key), std::move(value));
      if (!places.empty()) {
        places.emplace(field.key, place);
      } else if (members.size() > kSearched) {
        size_t i = 0;
        for (auto first : fields) {
          if (i == members.size()) break;
          if (places.emplace(first.key, i).second) ++i;
        }
      }
    }
    out.v_ = std::move(members);
    return true;
  }

  static size_t find(const Json::Object& members,
                     const std::unordered_map<std::string_view, size_t>& places,
                     std::string_view key) {
    if (!places.empty()) {
      const auto it = places.find(key);
      return it == places.end() ? members.size() : it->second;
    }
    size_t i = 0;
    while (i < members.size() && members[i].first != key) ++i;
    return i;
  }

  static void write(JsonWriter& w, const Json& json) {
    std::visit(
        [&](const auto& v) {
          using T = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<T, std::monostate>) {
            w.null();
          } else if constexpr (std::is_same_v<T, Json::Array>) {
            w.array();
            for (const Json& item : v) write(w, item);
            w.end_array();
          } else if constexpr (std::is_same_v<T, Json::Object>) {
            w.object();
            for (const auto& [name, item] : v) {
              w.key(name);
              write(w, item);
            }
            w.end_object();
          } else {
            w.value(v);
          }
        },
        json.v_);
  }
};

Result<Json> Json::parse(std::string_view text) {
  // The parser keeps its buffers; one per thread serves all documents that the thread reads.
  thread_local simdjson::dom::parser parser;
  if (parser.max_depth() != kMaxDepth && parser.allocate(4096, kMaxDepth) != simdjson::SUCCESS)
    return fail(Errc::internal, "unknown", "no memory for the JSON parser");
  simdjson::dom::element root;
  auto error = parser.parse(text.data(), text.size()).get(root);
  if (error == simdjson::NUMBER_ERROR)
    error = parser.parse(long_integers_as_doubles(text)).get(root);
  Json out;
  const bool built = !error && JsonBuilder::build(root, out);
  if (parser.capacity() > kKeptCapacity) parser = simdjson::dom::parser();
  if (error) return fail(Errc::invalid, "invalid_json", simdjson::error_message(error));
  if (!built) return fail(Errc::invalid, "invalid_json", "an object has too many members");
  return out;
}

std::optional<std::string_view> Json::string() const {
  if (const auto* s = std::get_if<std::string>(&v_)) return *s;
  return std::nullopt;
}

std::optional<int64_t> Json::integer() const {
  if (const auto* n = std::get_if<int64_t>(&v_)) return *n;
  if (const auto* d = std::get_if<double>(&v_)) {
    if (std::abs(*d) < 9.2e18 && std::trunc(*d) == *d) return static_cast<int64_t>(*d);
  }
  return std::nullopt;
}

std::optional<double> Json::number() const {
  if (const auto* n = std::get_if<int64_t>(&v_)) return static_cast<double>(*n);
  if (const auto* d = std::get_if<double>(&v_)) return *d;
  return std::nullopt;
}

std::optional<bool> Json::boolean() const {
  if (const auto* b = std::get_if<bool>(&v_)) return *b;
  return std::nullopt;
}

const Json::Array& Json::array() const {
  static const Array empty;
  const auto* a = std::get_if<Array>(&v_);
  return a ? *a : empty;
}

const Json::Object& Json::object() const {
  static const Object empty;
  const auto* o = std::get_if<Object>(&v_);
  return o ? *o : empty;
}

const Json* Json::find(std::string_view key) const {
  for (const auto& [name, value] : object())
    if (name == key) return &value;
  return nullptr;
}

const Json* Json::find_nocase(std::string_view key) const {
  const Json* found = nullptr;
  for (const auto& [name, value] : object())
    if (ascii_iequals(name, key)) found = &value;
  return found && found->is_null() ? nullptr : found;
}

std::optional<std::string_view> Json::find_string(std::string_view key) const {
  const Json* member = find(key);
  return member ? member->string() : std::nullopt;
}

std::string Json::dump() const {
  JsonWriter w;
  JsonBuilder::write(w, *this);
  return w.take();
}

}  // namespace strims
