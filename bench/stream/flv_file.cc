#include "bench/stream/flv_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/bytes.h"

namespace strims::stream_load {
namespace {

using media::TagKind;

constexpr size_t kTagHead = 11;
constexpr size_t kTagTail = 4;  // the size, again
constexpr size_t kFileHead = 9;

uint32_t load_be24(const uint8_t* p) {
  return uint32_t{p[0]} << 16 | uint32_t{p[1]} << 8 | p[2];
}

bool is_header(TagKind kind, std::span<const uint8_t> body) {
  if (kind == TagKind::data) return true;
  if (body.size() < 2 || body[1] != 0) return false;
  return kind == TagKind::video ? (body[0] & 15) == 7 : body[0] >> 4 == 10;
}

}  // namespace

Result<FlvFile> FlvFile::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Errc::not_found, "no_file", path + " cannot be read");
  return parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

Result<FlvFile> FlvFile::parse(std::string bytes) {
  FlvFile file;
  file.bytes_.assign(bytes.begin(), bytes.end());
  STRIMS_CHECK_OK(file.take_items());
  STRIMS_CHECK_OK(file.measure());
  return file;
}

Result<void> FlvFile::take_items() {
  const std::span<const uint8_t> all(bytes_);
  if (all.size() < kFileHead || as_text(all.first(3)) != "FLV")
    return fail(Errc::invalid, "no_flv", "the file is no FLV");
  size_t at = load_be32(all.data() + 5) + kTagTail;
  while (at + kTagHead <= all.size()) {
    const uint8_t* head = all.data() + at;
    const size_t size = load_be24(head + 1);
    at += kTagHead;
    if (size > all.size() - at) break;  // cut in the middle
    const auto kind = static_cast<TagKind>(head[0] & 31);
    const auto body = all.subspan(at, size);
    at += size + kTagTail;
    if (size == 0 || (kind != TagKind::video && kind != TagKind::audio && kind != TagKind::data))
      continue;
    items_.push_back(
        {kind, uint32_t{head[7]} << 24 | load_be24(head + 4), is_header(kind, body), body});
  }
  return {};
}

Result<void> FlvFile::measure() {
  const auto is_frame = [](const Item& item) { return item.kind == TagKind::video && !item.once; };
  const auto frames = static_cast<uint32_t>(std::ranges::count_if(items_, is_frame));
  if (frames < 2) return fail(Errc::invalid, "no_video", "the file has no video");
  const uint32_t first = std::ranges::find_if(items_, is_frame)->time_ms;
  uint32_t last = first;
  for (const Item& item : items_)
    if (is_frame(item)) last = std::max(last, item.time_ms);
  length_ms_ = (last - first) + (last - first + (frames - 1) / 2) / (frames - 1);
  for (Item& item : items_) item.time_ms -= std::min(item.time_ms, first);
  std::erase_if(items_, [&](const Item& item) { return item.time_ms >= length_ms_; });
  return {};
}

}  // namespace strims::stream_load
