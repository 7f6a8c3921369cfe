#include "base/json_read.h"

#include <cmath>
#include <simdjson.h>

#include "base/bytes.h"
#include "base/json_write.h"

namespace strims {
namespace {
constexpr size_t kMaxDepth = 64;
}

struct JsonBuilder {
  static Json build(simdjson::dom::element e) {
    Json out;
    switch (e.type()) {
      case simdjson::dom::element_type::ARRAY: {
        Json::Array items;
        const simdjson::dom::array elements = e.get_array().value_unsafe();
        for (auto child : elements) items.push_back(build(child));
        out.v_ = std::move(items);
        break;
      }
      case simdjson::dom::element_type::OBJECT: {
        Json::Object members;
        const simdjson::dom::object fields = e.get_object().value_unsafe();
        for (auto field : fields)
          put(members, std::string(field.key), build(field.value));
        out.v_ = std::move(members);
        break;
      }
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
    return out;
  }

  static void put(Json::Object& members, std::string key, Json value) {
    for (auto& [name, old] : members) {
      if (name == key) {
        old = std::move(value);
        return;
      }
    }
    members.emplace_back(std::move(key), std::move(value));
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
  if (const auto error = parser.parse(text.data(), text.size()).get(root); error)
    return fail(Errc::invalid, "invalid_json", simdjson::error_message(error));
  return JsonBuilder::build(root);
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
