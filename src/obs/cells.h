// Where counts are kept: a block of cells per thread, summed on a scrape. Internal to obs/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "obs/metric.h"

namespace strims::obs::detail {

// Cells of series that found no room; counted and never shown.
inline constexpr size_t kSpillCells = 128;
inline constexpr uint32_t kSpillFirst = kMaxCells - kSpillCells;

// `n` neighbouring cells, the last of which holds a double when `last_is_double`; nothing when all
// are taken.
std::optional<uint32_t> allocate_cells(size_t n, bool last_is_double);
// Sums over all threads, living and ended.
uint64_t sum_cell(uint32_t cell);
double sum_double_cell(uint32_t cell);

}  // namespace strims::obs::detail
