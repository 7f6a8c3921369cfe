// deps: media
// Headers of codecs: whatever is accepted has a size, a rate and a name that fit into an init, and
// the init can be read again. The first byte says what the others are.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/bytes.h"
#include "media/aac.h"
#include "media/avc.h"
#include "media/box_reader.h"
#include "media/fmp4_init.h"

namespace strims::media {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check_sps(const AvcSps& sps) {
  require(sps.width > 0 && sps.width <= 16384 && sps.height > 0 && sps.height <= 32768);
  require(sps.sar_width > 0 && sps.sar_height > 0);
  require(sps.frame_rate == 0 || (sps.frame_rate >= 1 && sps.frame_rate <= 1000));
  require(sps.chroma_format >= 0 && sps.chroma_format <= 3);
  require(sps.bit_depth >= 8 && sps.bit_depth <= 14);
}

void check_init(const AvcConfig* video, const AacConfig* audio) {
  const std::string init = write_init(video, audio);
  BoxReader reader(init.size());
  while (const auto want = reader.want())
    reader.give(as_bytes(init).subspan(static_cast<size_t>(want->offset), want->length));
  require(reader.init_length() == init.size());
}

void check_refusal(const Error& error) {
  require(error.reason == "sequence_header" || error.reason == "codec");
  require(!error.detail.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::span bytes(data + 1, size - 1);
  if (data[0] % 4 == 0) {
    const auto sps = parse_avc_sps(bytes);
    if (sps) check_sps(*sps);
  } else if (data[0] % 4 == 1) {
    const auto config = parse_avc_config(bytes);
    if (!config) {
      check_refusal(config.error());
      return 0;
    }
    check_sps(config->sps);
    require(config->codec.size() == 11 && as_text(bytes) == config->record);
    require(config->nal_length == 1 || config->nal_length == 2 || config->nal_length == 4);
    check_init(&*config, nullptr);
  } else if (data[0] % 4 == 2) {
    const auto config = parse_aac_config(bytes);
    if (!config) {
      check_refusal(config.error());
      return 0;
    }
    require(config->sample_rate >= 4'000 && config->sample_rate <= 192'000);
    require(config->output_rate >= 4'000 && config->output_rate <= 192'000);
    require(config->channels >= 0 && config->channels <= 8);
    require(config->frame_samples == 960 || config->frame_samples == 1024);
    check_init(nullptr, &*config);
  } else {
    avc_units_are_whole(bytes, data[0] >> 2 & 4 ? 4 : 1);
  }
  return 0;
}

}  // namespace strims::media
