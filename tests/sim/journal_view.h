// The truth: the journal as SQL has it, read by a connection of its own that no fault touches, and
// what follows from it for a reader.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/dialects/dialect.h"
#include "hub/dialects/site_dialect.h"
#include "hub/settings.h"
#include "model/entry.h"
#include "storage/sql/database.h"

namespace strims::sim {

class JournalView {
 public:
  struct Line {
    Entry entry;
    std::array<std::string, hub::kFlavours> text;  // as each dialect shows it; "": not at all
    Seq deleted_by = 0;                            // the number of its tombstone
  };

  JournalView(sql::Database& database, int64_t paid_event_ms);

  // Reads what has been added. Throws Violation for a gap in the numbers.
  void read_on();
  Seq last() const { return lines_.size(); }
  // Null when the journal has no such entry; looks again before it says so.
  const Line* find(Seq seq);
  const Line& at(Seq seq) const { return lines_[seq - 1]; }
  // The first entry behind `after` that the dialect shows; 0: none so far.
  Seq next_visible(hub::Flavour flavour, Seq after) const;
  bool deleted(Seq seq, Seq as_of) const {
    return at(seq).deleted_by != 0 && at(seq).deleted_by <= as_of;
  }

  // What is wrong with a HISTORY (its numbers, and those of what followed it in the welcome) that
  // was made when `last` was the newest entry; "" when nothing is. It has at least the newest
  // `lines` that belong into it, and all that came after `echoed` as far as the server keeps it.
  std::string fault_in_history(const std::vector<Seq>& shown, Seq last, size_t lines,
                               Seq echoed) const;
  // The same for what a returning client is sent in its place.
  std::string fault_in_missed(const std::vector<Seq>& shown, Seq since, Seq last) const;
  // Which entries a reader must have of those that a GAP says he missed, as far as the server has
  // the newest `kept`.
  std::vector<Seq> essentials(Seq from, Seq to, const User* reader, size_t kept) const;

  // Reads everything anew: nothing may have changed, and the journal's own rules hold.
  void read_again();

 private:
  std::vector<Entry> read_after(Seq after);
  void add(Entry entry);

  std::unique_ptr<sql::Connection> connection_;
  std::array<std::unique_ptr<hub::Dialect>, hub::kFlavours> dialects_;
  std::vector<Line> lines_;
};

}  // namespace strims::sim
