#include "storage/sql/database.h"

namespace strims::sql {
namespace {

const std::string kEmpty;

}  // namespace

int64_t Row::integer(size_t column) const {
  const Cell& cell = cells_.at(column);
  if (const auto* n = std::get_if<int64_t>(&cell)) return *n;
  if (const auto* n = std::get_if<double>(&cell)) return static_cast<int64_t>(*n);
  return 0;
}

double Row::real(size_t column) const {
  const Cell& cell = cells_.at(column);
  if (const auto* n = std::get_if<double>(&cell)) return *n;
  if (const auto* n = std::get_if<int64_t>(&cell)) return static_cast<double>(*n);
  return 0;
}

const std::string& Row::text(size_t column) const {
  const auto* text = std::get_if<std::string>(&cells_.at(column));
  return text ? *text : kEmpty;
}

}  // namespace strims::sql
