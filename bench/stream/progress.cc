#include "bench/stream/progress.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>

#include "load/now.h"

namespace strims::stream_load {

Progress::Progress() : terminal_(isatty(STDERR_FILENO) != 0), shown_us_(load::now_us()) {}

Progress::~Progress() {
  if (open_line_) fmt::print(stderr, "\n");
}

bool Progress::due(int64_t now_us) {
  const int64_t since = now_us - shown_us_;
  if (since < (terminal_ ? 1'000'000 : 5'000'000)) return false;
  shown_us_ = now_us;
  seconds_ = static_cast<double>(since) / 1e6;
  return true;
}

void Progress::show(std::string_view text) {
  fmt::print(stderr, "{}{}{}", terminal_ ? "\r" : "", text, terminal_ ? "   " : "\n");
  open_line_ = terminal_;
}

}  // namespace strims::stream_load
