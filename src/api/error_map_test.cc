#include "api/error_map.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "chat/command.h"
#include "http/problem.h"

namespace strims::api {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(ErrorMap, TheDocumentIsCurrent) {
  const std::string path = std::string(STRIMS_SOURCE_DIR) + "/docs/ERRORS.md";
  if (std::getenv("STRIMS_REGENERATE")) std::ofstream(path) << errors_markdown();
  EXPECT_EQ(read(path), errors_markdown());
}

TEST(ErrorMap, EachWordStandsOnce) {
  std::set<std::string_view> seen;
  for (const ErrorWord& row : error_words()) {
    EXPECT_TRUE(seen.insert(row.word).second) << row.word;
    EXPECT_FALSE(row.sentence.empty()) << row.word;
    EXPECT_TRUE(row.status != 0 || row.close_code != 0) << row.word;
    if (row.code) {
      EXPECT_EQ(row.status, http::status_of(*row.code)) << row.word;
    }
  }
  EXPECT_EQ(find_error_word("nonsense"), nullptr);
  EXPECT_TRUE(find_error_word("throttled")->retryable);
}

TEST(ErrorMap, TheRoomSaysTheSame) {
  for (const ErrorWord& row : error_words()) {
    if (row.where != "chat") continue;
    const Error error = chat::to_error({.word = row.word});
    EXPECT_EQ(error.reason, row.word);
    EXPECT_EQ(error.code, *row.code) << row.word;
    EXPECT_EQ(error.detail, row.sentence) << row.word;
  }
}

// Words that end the start of the program or a command of the operator and never reach a client.
const std::set<std::string> kOperatorOnly = {"config", "bad_key", "assets", "no_folder",
                                             "too_many_phrases"};

// Calls `f` with the text of every source of src/<folder> that is no test.
template <class F>
void each_source(const char* folder, F f) {
  const std::filesystem::path root = std::filesystem::path(STRIMS_SOURCE_DIR) / "src" / folder;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".cc") && !name.ends_with("_test.cc")) f(name, read(entry.path()));
  }
}

// Calls `f` with what the two groups of the pattern found.
template <class F>
void each_match(const std::string& text, const std::regex& pattern, F f) {
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
    f((*it)[1].str(), (*it)[2].str());
}

TEST(ErrorMap, EveryWordOfTheSourcesIsInTheTable) {
  const std::regex pattern(R"re((?:fail\(|\{)\s*Errc::([a-z_]+),\s*"([a-z_]+)")re");
  size_t found = 0;
  for (const char* folder :
       {"api", "auth", "chat", "http", "hub", "text", "storage/repositories"}) {
    each_source(folder, [&](const std::string& name, const std::string& text) {
      each_match(text, pattern, [&](const std::string& code, const std::string& word) {
        if (kOperatorOnly.contains(word)) return;
        ++found;
        const ErrorWord* row = find_error_word(word);
        ASSERT_TRUE(row) << word << " of " << name << " is not in the table";
        if (row->code) {
          EXPECT_EQ(to_string(*row->code), code) << word << " of " << name;
        }
      });
    });
  }
  EXPECT_GT(found, 60u);
}

TEST(ErrorMap, EveryWordBelowTheEndpointsIsInTheTable) {
  const std::regex pattern(R"re((?:fail|problem|HttpError)[({]+([45][0-9]{2}), "([a-z_]+)")re");
  size_t found = 0;
  for (const char* folder : {"proto", "http", "hub", "api"}) {
    each_source(folder, [&](const std::string& name, const std::string& text) {
      each_match(text, pattern, [&](const std::string& status, const std::string& word) {
        ++found;
        const ErrorWord* row = find_error_word(word);
        ASSERT_TRUE(row) << word << " of " << name << " is not in the table";
        EXPECT_EQ(std::to_string(row->status), status) << word << " of " << name;
      });
    });
  }
  EXPECT_GT(found, 30u);
}

}  // namespace
}  // namespace strims::api
