#include "auth/signing_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <barrier>
#include <filesystem>
#include <fstream>
#include <thread>

#include "auth/jwks.h"
#include "base/json_read.h"

namespace strims::auth {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kHour = 3600 * 1000;

class SigningKeysTest : public testing::Test {
 protected:
  SigningKeysTest() {
    std::string pattern = (fs::temp_directory_path() / "strims-keys-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  ~SigningKeysTest() override { fs::remove_all(root_); }

  Result<std::unique_ptr<SigningKeys>> open() {
    return SigningKeys::open({(root_ / "keys").string(), kHour}, clock_);
  }
  std::vector<fs::path> files() {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(root_ / "keys"))
      if (entry.path().extension() == ".pem") out.push_back(entry.path());
    return out;
  }
  size_t private_files() {
    size_t n = 0;
    for (const auto& path : files()) {
      std::ifstream in(path);
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      if (text.find("PRIVATE") != std::string::npos) ++n;
    }
    return n;
  }

  ManualClock clock_;
  fs::path root_;
};

TEST_F(SigningKeysTest, FirstStartMakesAKeyThatOthersCannotRead) {
  const auto keys = open();
  ASSERT_TRUE(keys.has_value()) << keys.error().detail;
  ASSERT_EQ(files().size(), 1u);
  struct stat info{};
  ASSERT_EQ(::stat(files()[0].c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat((root_ / "keys").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_EQ((*open())->active()->kid(), (*keys)->active()->kid());
}

TEST_F(SigningKeysTest, SignsAndVerifies) {
  const auto keys = *open();
  const auto key = keys->active();
  const auto signature = *key->sign("data");
  EXPECT_EQ(signature.size(), 64u);
  EXPECT_TRUE(key->verify("data", signature));
  EXPECT_FALSE(key->verify("Data", signature));
  EXPECT_FALSE(key->verify("data", signature + "x"));
  EXPECT_FALSE(key->verify("data", std::string(64, '\0')));
  EXPECT_FALSE(key->verify("data", std::string(64, '\xff')));
  EXPECT_FALSE(key->verify("data", ""));
  EXPECT_FALSE((*SigningKey::generate(1))->verify("data", signature));
}

TEST_F(SigningKeysTest, RotationKeepsThePublicHalfUntilItsTokensAreGone) {
  const auto keys = *open();
  const auto first = keys->active();
  const auto signature = *first->sign("data");
  clock_.advance(1000);
  ASSERT_TRUE(keys->rotate().has_value());
  EXPECT_NE(keys->active()->kid(), first->kid());
  EXPECT_EQ(private_files(), 1u);
  const auto old = keys->find(first->kid());
  ASSERT_TRUE(old);
  EXPECT_FALSE(old->can_sign());
  EXPECT_TRUE(old->verify("data", signature));
  EXPECT_FALSE(old->sign("data").has_value());
  clock_.advance(kHour);
  ASSERT_TRUE(keys->rotate().has_value());
  EXPECT_FALSE(keys->find(first->kid()));
  EXPECT_EQ(keys->all().size(), 2u);
}

TEST_F(SigningKeysTest, ReloadSeesWhatAnotherProcessDid) {
  const auto server = *open();
  const auto before = server->active();
  clock_.advance(1);
  const auto tool = *open();
  ASSERT_TRUE(tool->rotate().has_value());
  EXPECT_EQ(server->active()->kid(), before->kid());
  ASSERT_TRUE(server->reload().has_value());
  EXPECT_EQ(server->active()->kid(), tool->active()->kid());
  EXPECT_TRUE(server->find(before->kid()));
}

TEST_F(SigningKeysTest, ARotationUnderAClockSetBackStillWins) {
  const auto keys = *open();
  const auto first = keys->active();
  clock_.advance(-5000);
  ASSERT_TRUE(keys->rotate().has_value());
  EXPECT_NE(keys->active()->kid(), first->kid());
  EXPECT_GT(keys->active()->created_at(), first->created_at());
}

TEST_F(SigningKeysTest, BrokenFilesAreNamedAndKeepTheOldKeys) {
  const auto keys = *open();
  const auto kid = keys->active()->kid();
  std::ofstream(root_ / "keys" / "1-broken.pem") << "no key";
  const auto reloaded = keys->reload();
  EXPECT_EQ(reloaded.error().reason, "bad_key");
  EXPECT_NE(reloaded.error().detail.find("1-broken.pem"), std::string::npos);
  EXPECT_EQ(keys->active()->kid(), kid);
  EXPECT_FALSE(open().has_value());
}

TEST_F(SigningKeysTest, AKeyUnderAnotherNameOrOnAnotherCurveIsRefused) {
  const auto keys = *open();
  fs::rename(files()[0], root_ / "keys" / "5-another.pem");
  EXPECT_EQ(keys->reload().error().reason, "bad_key");
  EXPECT_EQ(SigningKey::from_pem("-----BEGIN PUBLIC KEY-----\n"
                                 "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                                 "-----END PUBLIC KEY-----\n",
                                 1)
                .error()
                .reason,
            "bad_key");
}

TEST_F(SigningKeysTest, TwoFirstStartsAtOnceAgreeOnOneKey) {
  std::barrier start(2);
  std::vector<std::string> kids(2);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      const auto keys = open();
      ASSERT_TRUE(keys.has_value());
      kids[i] = (*keys)->active()->kid();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(kids[0], kids[1]);
}

TEST_F(SigningKeysTest, JwksShowsPublicHalvesOnly) {
  const auto keys = *SigningKeys::open({"", kHour}, clock_);
  ASSERT_TRUE(keys->rotate().has_value());
  const std::string text = jwks_json(keys->all());
  const auto json = Json::parse(text);
  ASSERT_TRUE(json.has_value());
  const auto& list = json->find("keys")->array();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].find_string("kid"), keys->active()->kid());
  EXPECT_EQ(list[0].find_string("alg"), "ES256");
  EXPECT_EQ(list[0].find_string("x")->size(), 43u);
  EXPECT_EQ(list[0].find("d"), nullptr);
}

TEST(SigningKeyTest, KidIsTheThumbprintOfTheKey) {
  // Recomputed with another implementation: SHA-256 of the canonical JWK, base64url.
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
      "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
      "-----END PUBLIC KEY-----\n";
  const auto key = SigningKey::from_pem(pem, 7);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ((*key)->x(), "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
  EXPECT_EQ((*key)->y(), "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
  EXPECT_EQ((*key)->kid(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
  EXPECT_FALSE((*key)->can_sign());
}

TEST(SigningKeyTest, VerifiesTheExampleOfRfc7515AppendixA3) {
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
      "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
      "-----END PUBLIC KEY-----\n";
  const auto key = *SigningKey::from_pem(pem, 7);
  const uint8_t signature[64] = {14,  209, 33,  83,  121, 99,  108, 72,  60,  47,  127, 21,  88,
                                 7,   212, 2,   163, 178, 40,  3,   58,  249, 124, 126, 23,  129,
                                 154, 195, 22,  158, 166, 101, 197, 10,  7,   211, 140, 60,  112,
                                 229, 216, 241, 45,  175, 8,   74,  84,  128, 166, 101, 144, 197,
                                 242, 147, 80,  154, 143, 63,  127, 138, 131, 163, 84,  213};
  const std::string_view input =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cn"
      "VlfQ";
  EXPECT_TRUE(key->verify(input, {reinterpret_cast<const char*>(signature), 64}));
}

}  // namespace
}  // namespace strims::auth
