#include "media/rtmp/command.h"

#include <gtest/gtest.h>
#include <string>

#include "base/bytes.h"
#include "media/rtmp/testing.h"

namespace strims::media {
namespace {

std::string script(std::string_view body, RtmpType type = RtmpType::data_amf0) {
  return std::string(as_text(script_data({.type = type, .body = as_bytes(body)})));
}

std::string value(std::string_view text) {
  std::string out;
  Amf0Writer(out).string(text);
  return out;
}

TEST(RtmpCommand, NameTransactionObjectArguments) {
  const std::string body = rtmp_testing::command_body("publish", 5, "name", "live");
  for (const bool amf3 : {false, true}) {
    const std::string wire = amf3 ? std::string(1, '\0') + body : body;
    const auto type = amf3 ? RtmpType::command_amf3 : RtmpType::command_amf0;
    auto command = parse_command({.type = type, .stream_id = 3, .body = as_bytes(wire)});
    ASSERT_TRUE(command);
    EXPECT_EQ(command->name, "publish");
    EXPECT_EQ(command->transaction, 5);
    EXPECT_EQ(command->object.type, Amf0Type::null);
    EXPECT_EQ(command->stream_id, 3u);
    EXPECT_EQ(command->arguments.value()->text, "name");
    EXPECT_EQ(command->arguments.value()->text, "live");
    EXPECT_TRUE(command->arguments.at_end());
  }
}

TEST(RtmpCommand, TheObjectMayBeMissing) {
  std::string body;
  Amf0Writer(body).string("x").number(0);
  const auto command = parse_command({.body = as_bytes(body)});
  ASSERT_TRUE(command);
  EXPECT_EQ(command->object.type, Amf0Type::undefined);
  EXPECT_TRUE(command->arguments.at_end());
}

TEST(RtmpCommand, WhatIsNoCommand) {
  const std::string body = rtmp_testing::command_body("publish", 5);
  std::string swapped;
  Amf0Writer(swapped).number(5).string("publish");
  for (const std::string& wire : {std::string(), body.substr(0, 4), value("publish"), swapped})
    EXPECT_EQ(parse_command({.body = as_bytes(wire)}).error().reason, "bad_amf");
  // AMF3 in earnest.
  for (const std::string& wire : {std::string(), std::string("\x11\x06"), body})
    EXPECT_EQ(
        parse_command({.type = RtmpType::command_amf3, .body = as_bytes(wire)}).error().reason,
        "bad_amf");
}

TEST(RtmpCommand, ScriptDataLosesItsWrapping) {
  const std::string meta = value("onMetaData") + "whatever follows";
  EXPECT_EQ(script(value("@setDataFrame") + meta), meta);
  EXPECT_EQ(script(meta), meta);
  std::string amf3(1, '\0');
  amf3 += value("@setDataFrame");
  amf3 += meta;
  EXPECT_EQ(script(amf3, RtmpType::data_amf3), meta);
  EXPECT_EQ(script(value("@clearDataFrame") + meta), "");
  EXPECT_EQ(script(value("@setDataFrame")), "");
  EXPECT_EQ(script(""), "");
  EXPECT_EQ(script("\5"), "");
  EXPECT_EQ(script(meta, RtmpType::data_amf3), "");
  EXPECT_EQ(script("", RtmpType::data_amf3), "");
}

}  // namespace
}  // namespace strims::media
