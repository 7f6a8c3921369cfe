#include "load/message_text.h"

#include <array>
#include <charconv>

namespace strims::load {
namespace {

constexpr std::array<std::string_view, 96> kWords = {
    "the",    "to",     "and",    "a",       "of",      "is",     "it",     "in",     "that",
    "you",    "for",    "this",   "was",     "on",      "just",   "not",    "what",   "he",
    "she",    "they",   "so",     "like",    "with",    "have",   "be",     "but",    "no",
    "yes",    "if",     "at",     "can",     "about",   "chat",   "stream", "when",   "how",
    "who",    "why",    "good",   "game",    "play",    "never",  "always", "again",  "really",
    "think",  "know",   "people", "right",   "wrong",   "time",   "watch",  "video",  "today",
    "there",  "their",  "been",   "would",   "could",   "should", "music",  "loud",   "quiet",
    "maybe",  "sure",   "thanks", "morning", "night",   "better", "worse",  "first",  "second",
    "minute", "hour",   "dinner", "coffee",  "weather", "train",  "river",  "window", "garden",
    "orange", "purple", "simple", "funny",   "strange", "quick",  "slow",   "happy",  "tired",
    "little", "under",  "above",  "between", "number",  "answer"};

std::optional<uint64_t> number_at(std::string_view text, size_t& at) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  at = static_cast<size_t>(end - text.data());
  return value;
}

}  // namespace

// More endings than any compressor's window holds, made once: making words for each message would
// be half the cost of sending it.
MessageText::MessageText(size_t bytes) : bytes_(bytes), endings_(4096) {
  uint64_t random = 0x9e3779b97f4a7c15;
  for (std::string& ending : endings_) {
    while (ending.size() < bytes) {
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      // The product of two even numbers leans to the front of the list, as words do.
      const size_t pick = (random >> 32) % kWords.size() * ((random & 0xffffffff) % kWords.size());
      ending += ' ';
      ending += kWords[pick / kWords.size()];
    }
  }
}

std::string MessageText::make(const Stamp& stamp) {
  std::string text;
  text.append(1, 'm').append(std::to_string(stamp.number)).append(1, ' ');
  text.append(std::to_string(stamp.sent_us));
  if (text.size() >= bytes_) return text;
  const std::string& ending = endings_[stamp.number * 2654435761 % endings_.size()];
  text.append(ending, 0, bytes_ - text.size());
  if (text.back() == ' ') text.back() = 'x';
  return text;
}

void MessageText::append_frame(std::string& out, const Stamp& stamp, std::string_view nonce) {
  std::string payload("MSG {\"data\":\"");
  payload.append(make(stamp)).append(1, '"');
  if (!nonce.empty()) payload.append(",\"nonce\":\"").append(nonce).append("\"");
  payload += '}';
  append_client_frame(out, 1, payload);
}

std::optional<Stamp> stamp_of(std::string_view frame) {
  static constexpr std::string_view kKey = "\"data\":\"m";
  // One sender's frames have it in the same place.
  static size_t place = 0;
  size_t at = place;
  if (frame.size() < at + kKey.size() || frame.substr(at, kKey.size()) != kKey)
    at = frame.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  place = at;
  at += kKey.size();
  const auto number = number_at(frame, at);
  if (!number || at >= frame.size() || frame[at] != ' ') return std::nullopt;
  const auto sent = number_at(frame, ++at);
  if (!sent) return std::nullopt;
  return Stamp{*number, static_cast<int64_t>(*sent)};
}

uint64_t seq_of(std::string_view frame) {
  static constexpr std::string_view kKey = "\"seq\":";
  size_t at = frame.rfind(kKey);
  if (at == std::string_view::npos) return 0;
  at += kKey.size();
  return number_at(frame, at).value_or(0);
}

void append_client_frame(std::string& out, uint8_t opcode, std::string_view payload) {
  out += static_cast<char>(0x80 | opcode);
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size());
  }
  out.append(4, '\0');
  out += payload;
}

}  // namespace strims::load
