#include "media/aac.h"

#include <fmt/format.h>

#include <array>

#include "base/bytes.h"
#include "media/bit_reader.h"

namespace strims::media {
namespace {

// samplingFrequencyIndex (table 1.18).
constexpr std::array<int, 13> kRates = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                        22050, 16000, 12000, 11025, 8000,  7350};
constexpr uint32_t kExplicitRate = 15;
// channelConfiguration (table 1.19).
constexpr std::array<int, 8> kChannels = {0, 1, 2, 3, 4, 5, 6, 8};

// audioObjectType (table 1.17).
constexpr uint32_t kAacMain = 1;
constexpr uint32_t kAacLtp = 4;
constexpr uint32_t kSbr = 5;
constexpr uint32_t kPs = 29;
// Marks of an extension behind the config that old decoders overlook (section 1.6.5).
constexpr uint32_t kSyncSbr = 0x2b7;
constexpr uint32_t kSyncPs = 0x548;

std::unexpected<Error> bad(std::string_view what) {
  return fail(Errc::invalid, "sequence_header",
              fmt::format("the AAC sequence header is not valid ({})", what));
}

uint32_t read_object_type(BitReader& in) {
  const uint32_t type = in.bits(5);
  return type == 31 ? 32 + in.bits(6) : type;
}

// 0: not a rate.
int read_rate(BitReader& in) {
  const uint32_t index = in.bits(4);
  if (index == kExplicitRate) {
    const uint32_t rate = in.bits(24);
    return rate >= 4000 && rate <= 192'000 ? static_cast<int>(rate) : 0;
  }
  return index < kRates.size() ? kRates[index] : 0;
}

// What may stand behind the config: SBR and PS for those who understand them. Its absence, and
// anything else there, means nothing.
void read_backward_compatible(BitReader& in, AacConfig& config) {
  if (in.left() < 16 || in.bits(11) != kSyncSbr || read_object_type(in) != kSbr || !in.bit())
    return;
  const int rate = read_rate(in);
  if (!in.ok() || rate == 0) return;
  config.sbr = true;
  config.output_rate = rate;
  if (in.left() >= 12 && in.bits(11) == kSyncPs) config.ps = in.bit();
}

}  // namespace

Result<AacConfig> parse_aac_config(std::span<const uint8_t> record) {
  // Up to seven fields and an extension; a program config element has at most some 300 bytes.
  if (record.size() < 2 || record.size() > 512) return bad("length");
  BitReader in(record);
  AacConfig config;
  config.record = as_text(record);
  uint32_t type = read_object_type(in);
  config.sample_rate = read_rate(in);
  const uint32_t channels = in.bits(4);
  config.output_rate = config.sample_rate;
  if (type == kSbr || type == kPs) {
    config.sbr = true;
    config.ps = type == kPs;
    config.output_rate = read_rate(in);
    type = read_object_type(in);
  }
  if (!in.ok()) return bad("short");
  if (type < kAacMain || type > kAacLtp)
    return fail(
        Errc::unsupported, "codec",
        fmt::format("MPEG-4 audio of type {} is not enabled: set the encoder to AAC", type));
  if (config.sample_rate == 0 || config.output_rate == 0) return bad("sampling rate");
  if (channels >= kChannels.size()) return bad("channels");
  config.object_type = static_cast<int>(type);
  config.channels = kChannels[channels];
  if (in.bit()) config.frame_samples = 960;  // frameLengthFlag
  if (in.bit()) in.skip(14);                 // dependsOnCoreCoder
  in.skip(1);                                // extensionFlag: false for these types
  if (!in.ok()) return bad("short");
  // With channels 0 a program config element stands here, which nobody but the decoder reads.
  if (!config.sbr && channels != 0) read_backward_compatible(in, config);
  config.codec = fmt::format("mp4a.40.{}", config.ps ? kPs : config.sbr ? kSbr : type);
  return config;
}

}  // namespace strims::media
