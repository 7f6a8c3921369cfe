#include "http/context.h"

#include "base/bytes.h"

namespace strims::http {

std::optional<int64_t> Params::number(std::string_view name) const {
  const auto value = parse_u64(get(name));
  if (!value || *value == 0 || *value > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(*value);
}

}  // namespace strims::http
