#include "hub/dialects/dgg_parse.h"

#include <gtest/gtest.h>

namespace strims::hub {
namespace {

using chat::Command;
using chat::Verb;
using Kind = Parsed::Kind;

Command command(std::string_view frame) {
  Parsed parsed = parse_dgg(frame, true);
  EXPECT_EQ(parsed.kind, Kind::command) << frame;
  return std::move(parsed.command);
}

void expect_refused(std::string_view frame) {
  const Parsed parsed = parse_dgg(frame, true);
  EXPECT_EQ(parsed.kind, Kind::refused) << frame;
  EXPECT_EQ(parsed.text, "protocolerror") << frame;
}

// Every command as today's client sends it.
TEST(DggParse, EveryCommand) {
  const std::pair<std::string_view, Verb> rows[] = {
      {R"(MSG {"data":"hello @Bo"})", Verb::message},
      {R"(PRIVMSG {"nick":"Bo","data":"psst"})", Verb::whisper},
      {R"(MUTE {"data":"Bo"})", Verb::mute},
      {R"(UNMUTE {"data":"Bo"})", Verb::unmute},
      {R"(BAN {"nick":"Bo","reason":"spam","duration":86400000000000,"banip":false})", Verb::ban},
      {R"(UNBAN {"data":"Bo"})", Verb::unban},
      {R"(SUBONLY {"data":"on","tier":2})", Verb::subonly},
      {R"(BROADCAST {"data":"soon"})", Verb::broadcast},
      {R"(PIN {"data":""})", Verb::pin},
      {R"(STARTPOLL {"weighted":false,"time":30000,"question":"Tea?","options":["Yes","No"]})",
       Verb::poll_start},
      {R"(STOPPOLL {})", Verb::poll_stop},
      {R"(CASTVOTE {"vote":"2"})", Verb::vote},
      {R"(ADDPHRASE {"data":"gold"})", Verb::phrase_add},
      {R"(REMOVEPHRASE {"data":"gold"})", Verb::phrase_remove},
      {R"(DIE {"data":""})", Verb::die},
      {R"(REMOVEEVENT {"data":"d-01"})", Verb::event_remove},
      {R"(RELOADUSERS {})", Verb::reload_users},
  };
  for (const auto& [frame, verb] : rows) EXPECT_EQ(command(frame).verb, verb) << frame;
}

TEST(DggParse, FieldsReachTheCommand) {
  Command c = command(R"(MSG {"data":"  hi \u00e9 ","nonce":"n1","nick":"Ada"})");
  EXPECT_EQ(c.text, "  hi \u00e9 ") << "trimming is the room's business";
  EXPECT_EQ(c.nonce, "n1");
  EXPECT_FALSE(c.combo_rule);
  c = command(R"(PRIVMSG {"nick":"bo","data":"psst","nonce":"w1"})");
  EXPECT_EQ(c.nick, "bo");
  EXPECT_EQ(c.text, "psst");
  EXPECT_EQ(c.nonce, "w1");
  c = command(R"(MUTE {"data":"Bo","duration":3600000000000})");
  EXPECT_EQ(c.nick, "Bo");
  EXPECT_EQ(c.duration_ns, 3'600'000'000'000);
  c = command(R"(BAN {"nick":"Bo","reason":"spam","ispermanent":true,"banip":true})");
  EXPECT_EQ(c.nick, "Bo");
  EXPECT_EQ(c.reason, "spam");
  EXPECT_TRUE(c.permanent);
  EXPECT_TRUE(c.with_addresses);
  EXPECT_FALSE(c.duration_ns);
  c = command(
      R"(STARTPOLL {"weighted":true,"time":5000,"question":"Tea?","options":["Yes","No"]})");
  EXPECT_EQ(c.question, "Tea?");
  EXPECT_EQ(c.options, (std::vector<std::string>{"Yes", "No"}));
  EXPECT_TRUE(c.weighted);
  EXPECT_EQ(c.time_ms, 5000);
  EXPECT_EQ(command(R"(STARTPOLL {"question":"Tea?","options":[]})").time_ms, 30'000)
      << "the default";
}

TEST(DggParse, KeysInAnyCaseAndUnknownOnesAreIgnored) {
  EXPECT_EQ(command(R"(MUTE {"data":"x","Duration":5})").duration_ns, 5);  // LIB
  EXPECT_EQ(command(R"(MUTE {"DATA":"x"})").nick, "x");
  EXPECT_EQ(command(R"(MSG {"Data":"x","more":{"deep":[1,2,{}]},"":null})").text, "x");
}

TEST(DggParse, NullIsLikeAbsent) {
  EXPECT_EQ(command(R"(MSG {"data":null})").text, "");
  EXPECT_EQ(command(R"(MSG {})").text, "");
  const Command c =
      command(R"(BAN {"nick":"Bo","reason":null,"duration":null,"banip":null,"ispermanent":null})");
  EXPECT_EQ(c.reason, "");
  EXPECT_FALSE(c.duration_ns);
  EXPECT_FALSE(c.permanent);
  EXPECT_EQ(command(R"(SUBONLY {"data":"on","tier":null})").tier, 1);
  EXPECT_TRUE(command(R"(STARTPOLL {"question":"x","options":null})").options.empty());
}

TEST(DggParse, Durations) {
  const auto duration = [](std::string_view number) {
    return command("MUTE {\"data\":\"x\",\"duration\":" + std::string(number) + "}").duration_ns;
  };
  EXPECT_EQ(duration("0"), 0);
  EXPECT_EQ(duration("-1"), -1);
  EXPECT_EQ(duration("86400000000000"), 86'400'000'000'000);
  EXPECT_EQ(duration("86400000000000.0"), 86'400'000'000'000);
  EXPECT_EQ(duration("8.64e13"), 86'400'000'000'000);
  EXPECT_EQ(duration("9223372036854775807"), INT64_MAX);
  for (const char* huge : {"9223372036854775808", "18446744073709551615", "18446744073709551616",
                           "100000000000000000000", "1e19", "1e300"})
    EXPECT_EQ(duration(huge), INT64_MAX) << huge;
  for (const char* huge : {"-1e300", "-100000000000000000000"})
    EXPECT_EQ(duration(huge), INT64_MIN) << huge;
  for (const char* bad : {"0.5", "\"5\"", "true", "[]", "{}", "1e999"})
    expect_refused("MUTE {\"data\":\"x\",\"duration\":" + std::string(bad) + "}");
}

TEST(DggParse, WrongTypesSpoilTheFrame) {
  for (const char* frame :
       {R"(MSG {"data":5})", R"(MSG {"data":["x"]})", R"(MSG {"data":{"nick":"a"}})",
        R"(MSG {"data":"x","nonce":1})", R"(PRIVMSG {"data":{"nick":"Bo","message":"psst"}})",
        R"(BAN {"nick":"x","banip":"yes"})", R"(BAN {"nick":"x","ispermanent":1})",
        R"(STARTPOLL {"question":"x","options":"y"})",
        R"(STARTPOLL {"question":"x","options":["y",1]})",
        R"(STARTPOLL {"question":"x","options":["y",null]})", R"(CASTVOTE {"vote":true})",
        R"(CASTVOTE {"vote":1.5})", R"(SUBONLY {"data":5})", R"(SUBONLY {"data":"on","tier":1.5})",
        R"(SUBONLY {"data":"on","tier":"2"})"})
    expect_refused(frame);
}

TEST(DggParse, ARefusalKnowsItsNonce) {
  const Parsed parsed = parse_dgg(R"(MSG {"data":5,"nonce":"n1"})", true);
  EXPECT_EQ(parsed.kind, Kind::refused);
  EXPECT_EQ(parsed.command.nonce, "n1");
}

TEST(DggParse, WhatIsNoObject) {
  for (const char* frame :
       {"MSG ", "MSG {", "MSG hello", "MSG \"hello\"", "MSG []", "MSG 5", "MSG {}{}", "MSG {}x",
        "DIE ", "STOPPOLL []", "MSG  ", "MSG {\"data\":\"\xff\"}", "MSG {\"data\":\"\\ud800\"}"})
    expect_refused(frame);
}

TEST(DggParse, Tiers) {
  EXPECT_EQ(command(R"(SUBONLY {"data":"on"})").tier, 1);
  for (int tier = 1; tier <= 5; ++tier)
    EXPECT_EQ(command("SUBONLY {\"data\":\"on\",\"tier\":" + std::to_string(tier) + "}").tier,
              tier);
  EXPECT_EQ(command(R"(SUBONLY {"data":"off"})").tier, 0);
  EXPECT_EQ(command(R"(SUBONLY {"data":"off","tier":3})").tier, 0);
  for (const char* other :
       {R"({"data":"maybe"})", R"({})", R"({"data":"ON"})", R"({"data":"on","tier":0})",
        R"({"data":"on","tier":6})", R"({"data":"on","tier":-1})", R"({"data":"on","tier":1e30})"})
    EXPECT_EQ(command(std::string("SUBONLY ") + other).tier, -1) << other;
}

TEST(DggParse, VotesAsTextOrNumber) {
  EXPECT_EQ(command(R"(CASTVOTE {"vote":"/me 2"})").text, "/me 2");
  EXPECT_EQ(command(R"(CASTVOTE {"vote":2})").text, "2");
  EXPECT_EQ(command(R"(CASTVOTE {"vote":2.0})").text, "2");
  EXPECT_EQ(command(R"(CASTVOTE {"vote":-7})").text, "-7");
  EXPECT_EQ(command(R"(CASTVOTE {})").text, "") << "no option, which the room refuses";
  EXPECT_EQ(command(R"(CASTVOTE {"vote":null})").text, "");
}

TEST(DggParse, PingsAndPongs) {
  const Parsed ping = parse_dgg(R"(PING {"timestamp":1})", true);
  EXPECT_EQ(ping.kind, Kind::ping);
  EXPECT_EQ(ping.text, R"({"timestamp":1})");
  EXPECT_EQ(parse_dgg("PING  x ", true).text, " x ") << "as it came";
  EXPECT_EQ(parse_dgg("PONG x", true).kind, Kind::ignore);
}

TEST(DggParse, UnknownEventsAreIgnored) {
  for (const char* frame : {"FOO {}", R"({"type": "PING"})", "msg {\"data\":\"x\"}", " MSG {}",
                            "JOIN {}", " ", "  ", "MSGX {", "\xff\xff x"})
    EXPECT_EQ(parse_dgg(frame, true).kind, Kind::ignore) << frame;
}

TEST(DggParse, AFrameWithoutASpaceIsNone) {
  for (const char* frame : {"", "MSG", "PING", R"({"type":"PING"})", "\xff"})
    EXPECT_EQ(parse_dgg(frame, true).kind, Kind::close) << frame;
}

TEST(DggParse, TheOldFlavourKnowsLess) {
  for (const char* frame :
       {"PIN {\"data\":\"x\"}", "STARTPOLL {}", "STOPPOLL {}", "CASTVOTE {\"vote\":1}",
        "ADDPHRASE {\"data\":\"x\"}", "REMOVEPHRASE {\"data\":\"x\"}", "DIE {}",
        "REMOVEEVENT {\"data\":\"x\"}", "RELOADUSERS {}", "PIN nonsense"})
    EXPECT_EQ(parse_dgg(frame, false).kind, Kind::ignore) << frame;
  for (const char* frame :
       {R"(MSG {"data":"x"})", R"(MUTE {"data":"x"})", R"(SUBONLY {"data":"on"})"}) {
    const Parsed parsed = parse_dgg(frame, false);
    EXPECT_EQ(parsed.kind, Kind::command) << frame;
    EXPECT_TRUE(parsed.command.combo_rule);
  }
}

TEST(DggParse, ManyOrDeepMembers) {
  std::string many = "MSG {\"data\":\"x\"";
  for (int i = 0; i < 1100; ++i) many += ",\"k" + std::to_string(i) + "\":0";
  expect_refused(many + "}");
  expect_refused("MSG " + std::string(3000, '['));
  expect_refused("MSG {\"data\":" + std::string(100, '[') + std::string(100, ']') + "}");
}

}  // namespace
}  // namespace strims::hub
