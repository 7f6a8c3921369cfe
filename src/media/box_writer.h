// Appends MP4 boxes to a string. A box's size is filled in when its scope ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace strims::media {

inline void put_u8(std::string& out, uint32_t v) {
  out += static_cast<char>(v);
}
inline void put_u16(std::string& out, uint32_t v) {
  put_u8(out, v >> 8);
  put_u8(out, v);
}
inline void put_u32(std::string& out, uint32_t v) {
  put_u16(out, v >> 16);
  put_u16(out, v);
}
inline void put_u64(std::string& out, uint64_t v) {
  put_u32(out, static_cast<uint32_t>(v >> 32));
  put_u32(out, static_cast<uint32_t>(v));
}
inline void put_zeros(std::string& out, size_t n) {
  out.append(n, '\0');
}

class BoxScope {
 public:
  BoxScope(std::string& out, std::string_view type) : out_(out), at_(out.size()) {
    put_u32(out_, 0);
    out_ += type;
  }
  // A full box: `flags` has 24 bits.
  BoxScope(std::string& out, std::string_view type, uint32_t version, uint32_t flags)
      : BoxScope(out, type) {
    put_u32(out_, version << 24 | flags);
  }
  ~BoxScope() { store_be32(at(at_), static_cast<uint32_t>(out_.size() - at_)); }
  BoxScope(const BoxScope&) = delete;
  BoxScope& operator=(const BoxScope&) = delete;

 private:
  uint8_t* at(size_t offset) { return reinterpret_cast<uint8_t*>(out_.data() + offset); }

  std::string& out_;
  size_t at_;
};

}  // namespace strims::media
