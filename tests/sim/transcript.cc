#include "sim/transcript.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "sim/trace.h"

namespace strims::sim {
namespace {

[[noreturn]] void broken(std::string what) {
  throw Violation("transcript: " + what);
}

Json parse(std::string_view body) {
  auto json = Json::parse(body);
  if (!json) broken("not JSON: " + std::string(body.substr(0, 200)));
  return std::move(*json);
}

std::string text_of(const Json& json, std::string_view key) {
  return std::string(json.find_string(key).value_or(""));
}

Seq number_of(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value ? static_cast<Seq>(value->integer().value_or(0)) : 0;
}

// The strims dialect marks who was present when it was said, which the journal does not tell.
std::string without_entities(std::string text) {
  const size_t at = text.find(R"("entities":{)");
  if (at == std::string::npos) return text;
  size_t end = text.find('{', at);
  for (int depth = 0; end < text.size(); ++end) {
    depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
    if (depth == 0) break;
  }
  return text.erase(at, end + 1 - at);
}

// Entries end with their number; 0 for frames that were made of none.
Seq seq_of(std::string_view frame) {
  constexpr std::string_view kKey = ",\"seq\":";
  if (!frame.ends_with('}')) return 0;
  const size_t at = frame.rfind(kKey);
  if (at == std::string_view::npos) return 0;
  const size_t begin = at + kKey.size();
  return parse_u64(frame.substr(begin, frame.size() - 1 - begin)).value_or(0);
}

}  // namespace

void Transcript::on_text(const std::string& frame) {
  if (close_code_ != 0) broken("a frame behind the close frame: " + frame);
  const size_t space = frame.find(' ');
  if (space == std::string::npos) broken("no frame of this protocol: " + frame);
  const std::string_view event = std::string_view(frame).substr(0, space);
  const std::string_view body = std::string_view(frame).substr(space + 1);
  if (stage_ < Stage::live && welcome(event, body, frame)) return;
  if (stage_ >= Stage::gap_names && in_gap(event, frame)) return;
  if (personal(event, body)) return;
  if (event == "JOIN") return presence(body, true);
  if (event == "QUIT") return presence(body, false);
  if (event == "UPDATEUSER" || event == "PAIDEVENTS") return;
  if (event == "GAP") return gap(body);
  if (event == "NAMES") {
    // Without a GAP: he fell behind, and what he missed were no entries.
    if (!reader_.gaps) broken("a second NAMES");
    gap_from_ = gap_to_ = 0;
    names(body);
    heard_twice_.clear();
    stage_ = Stage::gap_rest;
    return;
  }
  if (event == "BROADCAST" && seq_of(frame) == 0) return;  // a notice of the system
  entry(frame);
}

// True when the frame belongs to the welcome.
bool Transcript::welcome(std::string_view event, std::string_view body, const std::string& frame) {
  const bool dgg = reader_.flavour == hub::Flavour::dgg;
  if (stage_ == Stage::expelled) broken("to somebody who was thrown out: " + frame);
  if (stage_ == Stage::me) {
    if (event == "ERR") {
      stage_ = Stage::expelled;
      return true;
    }
    stage_ = Stage::names;
    if (dgg) {
      if (event != "ME") broken("the welcome begins with " + frame);
      return true;
    }
  }
  if (stage_ == Stage::names) {
    if (event != "NAMES") broken("not NAMES but " + frame);
    names(body);
    heard_twice_ = present_;
    stage_ = dgg ? Stage::past : Stage::extras;
    return true;
  }
  if (stage_ == Stage::past) return past(event, body, frame);
  if (extra(event, body, frame)) return true;
  stage_ = Stage::live;
  return false;
}

bool Transcript::past(std::string_view event, std::string_view body, const std::string& frame) {
  if (event == "PAIDEVENTS") {
    stage_ = Stage::extras;
    shown_past_ = shown_.size();
  } else if (event == "RESUME") {
    if (!reader_.since || past_lost_ || !shown_.empty()) broken("RESUME out of place");
    past_lost_ = true;
  } else if (event == "HISTORY") {
    if (reader_.since && !past_lost_) broken("a history for somebody who resumes");
    history(body);
  } else {
    if (!reader_.since || past_lost_) broken("in the place of a history: " + frame);
    missed(frame);
  }
  return true;
}

void Transcript::history(std::string_view body) {
  const Json lines = parse(body);
  for (const Json& line : lines.array()) {
    const std::string text(line.string().value_or(""));
    const Seq seq = seq_of(text);
    stored(seq, text, true);
    if (!shown_.empty() && seq <= shown_.back()) broken("a history out of order");
    shown_.push_back(seq);
  }
}

void Transcript::missed(const std::string& frame) {
  const Seq seq = seq_of(frame);
  stored(seq, frame, true);
  const Seq before = shown_.empty() ? *reader_.since : shown_.back();
  if (seq <= before) broken(fmt::format("{} behind {}", seq, before));
  for (Seq s = journal_.next_visible(reader_.flavour, before); s != seq;
       s = journal_.next_visible(reader_.flavour, s)) {
    if (journal_.at(s).deleted_by == 0) journal_.read_on();
    if (journal_.at(s).deleted_by == 0) broken(fmt::format("{} is missing before {}", s, seq));
  }
  shown_.push_back(seq);
}

// PIN, POLLSTART, SUBONLY and ERR muted, in this order, right behind the history. An entry that
// comes live in this place is taken for one of them, which hides nothing.
bool Transcript::extra(std::string_view event, std::string_view body, const std::string& frame) {
  const int rank = event == "PIN"         ? 1
                   : event == "POLLSTART" ? 2
                   : event == "SUBONLY"   ? 3
                   : event == "ERR" && body.find("\"nonce\"") == std::string_view::npos &&
                           body.find("\"muted\"") != std::string_view::npos
                       ? 4
                       : 0;
  if (rank <= extra_rank_) return false;
  extra_rank_ = rank;
  if (const Seq seq = seq_of(frame); seq != 0) {
    stored(seq, frame, event != "POLLSTART");
    shown_.push_back(seq);
  }
  return true;
}

const JournalView::Line& Transcript::stored(Seq seq, const std::string& frame, bool verbatim) {
  const JournalView::Line* line = journal_.find(seq);
  if (!line) broken("shown before it was in the journal: " + frame);
  const std::string& truth = line->text[static_cast<size_t>(reader_.flavour)];
  const bool same = reader_.flavour == hub::Flavour::strims
                        ? without_entities(truth) == without_entities(frame)
                        : truth == frame;
  if (verbatim && !same) broken("shown: " + frame + "\n  journal: " + truth);
  return *line;
}

// Frames for this reader alone.
bool Transcript::personal(std::string_view event, std::string_view body) {
  if (event == "ACK") {
    acknowledged(parse(body));
  } else if (event == "ERR") {
    refused(body);
  } else if (event == "PRIVMSG") {
    whisper(body, false);
  } else if (event == "PRIVMSGSENT") {
    whisper(body, true);
  } else if (event == "VOTECOUNTED") {
    if (!reader_.user) broken("a guest has voted");
  } else if (event != "PONG") {
    return false;
  }
  return true;
}

void Transcript::acknowledged(const Json& json) {
  const std::string nonce = text_of(json, "nonce");
  const Seq seq = number_of(json, "seq");
  ledger_.acknowledged(reader_.user.get(), nonce, seq);
  const auto it = waiting_.find(nonce);
  if (it == waiting_.end()) broken("an answer to what was not asked here: " + nonce);
  answered_note_ = std::max(answered_note_, it->second);
  waiting_.erase(it);
  // Behind its message and before the next one; where it is the answer to a repetition, anywhere.
  if (!ledger_.said_once(nonce)) return;
  if (position_ > seq) broken(fmt::format("ACK of {} behind {}", seq, position_));
  if (position_ < seq) early_answers_.push_back(seq);
}

void Transcript::refused(std::string_view body) {
  if (reader_.flavour != hub::Flavour::dgg) return;  // does not say what was refused
  const Json json = parse(body);
  const std::string nonce = text_of(json, "nonce");
  if (nonce.empty()) return;
  ledger_.refused(reader_.user.get(), nonce);
  const auto it = waiting_.find(nonce);
  if (it == waiting_.end()) broken("a refusal of what was not asked here: " + nonce);
  answered_note_ = std::max(answered_note_, it->second);
  waiting_.erase(it);
}

void Transcript::whisper(std::string_view body, bool is_his_own) {
  ledger_.whisper_heard(reader_.user.get(), text_of(parse(body), "data"), is_his_own);
}

void Transcript::names(std::string_view body) {
  present_.clear();
  const Json json = parse(body);
  const Json* users = json.find("users");
  if (!users) broken("NAMES without users");
  for (const Json& user : users->array())
    if (!present_.insert(text_of(user, "nick")).second) broken("somebody is twice in NAMES");
}

void Transcript::presence(std::string_view body, bool joins) {
  const std::string nick = text_of(parse(body), "nick");
  if (!joins) {
    if (present_.erase(nick) == 0) broken("QUIT of " + nick + ", who is not here");
    heard_twice_.erase(nick);
  } else if (!present_.insert(nick).second && heard_twice_.erase(nick) == 0) {
    broken("JOIN of " + nick + ", who is here");
  }
}

void Transcript::gap(std::string_view body) {
  if (!reader_.gaps) broken("a GAP for somebody who did not ask for it");
  const Json json = parse(body);
  gap_from_ = number_of(json, "from");
  gap_to_ = number_of(json, "to");
  if (gap_from_ == 0 || gap_to_ < gap_from_ || !journal_.find(gap_to_))
    broken(fmt::format("GAP from {} to {}", gap_from_, gap_to_));
  if (first_ == 0) {
    begin_at(gap_from_);
  } else if (gap_from_ <= position_ ||
             journal_.next_visible(reader_.flavour, position_) < gap_from_) {
    broken(fmt::format("GAP from {} to {} behind {}", gap_from_, gap_to_, position_));
  }
  gaps_.emplace_back(gap_from_, gap_to_);
  gap_shown_.clear();
  stage_ = Stage::gap_names;
}

// Behind a GAP: NAMES, what he must have of what he missed, the poll.
bool Transcript::in_gap(std::string_view event, const std::string& frame) {
  if (stage_ == Stage::gap_names) {
    if (event != "NAMES") broken("behind a GAP: " + frame);
    names(std::string_view(frame).substr(event.size() + 1));
    heard_twice_.clear();
    stage_ = Stage::gap_rest;
    return true;
  }
  const Seq seq = event == "ACK" ? 0 : seq_of(frame);
  const Seq known =
      std::max({gap_to_, position_, shown_.empty() ? Seq{0} : *std::ranges::max_element(shown_)});
  if (event == "POLLSTART" && seq <= known) {
    stored(seq, frame, false);
    end_gap();
    return true;
  }
  if (seq != 0 && seq <= gap_to_ && event != "GAP") {
    stored(seq, frame, true);
    gap_shown_.push_back(seq);
    return true;
  }
  end_gap();
  return false;
}

void Transcript::end_gap() {
  stage_ = Stage::live;
  if (gap_from_ == 0) return;
  const auto must = journal_.essentials(gap_from_, gap_to_, reader_.user.get(), reader_.kept);
  if (gap_shown_ != must)
    broken(fmt::format("of the gap {}-{} he must have [{}] and got [{}]", gap_from_, gap_to_,
                       fmt::join(must, " "), fmt::join(gap_shown_, " ")));
  position_ = gap_to_;
}

void Transcript::entry(const std::string& frame) {
  const Seq seq = seq_of(frame);
  if (seq == 0) broken("a frame that is nothing: " + frame);
  stored(seq, frame, true);
  if (first_ == 0) {
    begin_at(seq);
  } else {
    const Seq next = journal_.next_visible(reader_.flavour, position_);
    if (seq != next) broken(fmt::format("{} behind {}, not {}", seq, position_, next));
  }
  position_ = seq;
}

// Now it is known up to where the welcome went.
void Transcript::begin_at(Seq first) {
  first_ = first;
  if (pinged_ != 0 && (first <= pinged_ || journal_.next_visible(reader_.flavour, pinged_) < first))
    broken(fmt::format("{} behind a ping that said {}", first, pinged_));
  if (const std::string fault = fault_in_beginning(first - 1); !fault.empty()) broken(fault);
}

std::string Transcript::fault_in_beginning(Seq last) const {
  if (reader_.flavour != hub::Flavour::dgg) return {};
  if (!reader_.since || past_lost_) {
    // It is lost only when it lies further back than the server keeps.
    if (past_lost_ && *reader_.since <= last && last - *reader_.since <= reader_.kept)
      return fmt::format("what came after {} is said to be lost at {}", *reader_.since, last);
    return journal_.fault_in_history(shown_, last, reader_.history_lines, reader_.echoed);
  }
  return journal_.fault_in_missed(shown_, *reader_.since, last);
}

void Transcript::on_ping(std::string_view payload) {
  if (stage_ == Stage::extras) stage_ = Stage::live;
  if (stage_ == Stage::gap_rest) end_gap();
  const auto seq = parse_u64(payload);
  if (!seq) broken("a ping that says " + std::string(payload));
  // It tells the last entry before it.
  if (first_ == 0) {
    if (*seq < pinged_ || (!shown_.empty() && *seq < *std::ranges::max_element(shown_)))
      broken(fmt::format("a ping says {} behind the welcome", *seq));
    pinged_ = *seq;
    return;
  }
  const Seq next = journal_.next_visible(reader_.flavour, position_);
  if (*seq < position_ || (next != 0 && next <= *seq))
    broken(fmt::format("a ping says {} behind {}", *seq, position_));
}

void Transcript::on_close(uint16_t code) {
  if (stage_ == Stage::gap_rest) end_gap();
  close_code_ = code == 0 ? 1005 : code;
  if (code == 4008 && reader_.gaps) broken("closed as a slow reader who asked for gaps");
}

void Transcript::finish() {
  for (const Seq seq : early_answers_) {
    const bool in_gap = std::ranges::any_of(
        gaps_, [&](const auto& gap) { return gap.first <= seq && seq <= gap.second; });
    if (!in_gap && position_ >= seq) broken(fmt::format("ACK of {} came before it", seq));
  }
  if (first_ != 0 || stage_ < Stage::extras) return;
  // Nothing came live: the welcome must fit one of the moments at which it may have been made.
  journal_.read_on();
  std::string fault;
  const Seq least = shown_.empty() ? 0 : *std::ranges::max_element(shown_);
  for (Seq last = least; last <= journal_.last(); ++last) {
    fault = fault_in_beginning(last);
    if (fault.empty()) return;
  }
  broken(fault);
}

std::string Transcript::lack() const {
  if (!live()) return "the welcome";
  if (first_ == 0) return fault_in_beginning(journal_.last());
  const Seq next = journal_.next_visible(reader_.flavour, position_);
  return next == 0 ? std::string() : std::to_string(next);
}

std::optional<Seq> Transcript::has() const {
  if (position_ != 0) return position_;
  if (shown_past_ != 0) return shown_[shown_past_ - 1];
  if (!shown_.empty() && reader_.since && !past_lost_ && stage_ == Stage::past)
    return shown_.back();
  return reader_.since;
}

}  // namespace strims::sim
