#include "load/transcript.h"

#include <gtest/gtest.h>

#include <memory>

namespace strims::load {
namespace {

class TranscriptTest : public ::testing::Test {
 protected:
  static std::string msg(uint64_t seq, uint64_t number) {
    return R"(MSG {"nick":"A","data":"m)" + std::to_string(number) + R"( 1000 words","seq":)" +
           std::to_string(seq) + "}";
  }
  static std::string history(std::initializer_list<std::pair<uint64_t, uint64_t>> lines) {
    std::string out = "HISTORY [";
    for (const auto& [seq, number] : lines) {
      if (out.back() != '[') out += ',';
      out += R"("MSG {\"nick\":\"A\",\"data\":\"m)" + std::to_string(number) +
             R"( 1000 words\",\"seq\":)" + std::to_string(seq) + R"(}")";
    }
    return out + "]";
  }
  void hear(const std::string& text) {
    transcript_.on_text(text, 3000, *tally_, *table_, sender_.get(), true);
  }
  uint64_t faults() const {
    return tally_->lost.get() + tally_->doubled.get() + tally_->reordered.get() +
           tally_->differing.get();
  }

  std::unique_ptr<Tally> tally_ = std::make_unique<Tally>();
  std::unique_ptr<MessageTable> table_ = std::make_unique<MessageTable>();
  std::unique_ptr<SenderLog> sender_;
  Transcript transcript_;
};

TEST_F(TranscriptTest, InOrderIsRight) {
  hear(history({{5, 0}, {6, 1}}));
  hear(msg(7, 2));
  hear(R"(BROADCAST {"data":"x","seq":8})");
  hear(R"(JOIN {"nick":"B"})");
  hear(msg(9, 3));
  EXPECT_EQ(faults(), 0u);
  EXPECT_EQ(transcript_.last_seq(), 9u);
  EXPECT_EQ(transcript_.messages(), 2u);
  EXPECT_EQ(transcript_.joins(), 1u);
}

TEST_F(TranscriptTest, EachFaultHasItsName) {
  hear(msg(10, 0));
  hear(msg(13, 1));
  EXPECT_EQ(tally_->lost.get(), 2u);
  hear(msg(13, 1));
  EXPECT_EQ(tally_->doubled.get(), 1u);
  hear(msg(11, 2));
  EXPECT_EQ(tally_->reordered.get(), 1u);
}

TEST_F(TranscriptTest, AGapBetweenHistoryAndWhatFollowsIsSeen) {
  hear(history({{5, 0}}));
  hear(msg(7, 1));
  EXPECT_EQ(tally_->lost.get(), 1u);
}

TEST_F(TranscriptTest, TwoReadersMustAgreeOnANumber) {
  hear(msg(10, 0));
  Transcript other;
  other.on_text(msg(10, 1), 3000, *tally_, *table_, nullptr, true);
  EXPECT_EQ(tally_->differing.get(), 1u);
}

TEST_F(TranscriptTest, WhoReturnsGoesOnWithTheHistory) {
  hear(msg(10, 0));
  transcript_.resume();
  hear(history({{9, 9}, {10, 0}, {11, 1}, {12, 2}}));
  hear(msg(13, 3));
  EXPECT_EQ(faults(), 0u);
  EXPECT_EQ(transcript_.messages(), 4u);
  transcript_.resume();
  hear(history({{15, 5}}));
  EXPECT_EQ(tally_->lost.get(), 1u);
}

TEST_F(TranscriptTest, AMarkedGapIsNoLoss) {
  hear(msg(10, 0));
  transcript_.resume();
  hear(R"(RESUME {"recovered":false,"from":90})");
  hear(msg(90, 1));
  EXPECT_EQ(faults(), 0u);
  EXPECT_EQ(tally_->gaps.get(), 1u);
}

TEST_F(TranscriptTest, SendersKnowTheirAnswers) {
  sender_ = std::make_unique<SenderLog>(SenderLog{.index = 1, .senders = 2});
  hear(msg(1, 0));
  EXPECT_EQ(sender_->answered, 0u) << "another's";
  hear(msg(2, 1));
  EXPECT_EQ(sender_->answered, 1u);
  sender_->nonces = true;
  hear(msg(3, 3));
  EXPECT_EQ(sender_->answered, 1u) << "the ACK counts now";
  hear(R"(ACK {"nonce":"n5-2000","id":"9","seq":3})");
  EXPECT_EQ(sender_->answered, 2u);
  EXPECT_EQ(sender_->acknowledged, std::vector<uint64_t>{5});
  hear(R"(ERR {"description":"muted","nonce":"n7-2000"})");
  EXPECT_EQ(sender_->refused, 1u);
}

TEST_F(TranscriptTest, TheLastReaderCompletesAMessage) {
  table_->expect(2);
  table_->open(0, 1000);
  hear(msg(1, 0));
  EXPECT_EQ(tally_->last.count(), 0u);
  Transcript other;
  other.on_text(msg(1, 0), 5000, *tally_, *table_, nullptr, true);
  EXPECT_EQ(tally_->last.count(), 1u);
  EXPECT_NEAR(tally_->first.percentile_ms(0.5), 2, 0.05);
  EXPECT_NEAR(tally_->last.percentile_ms(0.5), 4, 0.05);
}

}  // namespace
}  // namespace strims::load
