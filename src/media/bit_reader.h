// Bits of a codec's header, most significant first, and the numbers of H.264 (section 9.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace strims::media {

// Reading past the end gives zeros and is remembered: read all, then ask ok() once.
class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  // `count`: up to 32.
  uint32_t bits(int count) {
    if (left() < static_cast<size_t>(count)) {
      ok_ = false;
      at_ = bytes_.size() * 8;
      return 0;
    }
    uint32_t value = 0;
    for (int i = 0; i < count; ++i, ++at_)
      value = value << 1 | (bytes_[at_ / 8] >> (7 - at_ % 8) & 1U);
    return value;
  }
  bool bit() { return bits(1) != 0; }
  void skip(size_t count) {
    if (left() < count) ok_ = false;
    at_ = ok_ ? at_ + count : bytes_.size() * 8;
  }

  // ue(v). More than 31 leading zeros are no number.
  uint32_t unsigned_golomb() {
    int zeros = 0;
    while (ok_ && !bit())
      if (++zeros > 31) ok_ = false;
    if (!ok_) return 0;
    return (uint32_t{1} << zeros) - 1 + bits(zeros);
  }
  // se(v).
  int32_t signed_golomb() {
    const uint32_t code = unsigned_golomb();
    const auto half = static_cast<int32_t>(code / 2);
    return code % 2 ? half + 1 : -half;
  }

  size_t left() const { return bytes_.size() * 8 - at_; }
  bool ok() const { return ok_; }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace strims::media
