#include "text/phrases.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

#include "text/utf8.h"

namespace strims::text {
namespace {

struct Pattern {
  std::string_view body;
  bool fold = false;
};

// "/body/" or "/body/i"; nothing when the phrase is plain text.
std::optional<Pattern> as_pattern(std::string_view phrase) {
  if (phrase.size() < 3 || phrase.front() != '/') return std::nullopt;
  Pattern out;
  if (phrase.ends_with("/i")) {
    out.fold = true;
    phrase.remove_suffix(1);
  }
  if (phrase.size() < 3 || phrase.back() != '/') return std::nullopt;
  out.body = phrase.substr(1, phrase.size() - 2);
  return out;
}

RE2::Options options(size_t max_memory) {
  RE2::Options o;
  o.set_log_errors(false);
  o.set_dot_nl(true);  // a line feed is no way around a phrase
  o.set_max_mem(static_cast<int64_t>(max_memory));
  return o;
}

std::string expression(const Pattern& pattern) {
  std::string out = pattern.fold ? "(?i:" : "(?:";
  out.append(pattern.body).append(")");
  return out;
}

std::unexpected<Error> bad(std::string detail) {
  return fail(Errc::invalid, "invalidphrase", std::move(detail));
}

std::unexpected<Error> too_many() {
  return fail(Errc::too_large, "too_many_phrases", "the phrases need too much memory together");
}

// Some phrases in one automaton. `members[i]` is the place in the list of the automaton's i-th
// expression.
struct Half {
  std::unique_ptr<RE2::Set> set;
  std::vector<size_t> members;

  bool add(size_t place, const std::string& regex, const PhraseLimits& limits) {
    if (!set) set = std::make_unique<RE2::Set>(options(limits.max_memory_bytes), RE2::UNANCHORED);
    if (set->Add(regex, nullptr) < 0) return false;
    members.push_back(place);
    return true;
  }
  bool compile() { return !set || set->Compile(); }
};

enum class Outcome { searched, out_of_memory };

// Lowers `best` to the first member that matches.
Outcome search(const Half& half, std::string_view text, size_t& best) {
  if (!half.set) return Outcome::searched;
  thread_local std::vector<int> hits;
  RE2::Set::ErrorInfo error{};
  if (half.set->Match({text.data(), text.size()}, &hits, &error)) {
    for (const int hit : hits) best = std::min(best, half.members[static_cast<size_t>(hit)]);
    return Outcome::searched;
  }
  return error.kind == RE2::Set::kNoError ? Outcome::searched : Outcome::out_of_memory;
}

}  // namespace

struct PhraseSet::Compiled {
  std::vector<std::string> phrases;
  std::vector<std::string> folded;  // of the plain ones; "" for patterns
  Half plain;                       // over folded text
  Half patterns;                    // over the text as it is
  PhraseLimits limits;

  bool matches(size_t place, std::string_view text, std::string_view folded_text) const {
    const auto pattern = as_pattern(phrases[place]);
    if (!pattern) return folded_text.find(folded[place]) != std::string_view::npos;
    const RE2 regex(expression(*pattern), options(limits.max_pattern_bytes));
    return regex.ok() && RE2::PartialMatch({text.data(), text.size()}, regex);
  }
};

Result<std::string_view> check_phrase(std::string_view raw, const PhraseLimits& limits) {
  if (!valid_utf8(raw)) return bad("the phrase is not UTF-8");
  const std::string_view phrase = trim_white_space(raw);
  if (phrase.empty()) return bad("the phrase is empty");
  if (count_code_points(phrase) > limits.max_runes)
    return bad("the phrase is longer than " + std::to_string(limits.max_runes) + " characters");
  const auto pattern = as_pattern(phrase);
  if (!pattern) return phrase;
  // Alone first: "a)(b" would balance inside of our own parentheses.
  const RE2 alone({pattern->body.data(), pattern->body.size()}, options(limits.max_pattern_bytes));
  if (!alone.ok()) return bad(alone.error());
  const RE2 regex(expression(*pattern), options(limits.max_pattern_bytes));
  if (!regex.ok()) return bad(regex.error());
  if (RE2::PartialMatch("", regex)) return bad("the pattern matches every message");
  return phrase;
}

PhraseSet::PhraseSet() : compiled_(std::make_shared<Compiled>()) {}
PhraseSet::~PhraseSet() = default;
PhraseSet::PhraseSet(const PhraseSet&) = default;
PhraseSet& PhraseSet::operator=(const PhraseSet&) = default;

Result<PhraseSet> PhraseSet::compile(std::span<const std::string> phrases,
                                     const PhraseLimits& limits) {
  if (phrases.size() > limits.max_phrases)
    return fail(Errc::too_large, "too_many_phrases",
                "there may be " + std::to_string(limits.max_phrases) + " phrases");
  auto compiled = std::make_shared<Compiled>();
  compiled->limits = limits;
  for (const std::string& raw : phrases) {
    const auto phrase = check_phrase(raw, limits);
    if (!phrase) return bad("\"" + raw + "\": " + phrase.error().detail);
    const size_t place = compiled->phrases.size();
    compiled->phrases.emplace_back(*phrase);
    compiled->folded.emplace_back();
    bool added = false;
    if (const auto pattern = as_pattern(*phrase)) {
      added = compiled->patterns.add(place, expression(*pattern), limits);
    } else {
      compiled->folded.back() = fold_case(*phrase);
      added = compiled->plain.add(place, RE2::QuoteMeta(compiled->folded.back()), limits);
    }
    if (!added) return bad("\"" + raw + "\" cannot be compiled");
  }
  if (!compiled->plain.compile() || !compiled->patterns.compile()) return too_many();
  PhraseSet out;
  out.compiled_ = std::move(compiled);
  return out;
}

std::optional<std::string> PhraseSet::match(std::string_view text) const {
  const Compiled& c = *compiled_;
  if (c.phrases.empty()) return std::nullopt;
  const std::string folded = fold_case(text);
  size_t best = c.phrases.size();
  const bool whole = search(c.plain, folded, best) == Outcome::searched &&
                     search(c.patterns, text, best) == Outcome::searched;
  if (!whole) {
    best = 0;
    while (best < c.phrases.size() && !c.matches(best, text, folded)) ++best;
  }
  if (best == c.phrases.size()) return std::nullopt;
  return c.phrases[best];
}

size_t PhraseSet::size() const {
  return compiled_->phrases.size();
}
const std::vector<std::string>& PhraseSet::phrases() const {
  return compiled_->phrases;
}

}  // namespace strims::text
