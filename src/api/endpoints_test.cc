// Who may call what: asked of every endpoint by every kind of person, and held against
// docs/ENDPOINTS.md.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "api/test_api.h"

namespace strims::api {
namespace {

struct Kind {
  const char* name;
  Access access;  // what the route table gives it
  Role role;
  std::vector<std::string> features;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {{"guest", Access::any, Role::user, {}},
                                        {"user", Access::user, Role::user, {}},
                                        {"streamer", Access::user, Role::streamer, {}},
                                        {"bot", Access::moderator, Role::user, {"bot"}},
                                        {"moderator", Access::moderator, Role::moderator, {}},
                                        {"admin", Access::admin, Role::admin, {}}};
  return all;
}

class Endpoints : public ApiTest {
 protected:
  Endpoints() { person("Founder", Role::admin); }  // so that no other admin is the last one

  // No two of them look alike, as the rules for names want it.
  std::string next_nick() {
    static constexpr std::string_view kLetters = "abcdeghkpt";
    std::string nick = "xx_";
    for (const char digit : std::to_string(++count_))
      nick += kLetters[static_cast<size_t>(digit - '0')];
    return nick;
  }

  // A fresh one each time: some endpoints end the login or the account.
  Person fresh(const Kind& kind) { return person(next_nick(), kind.role, kind.features); }

  static std::string target_of(const std::string& pattern, const std::string& user) {
    std::string target = pattern;
    for (size_t open = target.find('{'); open != std::string::npos; open = target.find('{')) {
      const size_t close = target.find('}', open);
      const bool whose = pattern.starts_with("/users/") && target.substr(open, 4) == "{id}";
      target.replace(open, close - open + 1, whose ? user : "1");
    }
    return target;
  }

  bool refused(const http::Route& route, const Kind& kind, bool own) {
    Sent sent;
    sent.peer = "127.0.0.1";
    sent.body = route.method == "GET" ? "" : "{}";
    sent.headers.push_back({"X-CSRF-Guard", "YEE"});
    if (kind.access != Access::any) sent.token = fresh(kind).token;
    const std::string whose = own ? "me" : fresh(kinds()[1]).id();
    const int status = send(route.method, target_of(route.pattern, whose), sent).status;
    return status == 401 || status == 403;
  }

  std::string cell(const http::Route& route, const Kind& kind) {
    // Whatever such an endpoint refuses, it refuses for another reason than who asks.
    if (route.access == "any") return "yes";
    if (!refused(route, kind, false)) return "yes";
    const bool whose = route.pattern.starts_with("/users/{id}");
    return whose && !refused(route, kind, true) ? "own" : "·";
  }

  std::string document() {
    std::string text =
        "# Who may call what\n\n"
        "Made by asking every endpoint as every kind of person; the test "
        "`Endpoints.TheDocumentIsCurrent` holds it\n"
        "(`STRIMS_REGENERATE=1 api_test --gtest_filter='Endpoints.*'` writes it anew). \"own\" "
        "means one's own account\n"
        "only. Sockets (`/ws`) and the files of the page stand beside these. What a body may say "
        "is in\n"
        "`/openapi.json`, what an error says in ERRORS.md.\n\n| Endpoint |";
    for (const Kind& kind : kinds()) text += std::string(" ") + kind.name + " |";
    text += " What it does |\n|---|";
    for (size_t i = 0; i < kinds().size(); ++i) text += ":-:|";
    text += "---|\n";
    for (const auto& route : router_.routes()) {
      text += "| `" + route->method + " " + route->pattern + "` |";
      for (const Kind& kind : kinds()) text += " " + cell(*route, kind) + " |";
      text += " " + route->summary + " |\n";
    }
    return text;
  }
  int count_ = 0;
};

TEST_F(Endpoints, TheDocumentIsCurrent) {
  const std::string text = document();
  std::printf("%s", text.c_str());
  const std::string path = std::string(STRIMS_SOURCE_DIR) + "/docs/ENDPOINTS.md";
  if (std::getenv("STRIMS_REGENERATE")) std::ofstream(path) << text;
  std::ifstream in(path);
  const std::string committed{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text, committed);
}

TEST_F(Endpoints, NobodyGetsFurtherThanTheTableSays) {
  const auto level = [](std::string_view word) {
    for (const Access access : {Access::any, Access::user, Access::moderator, Access::admin})
      if (to_string(access) == word) return static_cast<int>(access);
    ADD_FAILURE() << word;
    return 0;
  };
  for (const auto& route : router_.routes())
    for (const Kind& kind : kinds())
      if (static_cast<int>(kind.access) < level(route->access)) {
        EXPECT_TRUE(refused(*route, kind, true))
            << kind.name << " " << route->method << " " << route->pattern;
      }
}

TEST_F(Endpoints, EachSaysWhatItDoes) {
  for (const auto& route : router_.routes()) EXPECT_FALSE(route->summary.empty()) << route->pattern;
}

}  // namespace
}  // namespace strims::api
