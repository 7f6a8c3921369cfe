#include "obs/cells.h"

#include <algorithm>
#include <bitset>
#include <mutex>
#include <vector>

namespace strims::obs::detail {
namespace {

// Never destroyed: threads may end after the statics of the program.
struct Threads {
  std::mutex mutex;
  std::vector<const CellBlock*> living;
  CellBlock ended{};  // sums of threads that are gone
  // For counts that come while a thread's own destructors run. Shared, so two such counts may
  // become one.
  CellBlock orphan{};
  std::bitset<kMaxCells> is_double;
  size_t used = 0;
};

Threads& threads() {
  static auto* instance = new Threads();
  return *instance;
}

void merge(CellBlock& into, const CellBlock& from, const Threads& t) {
  for (size_t i = 0; i < kMaxCells; ++i) {
    const uint64_t value = from.cells[i].load(std::memory_order_relaxed);
    if (value == 0) continue;
    if (t.is_double[i]) {
      bump_double(into.cells[i], std::bit_cast<double>(value));
    } else {
      bump(into.cells[i], value);
    }
  }
}

// Hands the thread's counts over when the thread ends.
struct ThreadGuard {
  CellBlock* block = nullptr;
  ~ThreadGuard() {
    Threads& t = threads();
    const std::lock_guard lock(t.mutex);
    tls_cells = &t.orphan;
    merge(t.ended, *block, t);
    std::erase(t.living, block);
    delete block;
  }
};

template <class Add>
void for_each_block(Add add) {
  Threads& t = threads();
  const std::lock_guard lock(t.mutex);
  add(t.ended);
  add(t.orphan);
  for (const CellBlock* block : t.living) add(*block);
}

}  // namespace

constinit thread_local CellBlock* tls_cells = nullptr;

CellBlock* attach_thread() {
  thread_local ThreadGuard guard;
  Threads& t = threads();
  auto* block = new CellBlock();
  {
    const std::lock_guard lock(t.mutex);
    t.living.push_back(block);
  }
  guard.block = block;
  tls_cells = block;
  return block;
}

std::optional<uint32_t> allocate_cells(size_t n, bool last_is_double) {
  Threads& t = threads();
  const std::lock_guard lock(t.mutex);
  if (t.used + n > kSpillFirst) return std::nullopt;
  const auto first = static_cast<uint32_t>(t.used);
  t.used += n;
  if (last_is_double) t.is_double.set(t.used - 1);
  return first;
}

uint64_t sum_cell(uint32_t cell) {
  uint64_t sum = 0;
  for_each_block([&](const CellBlock& b) { sum += b.cells[cell].load(std::memory_order_relaxed); });
  return sum;
}

double sum_double_cell(uint32_t cell) {
  double sum = 0;
  for_each_block([&](const CellBlock& b) {
    sum += std::bit_cast<double>(b.cells[cell].load(std::memory_order_relaxed));
  });
  return sum;
}

}  // namespace strims::obs::detail
