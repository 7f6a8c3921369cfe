// Nonces: a message that is sent again is stored once and answered every time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/speech_case.h"

namespace strims::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using RoomNonces = SpeechCase;

TEST_F(RoomNonces, ANonceIsAcknowledgedOnceStored) {
  say(a_, "hi", "n1");
  EXPECT_THAT(port.take(), IsEmpty());
  EXPECT_THAT(heard(), ElementsAre("message Ada 'hi'", "#1 ack n1"));
  EXPECT_EQ(port.receipts.back().seq, 1U);
  EXPECT_EQ(port.receipts.back().id, port.stored[0].id);
  EXPECT_EQ(port.receipts.back().at, port.stored[0].at);
}

TEST_F(RoomNonces, ARepeatedNonceOfAStoredMessageIsAnsweredAtOnce) {
  say(a_, "hi", "n1");
  heard();
  say(a_, "hi", "n1");  // no throttle, no duplicate
  EXPECT_THAT(port.take(), ElementsAre("#1 ack n1"));
  EXPECT_EQ(port.receipts.back().seq, 1U);
  EXPECT_THAT(port.pending, IsEmpty());
}

TEST_F(RoomNonces, ARepeatedNonceOfAPendingMessageIsStoredOnce) {
  const ConnId a2 = enter(ada);
  port.take();
  say(a_, "hi", "n1");
  say(a2, "hi", "n1");  // the client has reconnected and asks again
  EXPECT_THAT(heard(), ElementsAre("message Ada 'hi'", "#1 ack n1", "#4 ack n1"));
  EXPECT_EQ(port.stored.size(), 1U);
  EXPECT_EQ(port.receipts[0].seq, port.receipts[1].seq);
  EXPECT_EQ(room.last_seq(), 1U);
}

TEST_F(RoomNonces, TwoUsersMayHaveTheSameNonce) {
  say(a_, "hi", "n1");
  say(b_, "ho", "n1");
  EXPECT_THAT(heard(),
              ElementsAre("message Ada 'hi'", "#1 ack n1", "message Bo 'ho'", "#3 ack n1"));
}

TEST_F(RoomNonces, APendingNonceOutlivesAFullJournal) {
  say(a_, "hi", "n1");
  port.full = true;
  say(a_, "hi", "n1");
  EXPECT_THAT(port.take(), ElementsAre("#1 refused unavailable n1"));
  port.full = false;
  EXPECT_THAT(heard(), ElementsAre("message Ada 'hi'", "#1 ack n1"));
  say(a_, "hi", "n1");
  EXPECT_THAT(heard(), ElementsAre("#1 ack n1"));
}

TEST_F(RoomNonces, ANonceIsForgottenAfterTheWindow) {
  say(a_, "hi", "n1");
  heard();
  const int64_t window = RoomLimits().nonce_window_ms;
  pass(window);
  room.tick();
  say(a_, "hi", "n1");
  EXPECT_THAT(port.take(), ElementsAre("#1 ack n1")) << "just inside";
  pass(1);
  say(a_, "hi", "n1");
  EXPECT_THAT(port.take(), ElementsAre("#1 refused duplicate n1")) << "a new message now";
}

TEST_F(RoomNonces, ANonceUsedAnewIsKeptForItsOwnWindow) {
  say(a_, "hi", "n1");
  heard();
  const int64_t window = RoomLimits().nonce_window_ms;
  pass(window + 1);
  say(a_, "ho", "n1");  // nobody has swept yet
  heard();
  room.tick();
  say(a_, "ho", "n1");
  EXPECT_THAT(port.take(), ElementsAre("#1 ack n1"));
}

TEST_F(RoomNonces, AnOverlongNonceIsNotEchoed) {
  say(a_, "hi", repeat("n", 65));
  EXPECT_THAT(heard(), ElementsAre("#1 refused protocolerror"));
  say(a_, "hi", repeat("n", 64));
  EXPECT_EQ(heard().size(), 2U);
}

TEST_F(RoomNonces, ARefusedNonceMayBeTriedAgain) {
  mute_bo();
  EXPECT_THAT(spoken(b_, "hi", "n1"), ElementsAre("#3 refused muted n1"));
  send(m_, {.verb = Verb::unmute, .nick = "Bo"});
  heard();
  EXPECT_THAT(spoken(b_, "hi", "n1"), ElementsAre("message Bo 'hi'", "#3 ack n1"));
}

TEST_F(RoomNonces, ANonceIsNotForgottenBeforeItsMessageIsStored) {
  RoomCase c({.max_nonces = 2});
  const ConnId r = c.enter(c.bot);
  c.port.take();
  c.say(r, "1", "n1");
  c.say(r, "2", "n2");
  c.say(r, "3", "n3");
  c.say(r, "4");
  EXPECT_THAT(c.heard(), ElementsAre("#1 refused unavailable n3", "message Bot '1'", "#1 ack n1",
                                     "message Bot '2'", "#1 ack n2", "message Bot '4'"));
  c.say(r, "3", "n3");  // now the oldest may go
  EXPECT_THAT(c.heard(), ElementsAre("message Bot '3'", "#1 ack n3"));
  c.say(r, "2", "n2");
  EXPECT_THAT(c.heard(), ElementsAre("#1 ack n2"));
}

TEST_F(RoomNonces, NoncesComeBackAfterARestart) {
  RoomCase c;
  RoomState state;
  state.nonces.push_back({1, "n1", {.id = 77, .seq = 5, .at = 9}});
  c.room.restore(std::move(state));
  const ConnId a = c.enter(c.ada);
  c.port.take();
  c.say(a, "hi", "n1");
  EXPECT_THAT(c.port.take(), ElementsAre("#1 ack n1"));
  EXPECT_EQ(c.port.receipts.back().seq, 5U);
}

}  // namespace
}  // namespace strims::chat
