// deps: media
// A file of boxes: the reader never asks for what is not there, always gets ahead, and what it says
// is whole is whole by itself too. The first byte says by how much the file is shorter than it was
// said to be.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "media/box_reader.h"

namespace strims::media {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

BoxReader read(std::span<const uint8_t> file, uint64_t said) {
  BoxReader reader(said);
  uint64_t offset = 0;
  size_t length = 0;
  while (const auto want = reader.want()) {
    require(want->length > 0 && want->length <= BoxReader::kMaxWant);
    require(want->offset + want->length <= said);
    require(want->offset > offset || (want->offset == offset && want->length > length));
    offset = want->offset;
    length = want->length;
    const auto from = file.subspan(static_cast<size_t>(std::min<uint64_t>(offset, file.size())));
    reader.give(from.first(std::min(from.size(), length)));
  }
  return reader;
}

void check(const BoxReader& reader, size_t size) {
  require(reader.valid_length() <= size);
  require(reader.init_length() <= reader.valid_length());
  uint64_t end = reader.init_length();
  for (const FileFragment& fragment : reader.fragments()) {
    require(fragment.offset == end && fragment.length > 0);
    require(fragment.start_us >= 0 && fragment.duration_us >= 0);
    end += fragment.length;
  }
  require(reader.valid_length() == end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::span file(data + 1, size - 1);
  const BoxReader whole = read(file, file.size());
  check(whole, file.size());
  const auto valid = file.first(static_cast<size_t>(whole.valid_length()));
  const BoxReader again = read(valid, valid.size());
  require(again.valid_length() == valid.size());
  require(again.fragments().size() == whole.fragments().size());
  // What lies behind the end cannot be whole, whatever the headers say.
  check(read(file, file.size() + data[0]), file.size() + data[0]);
  return 0;
}

}  // namespace strims::media
