// The fixture of the tests about speaking: three people in a room. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "chat/room_testing.h"

namespace strims::chat {

inline std::string repeat(std::string_view part, size_t n) {
  std::string out;
  while (n-- > 0) out += part;
  return out;
}

class SpeechCase : public ::testing::Test, protected RoomCase {
 protected:
  SpeechCase() {
    a_ = enter(ada);
    m_ = enter(mod);
    b_ = enter(bo);
    port.take();
  }
  void pass(int64_t ms = 1000) { clock.advance(ms); }
  // Says it after a pause and gives what followed.
  std::vector<std::string> spoken(ConnId conn, std::string text, std::string nonce = {}) {
    pass();
    say(conn, std::move(text), std::move(nonce));
    return heard();
  }
  void subonly(int tier) {
    send(m_, {.verb = Verb::subonly, .tier = tier});
    heard();
  }
  void mute_bo(int64_t seconds = 600) {
    send(m_, {.verb = Verb::mute, .nick = "Bo", .duration_ns = seconds * 1'000'000'000});
    heard();
  }
  void ban_phrase(std::string phrase) {
    send(m_, {.verb = Verb::phrase_add, .text = std::move(phrase)});
    heard();
  }

  ConnId a_, m_, b_;  // #1 Ada, #2 Mod, #3 Bo
};

}  // namespace strims::chat
