#include "auth/login_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <mutex>
#include <thread>

#include "auth/jwt.h"
#include "auth/opaque_token.h"
#include "auth/test_policy.h"
#include "storage/repositories/test_database.h"
#include "storage/repositories/user_addresses.h"

namespace strims::auth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::string_view kPassword = "correct horse";
constexpr int64_t kDay = 24LL * 3600 * 1000;

IpAddress ip(std::string_view text) {
  return *IpAddress::parse(text);
}
const Client kHome{ip("192.0.2.1"), "browser"};
const Client kAway{ip("198.51.100.7"), "phone"};

class AccountsTest : public testing::Test {
 protected:
  User add(const std::string& nick) {
    const auto user = accounts_.register_user(db(), nick, kPassword, kHome);
    EXPECT_TRUE(user.has_value()) << user.error().reason;
    return user.value_or(User{});
  }
  Tokens enter(const std::string& nick, const Client& client = kHome) {
    const auto tokens = accounts_.login(db(), nick, kPassword, client);
    EXPECT_TRUE(tokens.has_value()) << tokens.error().reason;
    return tokens.value_or(Tokens{});
  }
  std::string_view who(const Credentials& credentials) {
    const auto found = authenticator_.authenticate(db(), credentials);
    EXPECT_TRUE(found.has_value());
    if (!found || !*found) return "nobody";
    nick_ = (*found)->user.nick;
    return nick_;
  }
  std::vector<std::string> ended() {
    const std::lock_guard lock(mutex_);
    return std::exchange(ended_, {});
  }
  sql::Connection& db() { return database_.connection(); }

  storage::TestDatabase database_;
  ManualClock clock_;
  std::unique_ptr<SigningKeys> keys_ = std::move(*SigningKeys::open({}, clock_));
  std::mutex mutex_;
  std::vector<std::string> ended_;
  std::string nick_;
  AuthPolicy policy_ = test_policy();
  Accounts accounts_{policy_, *keys_, clock_, [this](std::string_view id, UserId) {
                       const std::lock_guard lock(mutex_);
                       ended_.emplace_back(id);
                     }};
  Authenticator authenticator_{policy_, *keys_, clock_};
};

TEST_F(AccountsTest, RegistersByTheRules) {
  EXPECT_EQ(add("Ada").role, Role::admin);
  EXPECT_EQ(add("Bo_Peep").role, Role::user);
  const auto reason = [&](std::string_view nick, std::string_view password) {
    const auto result = accounts_.register_user(db(), nick, password, kHome);
    return result ? "ok" : result.error().reason;
  };
  EXPECT_EQ(reason("ADA", kPassword), "taken");
  EXPECT_EQ(reason("B0_Peep", kPassword), "taken");  // looks the same
  EXPECT_EQ(reason("x", kPassword), "invalid_nick");
  EXPECT_EQ(reason("Cyan", "short"), "password_too_short");
}

TEST_F(AccountsTest, ClosedRegistrationStillLetsTheFirstOneIn) {
  AuthPolicy policy = test_policy();
  policy.registration_open = false;
  Accounts closed(policy, *keys_, clock_, nullptr);
  EXPECT_TRUE(closed.register_user(db(), "Ada", kPassword, kHome).has_value());
  EXPECT_EQ(closed.register_user(db(), "Bo_Peep", kPassword, kHome).error().reason,
            "registration_closed");
  EXPECT_TRUE(closed.create_user(db(), {"Bo_Peep", std::string(kPassword), {}, {}}).has_value());
}

TEST_F(AccountsTest, RegistrationsAreThrottledPerAddress) {
  AuthPolicy policy = test_policy();
  policy.throttle.registrations_per_address.limit = 1;
  Accounts strict(policy, *keys_, clock_, nullptr);
  EXPECT_TRUE(strict.register_user(db(), "Ada", kPassword, kHome).has_value());
  EXPECT_EQ(strict.register_user(db(), "Bo_Peep", kPassword, kHome).error().reason, "throttled");
  EXPECT_TRUE(strict.register_user(db(), "Bo_Peep", kPassword, kAway).has_value());
}

TEST_F(AccountsTest, CommandLineMayChooseRoleAndReservedNames) {
  const auto admin =
      accounts_.create_user(db(), {"Admin", std::string(kPassword), Role::admin, {"bot"}});
  ASSERT_TRUE(admin.has_value()) << admin.error().reason;
  EXPECT_EQ(admin->role, Role::admin);
  EXPECT_TRUE(admin->is_bot());
}

TEST_F(AccountsTest, LoginGivesWorkingTokens) {
  add("Ada");
  const auto tokens = enter("ada");
  EXPECT_EQ(tokens.expires_in_s, 900);
  EXPECT_EQ(tokens.sid.size(), kSidLength);
  EXPECT_TRUE(is_token_shaped(tokens.sid));
  EXPECT_EQ(who({.sid = tokens.sid}), "Ada");
  EXPECT_EQ(who({.bearer = tokens.access_token}), "Ada");
  const auto logins = *accounts_.list_logins(db(), tokens.user.id);
  ASSERT_EQ(logins.size(), 1u);
  EXPECT_EQ(logins[0].address, "192.0.2.1");
  EXPECT_EQ(logins[0].user_agent, "browser");
  EXPECT_THAT(*storage::list_addresses(db(), tokens.user.id), ElementsAre(ip("192.0.2.1")));
}

TEST_F(AccountsTest, NoSecretLiesInTheDatabase) {
  add("Ada");
  const auto tokens = enter("Ada");
  const auto key = *accounts_.create_login_key(db(), tokens.user.id, "bot");
  for (const auto& secret : {tokens.sid, tokens.refresh_token, key.secret}) {
    for (const char* statement : {"SELECT 1 FROM logins WHERE sid_hash = $1 OR id = $1",
                                  "SELECT 1 FROM refresh_tokens WHERE hash = $1",
                                  "SELECT 1 FROM login_keys WHERE hash = $1"})
      EXPECT_TRUE(db().query(statement, {secret})->empty());
  }
}

TEST_F(AccountsTest, WrongNameAndWrongPasswordGetTheSameAnswer) {
  add("Ada");
  const auto wrong_password = accounts_.login(db(), "Ada", "wrong horse", kHome);
  const auto wrong_name = accounts_.login(db(), "Nobody", kPassword, kHome);
  const auto no_name = accounts_.login(db(), "' OR '1'='1", kPassword, kHome);
  for (const auto* result : {&wrong_password, &wrong_name, &no_name}) {
    EXPECT_EQ(result->error().code, Errc::unauthenticated);
    EXPECT_EQ(result->error().reason, "invalid_credentials");
    EXPECT_EQ(result->error().detail, wrong_password.error().detail);
  }
}

TEST_F(AccountsTest, GuessingIsThrottledAndTheOwnerStillComesIn) {
  add("Ada");
  enter("Ada", kHome);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(accounts_.login(db(), "Ada", "guess " + std::to_string(i), kAway).error().reason,
              "invalid_credentials");
  const auto refused = accounts_.login(db(), "Ada", kPassword, kAway);
  EXPECT_EQ(refused.error().reason, "throttled");
  EXPECT_GT(refused.error().retry_after_ms, 0);
  enter("Ada", kHome);
  // A name that does not exist is refused just so.
  for (int i = 0; i < 10; ++i) (void)accounts_.login(db(), "Nobody", "guess", kAway);
  EXPECT_EQ(accounts_.login(db(), "Nobody", "guess", kAway).error().reason, "throttled");
}

TEST_F(AccountsTest, WhoSitsAtTheMachineIsNotLockedOutByACrowd) {
  add("Ada");
  const auto attempt = [&](const std::string& from, std::string_view password) {
    const Client client{*IpAddress::parse(from), "test"};
    const auto entered = accounts_.login(db(), "Ada", password, client);
    return entered ? std::string_view("in") : entered.error().reason;
  };
  for (int i = 0; i < 200; ++i) (void)attempt("198.51.100." + std::to_string(i), "guess");
  EXPECT_EQ(attempt("198.51.100.250", kPassword), "throttled");
  EXPECT_EQ(attempt("127.0.0.1", kPassword), "in");
}

TEST_F(AccountsTest, AWeakHashIsReplacedAtTheNextLogin) {
  const auto id = add("Ada").id;
  const auto before = (*storage::find_credentials(db(), id))->password_hash;
  AuthPolicy policy = test_policy();
  policy.password.passes = 2;
  Accounts stronger(policy, *keys_, clock_, nullptr);
  ASSERT_TRUE(stronger.login(db(), "Ada", kPassword, kHome).has_value());
  const auto after = (*storage::find_credentials(db(), id))->password_hash;
  EXPECT_NE(after, before);
  EXPECT_NE(after.find("t=2"), std::string::npos);
  enter("Ada");
}

TEST_F(AccountsTest, TooManyLoginsEndTheOldest) {
  AuthPolicy policy = test_policy();
  policy.token.logins_per_user = 2;
  std::vector<std::string> gone;
  Accounts strict(policy, *keys_, clock_,
                  [&](std::string_view id, UserId) { gone.emplace_back(id); });
  add("Ada");
  const auto first = *strict.login(db(), "Ada", kPassword, kHome);
  clock_.advance(1);
  const auto second = *strict.login(db(), "Ada", kPassword, kHome);
  clock_.advance(1);
  const auto third = *strict.login(db(), "Ada", kPassword, kHome);
  EXPECT_THAT(gone, ElementsAre(first.login_id));
  EXPECT_EQ(who({.sid = first.sid}), "nobody");
  EXPECT_EQ(who({.sid = second.sid}), "Ada");
}

TEST_F(AccountsTest, RefreshRotates) {
  add("Ada");
  const auto first = enter("Ada");
  clock_.advance(600'000);
  const auto second = accounts_.refresh(db(), first.refresh_token, kHome);
  ASSERT_TRUE(second.has_value());
  EXPECT_NE(second->refresh_token, first.refresh_token);
  EXPECT_EQ(second->login_id, first.login_id);
  EXPECT_EQ(second->sid, "");
  EXPECT_EQ(who({.bearer = second->access_token}), "Ada");
  EXPECT_EQ(who({.bearer = first.access_token}), "Ada");  // until it expires
  EXPECT_TRUE(accounts_.refresh(db(), second->refresh_token, kHome).has_value());
}

TEST_F(AccountsTest, AnOldRefreshTokenEndsTheWholeLogin) {
  add("Ada");
  const auto first = enter("Ada");
  const auto other = enter("Ada", kAway);
  const auto second = *accounts_.refresh(db(), first.refresh_token, kHome);
  const auto third = *accounts_.refresh(db(), second.refresh_token, kHome);
  EXPECT_EQ(accounts_.refresh(db(), first.refresh_token, kAway).error().reason,
            "refresh_token_reused");
  EXPECT_THAT(ended(), ElementsAre(first.login_id));
  EXPECT_EQ(accounts_.refresh(db(), third.refresh_token, kHome).error().reason,
            "invalid_refresh_token");
  EXPECT_EQ(who({.sid = first.sid}), "nobody");
  EXPECT_EQ(who({.bearer = third.access_token}), "nobody");
  EXPECT_EQ(who({.sid = other.sid}), "Ada");  // another login is another matter
  // Once more: the login has ended already, nobody is told twice.
  EXPECT_FALSE(accounts_.refresh(db(), first.refresh_token, kHome).has_value());
  EXPECT_THAT(ended(), IsEmpty());
}

TEST_F(AccountsTest, TwoRefreshesAtOnceWithOneTokenEndTheLogin) {
  add("Ada");
  for (int round = 0; round < 5; ++round) {
    const auto tokens = enter("Ada");
    std::barrier start(2);
    std::vector<std::string> results(2);
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        const auto connection = database_.connect();
        start.arrive_and_wait();
        const auto result = accounts_.refresh(*connection, tokens.refresh_token, kHome);
        results[i] = result ? "ok" : result.error().reason;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_THAT(results, UnorderedElementsAre("ok", "refresh_token_reused"));
    EXPECT_THAT(ended(), ElementsAre(tokens.login_id));
    EXPECT_EQ(who({.sid = tokens.sid}), "nobody");
  }
}

TEST_F(AccountsTest, RefreshTokensExpireAndNonsenseIsRefused) {
  add("Ada");
  const auto tokens = enter("Ada");
  for (const std::string& text : {std::string(), std::string("x"), std::string(64, 'a'),
                                  std::string(100'000, 'a'), tokens.sid})
    EXPECT_EQ(accounts_.refresh(db(), text, kHome).error().reason, "invalid_refresh_token");
  clock_.advance(30 * kDay);
  EXPECT_EQ(accounts_.refresh(db(), tokens.refresh_token, kHome).error().reason,
            "invalid_refresh_token");
}

TEST_F(AccountsTest, LogoutEndsThisLoginOnly) {
  add("Ada");
  add("Bo_Peep");
  const auto here = enter("Ada");
  const auto there = enter("Ada", kAway);
  const auto bo = enter("Bo_Peep");
  const auto me = **authenticator_.authenticate(db(), {.sid = here.sid});
  // The refresh token of somebody else is not ended with it.
  ASSERT_TRUE(accounts_.logout(db(), me, bo.refresh_token).has_value());
  EXPECT_THAT(ended(), ElementsAre(here.login_id));
  EXPECT_EQ(who({.sid = here.sid}), "nobody");
  EXPECT_EQ(who({.bearer = here.access_token}), "nobody");
  EXPECT_FALSE(accounts_.refresh(db(), here.refresh_token, kHome).has_value());
  EXPECT_EQ(who({.sid = there.sid}), "Ada");
  EXPECT_EQ(who({.sid = bo.sid}), "Bo_Peep");
  EXPECT_TRUE(accounts_.logout(db(), me, here.refresh_token).has_value());  // twice does no harm
}

TEST_F(AccountsTest, ChangingThePasswordEndsTheOtherLogins) {
  const auto id = add("Ada").id;
  const auto here = enter("Ada");
  const auto there = enter("Ada", kAway);
  EXPECT_EQ(accounts_.change_password(db(), id, here.login_id, "wrong", "new password", kHome)
                .error()
                .reason,
            "invalid_credentials");
  EXPECT_EQ(
      accounts_.change_password(db(), id, here.login_id, kPassword, "short", kHome).error().reason,
      "password_too_short");
  ASSERT_TRUE(accounts_.change_password(db(), id, here.login_id, kPassword, "new password", kHome)
                  .has_value());
  EXPECT_THAT(ended(), ElementsAre(there.login_id));
  EXPECT_EQ(who({.sid = here.sid}), "Ada");
  EXPECT_EQ(who({.sid = there.sid}), "nobody");
  EXPECT_FALSE(accounts_.login(db(), "Ada", kPassword, kHome).has_value());
  EXPECT_TRUE(accounts_.login(db(), "Ada", "new password", kHome).has_value());
  ASSERT_TRUE(accounts_.set_password(db(), id, "another one").has_value());
  EXPECT_EQ(who({.sid = here.sid}), "nobody");
  EXPECT_EQ(accounts_.set_password(db(), 99, "another one").error().reason, "notfound");
}

TEST_F(AccountsTest, LoginKeysWorkUntilRevoked) {
  const auto id = add("Ada").id;
  add("Bo_Peep");
  const auto key = accounts_.create_login_key(db(), id, "my bot");
  ASSERT_TRUE(key.has_value());
  EXPECT_TRUE(is_token_shaped(key->secret));
  EXPECT_EQ(who({.authtoken = key->secret}), "Ada");
  EXPECT_EQ(who({.bearer = key->secret}), "Ada");
  const auto principal = **authenticator_.authenticate(db(), {.authtoken = key->secret});
  EXPECT_EQ(principal.via, Principal::Via::login_key);
  EXPECT_EQ(principal.login_id, "");
  EXPECT_EQ(accounts_.revoke_login_key(db(), id + 1, key->key.id).error().reason, "notfound");
  ASSERT_TRUE(accounts_.revoke_login_key(db(), id, key->key.id).has_value());
  EXPECT_THAT(ended(), ElementsAre(principal.access_id()));
  EXPECT_EQ(who({.authtoken = key->secret}), "nobody");
  for (const char* name : {"", "line\nfeed", "\xff"})
    EXPECT_EQ(accounts_.create_login_key(db(), id, name).error().reason, "invalid_name");
}

TEST_F(AccountsTest, DeletedAccountsAreNobody) {
  add("Ada");
  const auto id = add("Bo_Peep").id;
  const auto tokens = enter("Bo_Peep");
  const auto key = *accounts_.create_login_key(db(), id, "bot");
  ASSERT_TRUE(accounts_.delete_user(db(), id).has_value());
  EXPECT_EQ(ended().size(), 2u);
  EXPECT_EQ(who({.sid = tokens.sid}), "nobody");
  EXPECT_EQ(who({.authtoken = key.secret}), "nobody");
  EXPECT_EQ(accounts_.login(db(), "Bo_Peep", kPassword, kHome).error().reason,
            "invalid_credentials");
}

TEST_F(AccountsTest, OneLoginCanBeEndedFromAnother) {
  const auto id = add("Ada").id;
  const auto bo = add("Bo_Peep").id;
  const auto lost = enter("Ada", kAway);
  EXPECT_EQ(accounts_.end_login(db(), bo, lost.login_id).error().reason, "notfound");
  ASSERT_TRUE(accounts_.end_login(db(), id, lost.login_id).has_value());
  EXPECT_EQ(accounts_.end_login(db(), id, lost.login_id).error().reason, "notfound");
  EXPECT_EQ(who({.sid = lost.sid}), "nobody");
}

TEST_F(AccountsTest, PurgeForgetsWhatLapsed) {
  add("Ada");
  enter("Ada");
  EXPECT_EQ(*accounts_.purge(db()), 0);
  clock_.advance(31 * kDay);
  EXPECT_EQ(*accounts_.purge(db()), 2);
}

TEST_F(AccountsTest, TwoFirstRegistrationsAtOnceMakeOneAdmin) {
  std::barrier start(2);
  std::vector<Role> roles(2);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      const auto connection = database_.connect();
      start.arrive_and_wait();
      const auto user =
          accounts_.register_user(*connection, i == 0 ? "Ada" : "Bo_Peep", kPassword, kHome);
      ASSERT_TRUE(user.has_value()) << user.error().reason;
      roles[i] = user->role;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(roles, UnorderedElementsAre(Role::admin, Role::user));
}

}  // namespace
}  // namespace strims::auth
