#include "proto/ws_extension.h"

#include <optional>

#include "base/bytes.h"
#include "proto/http_message.h"

namespace strims::proto {
namespace {

// Reads the grammar of RFC 6455 section 9.1 from the front of a header value.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() {
    text_ = trim_ows(text_);
    return text_.empty();
  }
  // Takes that character, after optional white space.
  bool take(char c) {
    if (at_end() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  // A token; empty when there is none.
  std::string_view token() {
    at_end();
    size_t n = 0;
    while (n < text_.size() && is_token(text_.substr(n, 1))) ++n;
    const std::string_view out = text_.substr(0, n);
    text_.remove_prefix(n);
    return out;
  }
  // The value after '=': a token, or a quoted string that is a token once it is unquoted.
  std::optional<std::string> value() {
    std::string out;
    if (!take('"')) {
      out = token();
    } else {
      while (!text_.empty() && text_.front() != '"') {
        if (text_.front() == '\\') text_.remove_prefix(1);
        if (text_.empty()) return std::nullopt;
        out += text_.front();
        text_.remove_prefix(1);
      }
      if (text_.empty()) return std::nullopt;
      text_.remove_prefix(1);
    }
    if (!is_token(out)) return std::nullopt;
    return out;
  }

 private:
  std::string_view text_;
};

// 8 to 15 without leading zeros (RFC 7692 section 7.1.2); 0 for anything else.
uint8_t window_bits(std::string_view text) {
  if (text.empty() || text.front() == '0') return 0;
  const auto bits = parse_u64(text);
  return bits && *bits >= 8 && *bits <= 15 ? static_cast<uint8_t>(*bits) : uint8_t{0};
}

// One offer of permessage-deflate while its parameters come in.
class Offer {
 public:
  void add(std::string_view name, const std::optional<std::string>& value) {
    if (!known(name, value)) acceptable_ = false;
  }
  bool acceptable() const { return acceptable_; }
  DeflateAgreement agreement() const {
    return {true, server_bits_, server_window_, server_takeover_};
  }

 private:
  bool known(std::string_view name, const std::optional<std::string>& value) {
    if (name == "server_no_context_takeover") return first(server_takeover_) && !value;
    if (name == "client_no_context_takeover") return first(client_takeover_) && !value;
    if (name == "server_max_window_bits") {
      const uint8_t bits = value ? window_bits(*value) : 0;
      if (bits != 0) server_bits_ = bits;
      return first(server_window_) && bits != 0;
    }
    // Only a hint: we inflate any window, so the answer does not bind the client (section 7.1.2.2).
    if (name == "client_max_window_bits")
      return first(client_window_) && (!value || window_bits(*value) != 0);
    return false;
  }
  static bool first(bool& seen) {
    const bool is_first = !seen;
    seen = true;
    return is_first;
  }

  bool acceptable_ = true;
  bool server_takeover_ = false;
  bool client_takeover_ = false;
  bool server_window_ = false;
  bool client_window_ = false;
  uint8_t server_bits_ = 15;
};

}  // namespace

DeflateAgreement negotiate_deflate(std::string_view extensions) {
  DeflateAgreement agreed;
  Reader reader(extensions);
  while (!reader.at_end()) {
    if (reader.take(',')) continue;  // empty elements are to be ignored
    const std::string_view extension = reader.token();
    if (extension.empty()) return {};
    Offer offer;
    while (reader.take(';')) {
      const std::string_view name = reader.token();
      if (name.empty()) return {};
      std::optional<std::string> value;
      if (reader.take('=')) {
        value = reader.value();
        if (!value) return {};
      }
      offer.add(name, value);
    }
    if (!reader.at_end() && !reader.take(',')) return {};
    if (!agreed.accepted && extension == "permessage-deflate" && offer.acceptable())
      agreed = offer.agreement();
  }
  return agreed;
}

std::string deflate_answer(const DeflateAgreement& agreement, bool server_takeover) {
  std::string out = "permessage-deflate; client_no_context_takeover";
  if (!server_takeover) out += "; server_no_context_takeover";
  if (agreement.server_window_asked)
    out += "; server_max_window_bits=" + std::to_string(agreement.server_window_bits);
  return out;
}

}  // namespace strims::proto
