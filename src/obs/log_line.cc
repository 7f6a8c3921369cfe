// The pure half of the log: one line of JSON from its parts.
#include <array>

#include "base/clock.h"
#include "base/json_write.h"
#include "obs/log.h"

namespace strims::obs {
namespace {

constexpr std::array<std::string_view, 5> kWords = {"debug", "info", "warn", "error", "off"};
constexpr size_t kMaxText = 8192;  // of all string values of a line

// Cuts at a character's border, taking what it keeps from `budget`.
std::string_view cut(std::string_view text, size_t& budget) {
  if (text.size() > budget) {
    size_t n = budget;
    while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xc0) == 0x80) --n;
    text = text.substr(0, n);
  }
  budget -= text.size();
  return text;
}

}  // namespace

std::string_view to_string(Level level) {
  return kWords[static_cast<size_t>(level)];
}

std::optional<Level> parse_level(std::string_view word) {
  for (size_t i = 0; i < kWords.size(); ++i)
    if (kWords[i] == word) return static_cast<Level>(i);
  return std::nullopt;
}

std::string format_log_line(int64_t wall_ms, Level level, std::string_view event,
                            std::string_view thread, std::string_view request_id,
                            std::initializer_list<LogField> fields) {
  size_t budget = kMaxText;
  JsonWriter w;
  w.object()
      .field("ts", format_rfc3339_ms(wall_ms))
      .field("level", to_string(level))
      .field("event", cut(event, budget))
      .field("thread", thread);
  if (!request_id.empty()) w.field("request_id", cut(request_id, budget));
  for (const LogField& field : fields) {
    w.key(field.key);
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      w.value(cut(*text, budget));
    } else {
      std::visit([&](const auto& v) { w.value(v); }, field.value);
    }
  }
  w.end_object();
  return w.take();
}

}  // namespace strims::obs
