// For tests only: all endpoints over a real temporary database and real accounts, with a room that
// records what it is asked. Requests go the way of the server: matched by the router, run with a
// lane's connection.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/call.h"
#include "api/lane_connection.h"
#include "api/test_desk.h"
#include "auth/test_policy.h"
#include "base/json_read.h"
#include "chat/room.h"
#include "proto/url.h"
#include "storage/repositories/entries.h"
#include "storage/repositories/projection.h"
#include "storage/repositories/test_database.h"
#include "storage/repositories/test_entries.h"

namespace strims::api {

// A port to nowhere: for a room that is only looked at.
class NoPort final : public chat::RoomPort {
 public:
  bool append(Entry&, chat::Asker&) override { return false; }
  bool journal_stalled() const override { return false; }
  void publish(const Entry&) override {}
  void publish_presence(chat::PresenceKind, const User&, TimeMs) override {}
  void publish_notice(std::string_view, TimeMs) override {}
  void publish_paid_events(const std::vector<Entry>&) override {}
  void publish_reload() override {}
  void welcome(chat::ConnId, const User*) override {}
  void refuse(chat::ConnId, const chat::Refusal&, std::string_view) override {}
  void acknowledge(chat::ConnId, const chat::Receipt&, std::string_view) override {}
  void deliver_whisper(chat::ConnId, const chat::Whisper&) override {}
  void whisper_sent(chat::ConnId, const chat::Whisper&) override {}
  void vote_counted(chat::ConnId, int64_t) override {}
  void expel(chat::ConnId, std::string_view) override {}
  void find_user(std::string, UserId, UserAnswer) override {}
  void find_addresses(UserId, std::move_only_function<void(std::vector<std::string>)>) override {}
  void reload_users(std::vector<UserId>,
                    std::move_only_function<void(std::vector<User>)>) override {}
  void store_whisper(User, User, std::string,
                     std::move_only_function<void(Result<chat::Whisper>)>) override {}
  void find_entry(EntryId, std::move_only_function<void(Result<std::optional<Entry>>)>) override {}
};

// Records commands and answers each with `next`.
class FakeRoom final : public chat::RoomCalls {
 public:
  explicit FakeRoom(const Clock& clock, IdSource& ids) : room(1, clock, ids, port, {}) {}
  void call(UserPtr user, chat::Command command,
            std::move_only_function<void(Result<chat::Receipt>)> reply) override {
    users.push_back(std::move(user));
    commands.push_back(std::move(command));
    if (answers) reply(next);
  }
  void user_changed(User user) override { changed.push_back(std::move(user)); }
  void end_access(std::string access_id, UserId) override { ended.push_back(std::move(access_id)); }
  void history(std::move_only_function<void(std::string)> answer) override { answer("[]"); }
  void announce(EntryKind, std::string text, std::string fields,
                std::move_only_function<void(Result<chat::Receipt>)> reply) override {
    announced.push_back(text.empty() ? std::move(fields) : std::move(text));
    reply(next);
  }
  void show_stream(std::string fields) override { announced.push_back(std::move(fields)); }
  void look(std::move_only_function<void(const chat::Room&)> look) override { look(room); }

  NoPort port;
  chat::Room room;
  std::vector<UserPtr> users;
  std::vector<chat::Command> commands;
  std::vector<User> changed;
  std::vector<std::string> ended;
  std::vector<std::string> announced;
  Result<chat::Receipt> next = chat::Receipt{7001, 42, 1};
  bool answers = true;  // false: the room goes away without a word
};

struct Person {
  User user;
  std::string token;  // access token
  std::string refresh;
  std::string sid;
  std::string login_id;
  std::string id() const { return std::to_string(user.id); }
};

struct Sent {
  std::string body = {};
  std::string token = {};  // bearer
  std::string sid = {};    // cookie
  std::string origin = {};
  std::vector<proto::Header> headers = {};
  bool secure = false;
  std::string type = "application/json";
  std::string peer = "192.0.2.7";
};

class ApiTest : public testing::Test {
 protected:
  ApiTest() { add_all(api_); }

  // The first account of a site would be its admin, so each person gets his role explicitly.
  Person person(const std::string& nick, Role role = Role::user,
                std::vector<std::string> features = {}) {
    Person p;
    auto made =
        accounts_->create_user(db(), {nick, "password of " + nick, role, std::move(features)});
    EXPECT_TRUE(made.has_value()) << nick;
    p.user = *made;
    log_in(p);
    return p;
  }
  void log_in(Person& p) {
    const auto tokens = accounts_->login(db(), p.user.nick, "password of " + p.user.nick,
                                         {*IpAddress::parse("192.0.2.7"), "test"});
    ASSERT_TRUE(tokens.has_value());
    p.token = tokens->access_token;
    p.refresh = tokens->refresh_token;
    p.sid = tokens->sid;
    p.login_id = tokens->login_id;
  }

  proto::Response send(const std::string& method, const std::string& target,
                       const Sent& sent = {}) {
    http::RequestContext context;
    auto parsed = proto::parse_target(target);
    EXPECT_TRUE(parsed.has_value()) << target;
    context.request.method = method;
    context.request.path = parsed->path;
    context.request.query = parsed->query;
    context.request.headers = sent.headers;
    const auto header = [&](std::string name, std::string value) {
      context.request.headers.push_back({std::move(name), std::move(value)});
    };
    header("Host", "strims.test");
    if (!sent.body.empty()) header("Content-Type", sent.type);
    if (!sent.token.empty()) header("Authorization", "Bearer " + sent.token);
    if (!sent.sid.empty()) header("Cookie", "sid=" + sent.sid);
    if (!sent.origin.empty()) header("Origin", sent.origin);
    context.request.body = sent.body;
    context.peer = *IpAddress::parse(sent.peer);
    context.secure = sent.secure;
    context.request_id = "r-1";
    auto match = router_.match(method, context.request.path);
    if (match.route == nullptr) {
      ADD_FAILURE() << "no route for " << method << " " << target;
      return {};
    }
    context.path_params = std::move(match.params);
    context.route = match.route->pattern;
    std::optional<proto::Response> answer;
    {
      const LaneConnection lane(&db());
      match.route->handler(context,
                           http::Responder([&](proto::Response r) { answer = std::move(r); }));
    }
    if (!answer) ADD_FAILURE() << "no answer to " << method << " " << target;
    return answer.value_or(proto::Response{});
  }

  static Json json(const proto::Response& response) {
    auto parsed = Json::parse(response.body);
    EXPECT_TRUE(parsed.has_value()) << response.body;
    return parsed.value_or(Json{});
  }
  // "403 nopermission"; the status alone for what is no problem document.
  static std::string outcome(const proto::Response& response) {
    std::string out = std::to_string(response.status);
    const auto parsed = Json::parse(response.body);
    if (response.status >= 400 && parsed)
      if (const auto code = parsed->find_string("code")) out += " " + std::string(*code);
    return out;
  }
  // Stores an entry as the journal does.
  void store(Entry entry) {
    ASSERT_TRUE(storage::insert_entry(db(), entry));
    ASSERT_TRUE(storage::project(db(), entry));
  }
  sql::Connection& db() { return database_.connection(); }
  const chat::Command& last() { return room_.commands.back(); }

  storage::TestDatabase database_;
  ManualClock clock_;
  IdSource ids_{clock_};
  config::Config config_;
  std::unique_ptr<auth::SigningKeys> keys_ = std::move(*auth::SigningKeys::open({}, clock_));
  std::vector<std::string> ended_;  // accesses that ended
  std::unique_ptr<auth::Accounts> accounts_ = std::make_unique<auth::Accounts>(
      auth::test_policy(), *keys_, clock_,
      [this](std::string_view access, UserId) { ended_.emplace_back(access); });
  auth::Authenticator authenticator_{auth::test_policy(), *keys_, clock_};
  FakeRoom room_{clock_, ids_};
  obs::Health health_{clock_};
  TestDesk desk_{db(), clock_, ids_, room_};
  Services services_{.config = config_,
                     .clock = clock_,
                     .ids = ids_,
                     .accounts = *accounts_,
                     .authenticator = authenticator_,
                     .keys = *keys_,
                     .room = room_,
                     .health = health_,
                     .whispers = {},
                     .emotes = {"LUL", "Hype"},
                     .flairs_json = "[]",
                     .emotes_json = "[]",
                     .streams = &desk_};
  http::Router router_;
  Api api_{services_, router_};
};

}  // namespace strims::api
