#include "proto/http_head_scan.h"

namespace strims::proto {

bool is_tchar(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_value_byte(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u == '\t' || (u >= 0x20 && u != 0x7f);
}

void HeadScan::fail(int status, std::string_view reason) {
  error_ = HttpError{status, reason};
}

size_t HeadScan::feed(std::string_view bytes, const HttpLimits& limits) {
  size_t used = 0;
  while (used < bytes.size() && !done() && !error_) take(bytes[used++], limits);
  return used;
}

void HeadScan::take(char c, const HttpLimits& limits) {
  if (phase_ == Phase::start || phase_ == Phase::start_lf) {
    take_start(c, limits);
    if (phase_ != Phase::method || error_) return;
  }
  if (text_.size() >= limits.head) return fail(431, "head_too_large");
  text_ += c;
  if (phase_ < Phase::line_lf) {
    take_request_line(c, limits);
  } else {
    take_header(c, limits);
  }
}

// RFC 9112 section 2.2: some clients send an empty line in front of a request.
void HeadScan::take_start(char c, const HttpLimits& limits) {
  if (phase_ == Phase::start_lf) {
    if (c != '\n') return fail(400, "bare_cr");
    phase_ = Phase::start;
    return;
  }
  if (c == '\r') {
    if (++empty_lines_ > limits.leading_empty_lines) return fail(400, "bad_request_line");
    phase_ = Phase::start_lf;
    return;
  }
  if (c == '\n') return fail(400, "bare_lf");
  phase_ = Phase::method;
}

void HeadScan::take_request_line(char c, const HttpLimits& limits) {
  if (c == '\n') return fail(400, "bare_lf");
  if (phase_ == Phase::method) {
    if (c == ' ' && part_ > 0) {
      phase_ = Phase::target;
      part_ = 0;
    } else if (!is_tchar(c)) {
      fail(400, "bad_method");
    } else if (++part_ > limits.method) {
      // RFC 9112 section 3 recommends 501 and RFC 9110 section 15.6.6 has 505 for versions (below).
      // We say 400 to both: a 5xx is what operators are woken for, and no client's input may cause
      // one.
      fail(400, "method_unknown");
    }
    return;
  }
  if (phase_ == Phase::target) {
    if (c == ' ' && part_ > 0) {
      phase_ = Phase::version;
      part_ = 0;
    } else if (c <= 0x20 || c >= 0x7f) {  // char is signed: bytes above 0x7f are negative
      fail(400, "bad_target");
    } else if (++part_ > limits.target) {
      fail(414, "target_too_long");
    }
    return;
  }
  take_version(c);
}

void HeadScan::take_version(char c) {
  constexpr std::string_view kForm = "HTTP/d.d\r";
  const char want = kForm[part_++];
  const bool fits = want == 'd' ? c >= '0' && c <= '9' : c == want;
  if (!fits) return fail(400, "bad_version");
  if (part_ < kForm.size()) return;
  const std::string_view version(text_.data() + text_.size() - 4, 3);
  if (version != "1.1" && version != "1.0") return fail(400, "http_version");
  phase_ = Phase::line_lf;
}

void HeadScan::take_header(char c, const HttpLimits& limits) {
  switch (phase_) {
    case Phase::line_lf:
      if (c != '\n') return fail(400, "bare_cr");
      phase_ = Phase::line_start;
      return;
    case Phase::line_start:
      if (c == '\r') {
        phase_ = Phase::final_lf;
        return;
      }
      if (c == '\n') return fail(400, "bare_lf");
      if (c == ' ' || c == '\t') return fail(400, "obs_fold");
      if (++headers_ > limits.headers) return fail(431, "too_many_headers");
      if (!is_tchar(c)) return fail(400, "bad_header");
      phase_ = Phase::name;
      return;
    case Phase::name:
      if (c == ':') {
        phase_ = Phase::value;
      } else if (c == ' ' || c == '\t') {
        fail(400, "space_before_colon");
      } else if (!is_tchar(c)) {
        fail(400, c == '\n' ? "bare_lf" : "bad_header");
      }
      return;
    case Phase::value:
      if (c == '\r') {
        phase_ = Phase::line_lf;
      } else if (c == '\n') {
        fail(400, "bare_lf");
      } else if (!is_value_byte(c)) {
        fail(400, "bad_header_value");
      }
      return;
    case Phase::final_lf:
      if (c != '\n') return fail(400, "bare_cr");
      phase_ = Phase::done;
      return;
    default:
      return;
  }
}

}  // namespace strims::proto
