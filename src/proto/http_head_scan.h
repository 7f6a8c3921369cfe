// Takes the bytes of a request head one by one and refuses what is not spelled exactly as RFC 9112
// wants it, before the general parser sees them: line ends, line folding, control bytes, sizes.
// Part of http_parser.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/http_parser.h"

namespace strims::proto {

class HeadScan {
 public:
  // Consumes up to and including the empty line that ends the head; returns how many bytes.
  size_t feed(std::string_view bytes, const HttpLimits& limits);

  bool done() const { return phase_ == Phase::done; }
  bool started() const { return phase_ != Phase::start || empty_lines_ > 0; }
  const std::optional<HttpError>& error() const { return error_; }
  // The head without leading empty lines, ending with the empty line.
  const std::string& text() const { return text_; }
  // Gives the memory back.
  void clear() { *this = HeadScan(); }

 private:
  enum class Phase : uint8_t {
    start,
    start_lf,
    method,
    target,
    version,
    line_lf,
    line_start,
    name,
    value,
    final_lf,
    done,
  };
  void take(char c, const HttpLimits& limits);
  void take_start(char c, const HttpLimits& limits);
  void take_request_line(char c, const HttpLimits& limits);
  void take_header(char c, const HttpLimits& limits);
  void take_version(char c);
  void fail(int status, std::string_view reason);

  std::string text_;
  std::optional<HttpError> error_;
  size_t part_ = 0;  // bytes of the current method, target, version or name
  size_t headers_ = 0;
  size_t empty_lines_ = 0;
  Phase phase_ = Phase::start;
};

// tchar of RFC 9110 section 5.6.2.
bool is_tchar(char c);
// A byte that a header value may hold: visible, space, tab or above 0x7f.
bool is_value_byte(char c);

}  // namespace strims::proto
