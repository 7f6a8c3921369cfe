// What people said and what they were answered: every accepted message is in the journal exactly
// once, refused ones never, and what is private reaches its owner alone.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "model/entry.h"
#include "sim/journal_view.h"

namespace strims::sim {

class Ledger {
 public:
  explicit Ledger(JournalView& journal) : journal_(journal) {}

  // A number that was not used yet.
  uint64_t next_serial() { return ++serial_; }
  // Sent, or sent again on another connection. `nonce` may be "".
  void said(const User& user, const std::string& nonce, const std::string& text);
  bool said_once(const std::string& nonce) const { return lines_.at(nonce).times == 1; }
  // Answers that `user` got.
  void acknowledged(const User* user, const std::string& nonce, Seq seq);
  void refused(const User* user, const std::string& nonce);
  void whispered(const User& from, const User& to, const std::string& text);
  // PRIVMSG or PRIVMSGSENT.
  void whisper_heard(const User* reader, const std::string& text, bool is_his_own) const;

  // At the end.
  void check() const;

 private:
  struct Said {
    UserId user = 0;
    std::string text;
    int times = 0;
    bool refused = false;
    Seq seq = 0;  // as acknowledged
  };
  Said& own(const User* user, const std::string& nonce);

  JournalView& journal_;
  uint64_t serial_ = 0;
  std::map<std::string, Said> lines_;                          // by nonce
  std::map<std::string, std::pair<UserId, UserId>> whispers_;  // by text: from, to
};

}  // namespace strims::sim
