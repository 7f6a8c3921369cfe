// For tests only: a channel's life told in words.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "stream/lifecycle.h"

namespace strims::stream {

inline std::string words_of(const Effect& effect) {
  struct {
    std::string operator()(const CloseSession& e) const {
      return "close " + std::to_string(e.session) + " " + std::string(to_string(e.reason));
    }
    std::string operator()(const WriteTransition& e) const {
      const Transition& t = e.transition;
      std::string out =
          std::string(to_string(t.from)) + ">" + std::string(to_string(t.to)) + ":" + t.reason;
      if (t.end_reason) out += "=" + std::string(to_string(*t.end_reason));
      return out;
    }
    std::string operator()(const Announce& e) const {
      return "announce " + std::string(to_string(e.kind));
    }
    std::string operator()(const TellState& e) const {
      return "state " + std::string(to_string(e.state));
    }
    std::string operator()(const StartRecording&) const { return "record"; }
    std::string operator()(const StopRecording& e) const { return e.keep ? "keep" : "discard"; }
  } const words;
  return std::visit(words, effect);
}

inline std::string words_of(const Effects& effects) {
  std::string out;
  for (const Effect& effect : effects) out += (out.empty() ? "" : ", ") + words_of(effect);
  return out;
}

// Plays "arm", "publish 1", "media 1" (its first part), "frame 1" (its media goes on), "lost 1",
// "idle 1", "stopped 1", "codec 1", "gone 1", "end banned", "wait 60" (seconds, then a tick).
class LifePlayer {
 public:
  static constexpr TimeMs kStart = 1'760'000'000'000;

  explicit LifePlayer(LifecycleLimits limits = {}) : life(3, limits) {}

  std::string play(const std::string& line) {
    std::istringstream in(line);
    std::string verb;
    in >> verb;
    if (verb == "end") {
      std::string reason;
      in >> reason;
      return keep(life.end(*parse_end_reason(reason), now()));
    }
    int64_t n = 0;
    in >> n;
    if (verb == "arm") return keep(life.arm(next_id_++, now()));
    if (verb == "publish") return publish(n);
    if (verb == "media") return keep(life.first_part(n, now().wall, now()));
    if (verb == "wait") {
      passed_ms_ += n * 1000;
      return keep(life.tick(now()));
    }
    if (verb == "frame") {
      life.progress(n, now().wall);
      return "";
    }
    const std::vector<std::string> ways = {"lost", "idle", "stopped", "codec", "gone"};
    for (size_t i = 0; i < ways.size(); ++i)
      if (ways[i] == verb) return keep(life.lost(n, static_cast<Loss>(i), now()));
    ADD_FAILURE() << "what is " << line;
    return "";
  }

  Now now() const { return {1'000'000 + passed_ms_, kStart + passed_ms_}; }
  // The transitions of the last line that had any.
  const std::vector<Transition>& transitions() const { return transitions_; }

  Lifecycle life;
  bool record = true;

 private:
  std::string publish(SessionId session) {
    auto answer = life.publish({session, next_id_, record}, now());
    if (!answer.accepted)
      return std::string(answer.refusal) + " " + std::to_string(answer.retry_after_ms / 1000);
    if (life.broadcast() == next_id_) ++next_id_;
    return keep(std::move(answer.effects));
  }
  std::string keep(Effects effects) {
    std::vector<Transition> written;
    for (const Effect& effect : effects)
      if (const auto* write = std::get_if<WriteTransition>(&effect))
        written.push_back(write->transition);
    if (!written.empty()) transitions_ = std::move(written);
    return words_of(effects);
  }

  int64_t passed_ms_ = 0;
  BroadcastId next_id_ = 100;
  std::vector<Transition> transitions_;
};

}  // namespace strims::stream
