#include "sim/ledger.h"

#include <fmt/format.h>

#include "sim/trace.h"

namespace strims::sim {

void Ledger::said(const User& user, const std::string& nonce, const std::string& text) {
  if (nonce.empty()) return;
  Said& line = lines_[nonce];
  line.user = user.id;
  line.text = text;
  ++line.times;
}

Ledger::Said& Ledger::own(const User* user, const std::string& nonce) {
  const auto it = lines_.find(nonce);
  if (it == lines_.end() || !user || it->second.user != user->id)
    throw Violation(fmt::format("an answer to {} reached somebody else", nonce));
  return it->second;
}

void Ledger::acknowledged(const User* user, const std::string& nonce, Seq seq) {
  Said& line = own(user, nonce);
  const JournalView::Line* stored = journal_.find(seq);
  if (!stored) throw Violation(fmt::format("{} was acknowledged as {} before that", nonce, seq));
  if (stored->entry.nonce != nonce || stored->entry.actor.id != user->id)
    throw Violation(fmt::format("{} was acknowledged as {}, which is another", nonce, seq));
  if (line.seq != 0 && line.seq != seq)
    throw Violation(fmt::format("{} was acknowledged as {} and as {}", nonce, line.seq, seq));
  line.seq = seq;
}

void Ledger::refused(const User* user, const std::string& nonce) {
  own(user, nonce).refused = true;
}

void Ledger::whispered(const User& from, const User& to, const std::string& text) {
  whispers_[text] = {from.id, to.id};
}

void Ledger::whisper_heard(const User* reader, const std::string& text, bool is_his_own) const {
  const auto it = whispers_.find(text);
  if (it == whispers_.end()) throw Violation("a whisper that nobody sent: " + text);
  const UserId owner = is_his_own ? it->second.first : it->second.second;
  if (!reader || reader->id != owner) throw Violation("a whisper reached somebody else: " + text);
}

void Ledger::check() const {
  std::map<std::string, Seq> stored;
  for (Seq seq = 1; seq <= journal_.last(); ++seq) {
    const Entry& e = journal_.at(seq).entry;
    if (e.kind != EntryKind::message || e.nonce.empty()) continue;
    if (!stored.emplace(e.nonce, seq).second)
      throw Violation(fmt::format("{} is stored twice: {} and {}", e.nonce, stored[e.nonce], seq));
    const auto it = lines_.find(e.nonce);
    if (it == lines_.end()) throw Violation(fmt::format("{} was never sent", e.nonce));
    if (it->second.text != e.text || it->second.user != e.actor.id)
      throw Violation(fmt::format("{} is stored as something else", e.nonce));
  }
  for (const auto& [nonce, line] : lines_) {
    const auto it = stored.find(nonce);
    if (line.seq != 0 && it == stored.end())
      throw Violation(fmt::format("{} was acknowledged as {} and is not there", nonce, line.seq));
    // Of two sends the second may be refused while the first one is still under way.
    if (line.seq == 0 && line.refused && line.times == 1 && it != stored.end())
      throw Violation(fmt::format("{} was refused, and is stored as {}", nonce, it->second));
  }
}

}  // namespace strims::sim
