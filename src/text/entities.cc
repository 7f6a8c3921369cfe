#include "text/entities.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/json_write.h"
#include "text/utf8.h"
#include "text/words.h"

namespace strims::text {
namespace {

constexpr size_t kMaxOfKind = 128;

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

// End of the link that starts at `at`, or `at` when there is none. Closing punctuation is not part
// of a link unless it closes a bracket that the link opened.
size_t link_end(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(at);
  size_t host = 0;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (ascii_iequals(rest.substr(0, scheme.size()), scheme)) host = at + scheme.size();
  }
  if (host == 0 || host >= text.size()) return at;
  const auto starts_host = [](char c) {
    return is_word_char(c) || c == '[' || static_cast<unsigned char>(c) >= 0x80;
  };
  if (!starts_host(text[host])) return at;
  size_t end = host;
  int parentheses = 0;
  while (end < text.size() && !is_space(text[end]) &&
         std::string_view("<>\"`").find(text[end]) == std::string_view::npos) {
    if (text[end] == '|' && end + 1 < text.size() && text[end + 1] == '|') break;
    if (text[end] == '(') ++parentheses;
    if (text[end] == ')' && --parentheses < 0) break;
    ++end;
  }
  while (end > host && std::string_view(".,!?:;'*").find(text[end - 1]) != std::string_view::npos)
    --end;
  return end > host ? end : at;
}

// Walks the text once. `at_` counts bytes, `rune_` the code points before it.
class Scanner {
 public:
  Scanner(std::string_view text, const EntityWords& words, const NickLookup& is_nick)
      : text_(text), words_(words), is_nick_(is_nick) {}

  Entities scan() {
    const size_t whole = count_code_points(text_);
    if (text_.starts_with("/me ")) {
      out_.me.push_back({0, whole});
      move_to(4);
    } else if (text_.starts_with('>')) {
      out_.greentext.push_back({0, whole});
    }
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  // Takes one piece of text.
  void step() {
    const char c = text_[at_];
    if (is_word_char(c)) {
      if (!link()) word();
    } else if (c == '`') {
      if (!code()) move_to(at_ + 1);
    } else if (text_.substr(at_).starts_with("||")) {
      spoiler();
    } else if (c == '@') {
      move_to(at_ + 1);
      after_at_ = true;
      return;
    } else {
      const size_t n = utf8_sequence_length(text_, at_);
      move_to(at_ + (n == 0 ? 1 : n));
    }
    after_at_ = false;
  }

  void move_to(size_t at) {
    rune_ += count_code_points(text_.substr(at_, at - at_));
    at_ = at;
  }

  bool link() {
    const size_t end = link_end(text_, at_);
    if (end == at_) return false;
    if (out_.links.size() < kMaxOfKind)
      out_.links.push_back({std::string(text_.substr(at_, end - at_)), {at_, end}});
    move_to(end);
    return true;
  }

  // `...` with something between the ticks.
  bool code() {
    if (no_more_ticks_) return false;
    const size_t end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos) {
      no_more_ticks_ = true;
      return false;
    }
    if (end == at_ + 1) return false;
    const size_t start = rune_;
    move_to(end + 1);
    if (out_.codes.size() < kMaxOfKind) out_.codes.push_back({start, rune_});
    return true;
  }

  void spoiler() {
    const size_t start = rune_;
    move_to(at_ + 2);
    if (!in_spoiler_) {
      in_spoiler_ = true;
      spoiler_start_ = start;
      return;
    }
    if (start == spoiler_start_ + 2) {
      // "||||" hides nothing; the second pair may open one.
      spoiler_start_ = start;
      return;
    }
    in_spoiler_ = false;
    if (out_.spoilers.size() < kMaxOfKind) out_.spoilers.push_back({spoiler_start_, rune_});
  }

  void word() {
    const std::string_view found = word_at(text_, at_);
    const size_t start = rune_;
    const bool alone = stands_alone(text_, at_, found.size());
    const bool addressed = std::exchange(after_at_, false);
    move_to(at_ + found.size());
    if (!alone) return;
    if (!addressed && emote(found, start)) return;
    if (!addressed && tag(found, start)) return;
    nick(found, start);
  }

  bool emote(std::string_view found, size_t start) {
    if (!words_.emotes.contains(std::string(found))) return false;
    Entities::Emote emote{std::string(found), {}, {start, rune_}, 0};
    while (at_ + 1 < text_.size() && text_[at_] == ':') {
      const std::string_view modifier = word_at(text_, at_ + 1);
      if (!words_.modifiers.contains(std::string(modifier))) break;
      if (!stands_alone(text_, at_ + 1, modifier.size())) break;
      move_to(at_ + 1 + modifier.size());
      if (emote.modifiers.size() < kMaxOfKind) emote.modifiers.emplace_back(modifier);
    }
    emote.bounds.end = rune_;
    if (out_.emotes.size() < kMaxOfKind) out_.emotes.push_back(std::move(emote));
    return true;
  }

  bool tag(std::string_view found, size_t start) {
    std::string lower = ascii_lower(found);
    if (!words_.tags.contains(lower)) return false;
    if (out_.tags.size() < kMaxOfKind) out_.tags.push_back({std::move(lower), {start, rune_}});
    return true;
  }

  void nick(std::string_view found, size_t start) {
    if (found.size() < kNickMin || found.size() > kNickMax || !is_nick_) return;
    if (out_.nicks.size() >= kMaxOfKind) return;
    std::string shown = is_nick_(found);
    if (!shown.empty()) out_.nicks.push_back({std::move(shown), {start, rune_}});
  }

  std::string_view text_;
  const EntityWords& words_;
  const NickLookup& is_nick_;
  Entities out_;
  size_t at_ = 0;
  size_t rune_ = 0;
  size_t spoiler_start_ = 0;
  bool in_spoiler_ = false;
  bool after_at_ = false;
  bool no_more_ticks_ = false;
};

void write_bounds(JsonWriter& w, const Bounds& b) {
  w.key("bounds").array().value(uint64_t{b.start}).value(uint64_t{b.end}).end_array();
}

void write_ranges(JsonWriter& w, std::string_view key, const std::vector<Bounds>& ranges) {
  if (ranges.empty()) return;
  w.key(key).array();
  for (const Bounds& b : ranges) {
    w.object();
    write_bounds(w, b);
    w.end_object();
  }
  w.end_array();
}

void write_named(JsonWriter& w, std::string_view key, std::string_view member,
                 const std::vector<Entities::Named>& items) {
  if (items.empty()) return;
  w.key(key).array();
  for (const auto& item : items) {
    w.object().field(member, item.name);
    write_bounds(w, item.bounds);
    w.end_object();
  }
  w.end_array();
}

void write_one(JsonWriter& w, std::string_view key, const std::vector<Bounds>& ranges) {
  if (ranges.empty()) return;
  w.key(key).object();
  write_bounds(w, ranges.front());
  w.end_object();
}

void write_links(JsonWriter& w, const std::vector<Entities::Link>& links) {
  if (links.empty()) return;
  w.key("links").array();
  for (const auto& link : links) {
    w.object().field("url", link.url);
    write_bounds(w, link.bounds);
    w.end_object();
  }
  w.end_array();
}

void write_emotes(JsonWriter& w, const std::vector<Entities::Emote>& emotes) {
  if (emotes.empty()) return;
  w.key("emotes").array();
  for (const auto& emote : emotes) {
    w.object().field("name", emote.name);
    if (!emote.modifiers.empty()) {
      w.key("modifiers").array();
      for (const auto& modifier : emote.modifiers) w.value(modifier);
      w.end_array();
    }
    write_bounds(w, emote.bounds);
    if (emote.combo >= 2) w.field("combo", emote.combo);
    w.end_object();
  }
  w.end_array();
}

}  // namespace

std::string Entities::to_json() const {
  JsonWriter w;
  w.object();
  write_links(w, links);
  write_emotes(w, emotes);
  write_named(w, "nicks", "nick", nicks);
  write_named(w, "tags", "name", tags);
  write_ranges(w, "codes", codes);
  write_ranges(w, "spoilers", spoilers);
  write_one(w, "greentext", greentext);
  write_one(w, "me", me);
  w.end_object();
  return w.take();
}

bool Entities::only_one_emote(std::string_view text) const {
  return emotes.size() == 1 && emotes.front().bounds.start == 0 &&
         emotes.front().bounds.end == count_code_points(text);
}

Entities find_entities(std::string_view text, const EntityWords& words, const NickLookup& is_nick) {
  return Scanner(text, words, is_nick).scan();
}

}  // namespace strims::text
