#include "http/origin.h"

#include <gtest/gtest.h>

namespace strims::http {
namespace {

const std::vector<std::string> kList = {"https://www.example"};

bool allowed(const std::vector<std::string>& origins) {
  proto::Request request;
  request.headers.push_back({"Host", "chat.example:8080"});
  for (const std::string& origin : origins) request.headers.push_back({"Origin", origin});
  return origin_allowed(request, kList);
}

TEST(Origin, TheListTheOwnHostAndProgramsPass) {
  EXPECT_TRUE(allowed({}));
  EXPECT_TRUE(allowed({"https://www.example"}));
  EXPECT_TRUE(allowed({"HTTPS://WWW.example"}));
  EXPECT_TRUE(allowed({"http://chat.example:8080"}));
  EXPECT_TRUE(origin_allowed("https://other.example", "chat.example", {"*"}));
}

TEST(Origin, OthersDoNot) {
  for (const char* origin :
       {"null", "http://www.example", "https://www.example.evil", "https://evil/www.example",
        "http://chat.example", "http://chat.example:8081", "chat.example:8080", "https://"})
    EXPECT_FALSE(allowed({origin})) << origin;
}

TEST(Origin, EachOfSeveralMustBeAllowed) {
  EXPECT_FALSE(allowed({"https://www.example", "https://evil.example"}));
  EXPECT_FALSE(allowed({"https://evil.example", "https://www.example"}));
}

}  // namespace
}  // namespace strims::http
