#include "media/avc.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace strims::media {
namespace {

std::unexpected<Error> bad(std::string_view what) {
  return fail(Errc::invalid, "sequence_header",
              fmt::format("the H.264 sequence header is not valid ({})", what));
}

// The NAL unit behind a 16 bit length; nothing when it is not all there. Moves `in` behind it.
std::optional<std::span<const uint8_t>> take_nal(std::span<const uint8_t>& in) {
  if (in.size() < 2) return std::nullopt;
  const size_t size = load_be16(in.data());
  if (size == 0 || in.size() - 2 < size) return std::nullopt;
  const auto nal = in.subspan(2, size);
  in = in.subspan(2 + size);
  return nal;
}

}  // namespace

Result<AvcConfig> parse_avc_config(std::span<const uint8_t> record) {
  if (record.size() < 7) return bad("short");
  if (record[0] != 1) return bad("version");
  AvcConfig config;
  config.record = as_text(record);
  config.nal_length = (record[4] & 3) + 1;
  if (config.nal_length == 3) return bad("NAL length of 3");
  const int sets = record[5] & 0x1f;
  if (sets == 0) return bad("no SPS");
  auto rest = record.subspan(6);
  for (int i = 0; i < sets; ++i) {
    const auto nal = take_nal(rest);
    if (!nal) return bad("short SPS");
    if (i > 0) continue;
    STRIMS_TRY(config.sps, parse_avc_sps(*nal));
  }
  if (rest.empty() || rest[0] == 0) return bad("no PPS");
  const int pictures = rest[0];
  rest = rest.subspan(1);
  for (int i = 0; i < pictures; ++i)
    if (!take_nal(rest)) return bad("short PPS");
  config.codec = fmt::format("avc1.{:02x}{:02x}{:02x}", config.sps.profile,
                             config.sps.compatibility, config.sps.level);
  return config;
}

bool avc_units_are_whole(std::span<const uint8_t> units, int nal_length) {
  if (units.empty()) return false;
  const auto prefix = static_cast<size_t>(nal_length);
  while (!units.empty()) {
    if (units.size() < prefix) return false;
    size_t size = 0;
    for (size_t i = 0; i < prefix; ++i) size = size << 8 | units[i];
    if (size == 0 || size > units.size() - prefix) return false;
    units = units.subspan(prefix + size);
  }
  return true;
}

}  // namespace strims::media
