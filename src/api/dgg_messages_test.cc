// The page that sends one private message to several people.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/test_api.h"

namespace strims::api {
namespace {

using testing::ElementsAre;

class DggMessages : public ApiTest {
 protected:
  std::vector<bool> skipped(const std::string& body) {
    room_.commands.clear();
    EXPECT_EQ(send("POST", "/profile/messages/send",
                   {.body = body, .token = ada_.token, .type = "application/x-www-form-urlencoded"})
                  .status,
              200);
    std::vector<bool> out;
    for (const auto& command : room_.commands) {
      EXPECT_EQ(command.verb, chat::Verb::whisper);
      out.push_back(command.skip_throttle);
    }
    return out;
  }
  Person root_ = person("Root", Role::admin);
  Person ada_ = person("Ada");
};

TEST_F(DggMessages, OneRequestIsThrottledOnce) {
  EXPECT_THAT(skipped("message=hi&recipients[]=Bob&recipients[]=Cem&recipients[]=Dee"),
              ElementsAre(false, true, true));
  EXPECT_THAT(skipped("message=hi&recipients[]=Bob"), ElementsAre(false));
}

}  // namespace
}  // namespace strims::api
