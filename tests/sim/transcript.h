// What one connection was sent, held against the journal while it comes: the welcome, then every
// entry exactly once and in order, or a marked gap.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_read.h"
#include "hub/settings.h"
#include "model/user.h"
#include "sim/journal_view.h"
#include "sim/ledger.h"

namespace strims::sim {

struct ReaderTraits {
  hub::Flavour flavour = hub::Flavour::dgg;
  UserPtr user;  // null: a guest
  bool gaps = false;
  std::optional<Seq> since;
  Seq echoed = 0;            // the server has surely heard that he has this
  size_t history_lines = 0;  // of the room
  size_t kept = 0;           // entries that the server keeps for who comes back
};

class Transcript {
 public:
  Transcript(ReaderTraits reader, JournalView& journal, Ledger& ledger)
      : reader_(std::move(reader)), journal_(journal), ledger_(ledger) {}

  // Each throws Violation when a promise is broken.
  void on_text(const std::string& frame);
  void on_ping(std::string_view payload);
  void on_close(uint16_t code);
  // The connection is over.
  void finish();

  // What he lacks though nothing is under way to him any more; "" when it is nothing.
  std::string lack() const;

  // Sent with a nonce that wants an answer; `note` comes back when it is answered.
  void expect_answer(const std::string& nonce, Seq note) { waiting_[nonce] = note; }
  const std::map<std::string, Seq>& unanswered() const { return waiting_; }
  // The greatest note of what was answered.
  Seq answered_note() const { return answered_note_; }

  bool live() const { return stage_ >= Stage::extras; }
  bool expelled() const { return stage_ == Stage::expelled; }
  // The last entry that was shown while it was live; 0: none.
  Seq position() const { return position_; }
  // The last entry that he has, for ?since=.
  std::optional<Seq> has() const;
  const std::set<std::string>& present() const { return present_; }
  uint16_t close_code() const { return close_code_; }

 private:
  enum class Stage { me, names, past, expelled, extras, live, gap_names, gap_rest };

  bool welcome(std::string_view event, std::string_view body, const std::string& frame);
  bool past(std::string_view event, std::string_view body, const std::string& frame);
  bool extra(std::string_view event, std::string_view body, const std::string& frame);
  void history(std::string_view body);
  void missed(const std::string& frame);
  bool personal(std::string_view event, std::string_view body);
  void acknowledged(const Json& json);
  void refused(std::string_view body);
  void whisper(std::string_view body, bool is_his_own);
  void presence(std::string_view body, bool joins);
  void names(std::string_view body);
  void gap(std::string_view body);
  bool in_gap(std::string_view event, const std::string& frame);
  void end_gap();
  void entry(const std::string& frame);
  void begin_at(Seq first);
  std::string fault_in_beginning(Seq last) const;
  const JournalView::Line& stored(Seq seq, const std::string& frame, bool verbatim);

  const ReaderTraits reader_;
  JournalView& journal_;
  Ledger& ledger_;
  Stage stage_ = Stage::me;
  bool past_lost_ = false;  // RESUME: what he missed is not here any more
  int extra_rank_ = 0;
  std::vector<Seq> shown_;  // of the welcome: history or what was missed, and what followed it
  size_t shown_past_ = 0;   // how many of them are history or missed
  Seq pinged_ = 0;          // what the last ping before the first live entry said
  Seq first_ = 0;           // the first live entry
  Seq position_ = 0;        // the last one
  Seq gap_from_ = 0, gap_to_ = 0;
  std::vector<Seq> gap_shown_;
  std::vector<std::pair<Seq, Seq>> gaps_;
  std::vector<Seq> early_answers_;  // acknowledged before they were shown
  std::set<std::string> present_;
  std::set<std::string> heard_twice_;  // of the welcome's list: their JOIN may follow
  std::map<std::string, Seq> waiting_;
  Seq answered_note_ = 0;
  uint16_t close_code_ = 0;
};

}  // namespace strims::sim
