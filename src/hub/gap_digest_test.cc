#include "hub/gap_digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/ws_encoder.h"

namespace strims::hub {
namespace {

using testing::ElementsAre;

std::vector<std::string> kept(const std::vector<std::string>& texts, const User* user) {
  std::vector<Bytes> frames;
  for (const auto& text : texts)
    frames.push_back(std::make_shared<const std::string>(proto::text_frame(text)));
  std::vector<std::string> out;
  for (const Bytes& frame : essential_frames(frames, user))
    out.emplace_back(proto::frame_payload(*frame));
  return out;
}

const std::string kOwn = R"(MSG {"id":7,"nick":"Ada","data":"mine","seq":3})";
const std::string kMention = R"(MSG {"id":8,"nick":"Bo","data":"hello ADA!","seq":4})";
const std::string kOther = R"(MSG {"id":8,"nick":"Bo","data":"hello all","seq":5})";
const std::string kLong =
    R"(MSG {"id":8,"nick":"Bo","data":"@Ada )" + std::string(300, 'x') + "\"}";
const std::string kMute = R"(MUTE {"id":9,"nick":"Mod","data":"Bo","duration":600,"seq":6})";
const std::string kVote = R"(VOTECAST {"vote":"1","quantity":1,"seq":7})";

TEST(GapDigest, OwnLinesMentionsAndModeration) {
  User ada;
  ada.id = 7;
  ada.nick = "Ada";
  EXPECT_THAT(kept({kOwn, kMention, kOther, kLong, kMute, kVote}, &ada),
              ElementsAre(kOwn, kMention, kLong, kMute));
}

TEST(GapDigest, AGuestHasNoLinesOfHisOwn) {
  EXPECT_THAT(kept({kOwn, kMention, kOther, kMute, kVote}, nullptr), ElementsAre(kMute));
}

}  // namespace
}  // namespace strims::hub
