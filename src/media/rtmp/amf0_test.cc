#include "media/rtmp/amf0.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace strims::media {
namespace {

using testing::ElementsAre;

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

Result<Amf0Value> read(std::string_view text) {
  return Amf0Reader(as_bytes(text)).value();
}

bool broken(std::string_view text) {
  const auto value = read(text);
  return !value && value.error().reason == "bad_amf";
}

std::string numbers(std::string_view text) {
  std::string out;
  Amf0Writer writer(out);
  writer.begin_strict_array(2).number(1).string(text);
  return out;
}

// One of everything.
std::string everything() {
  std::string out;
  Amf0Writer writer(out);
  writer.begin_object();
  writer.key("n").number(2.5).key("t").boolean(true).key("s").string("text").key("z").null();
  writer.key("u").undefined().key("").string("no name").key("long");
  writer.string(std::string(70'000, 'x'));
  writer.key("inner").begin_ecma_array(0).key("deep").number(7).end().key("list");
  out += numbers("item");
  out += bytes({0, 1, 'd', 11, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0});             // a date
  out += bytes({0, 1, 'x', 15, 0, 0, 0, 2, '<', '>'});                        // XML
  out += bytes({0, 1, 'r', 7, 0, 1});                                         // a reference
  out += bytes({0, 1, '-', 13});                                              // "unsupported"
  out += bytes({0, 1, 'o', 16, 0, 3, 'c', 'l', 's', 0, 1, 'p', 5, 0, 0, 9});  // with a class
  writer.end();
  return out;
}

TEST(Amf0, ReadsWhatItWrites) {
  const std::string wire = everything();
  const auto value = read(wire);
  ASSERT_TRUE(value);
  EXPECT_TRUE(value->has_properties());
  EXPECT_EQ(value->property("n")->number, 2.5);
  EXPECT_EQ(value->property("t")->type, Amf0Type::boolean);
  EXPECT_EQ(value->property("t")->number, 1);
  EXPECT_EQ(value->property("s")->text, "text");
  EXPECT_EQ(value->property("z")->type, Amf0Type::null);
  EXPECT_EQ(value->property("u")->type, Amf0Type::undefined);
  EXPECT_EQ(value->property("")->text, "no name");
  EXPECT_EQ(value->property("long")->type, Amf0Type::long_string);
  EXPECT_TRUE(value->property("long")->is_string());
  EXPECT_EQ(value->property("long")->text.size(), 70'000u);
  EXPECT_EQ(value->property("inner")->property("deep")->number, 7);
  EXPECT_EQ(value->property("d")->number, 2);
  EXPECT_EQ(value->property("x")->text, "<>");
  EXPECT_EQ(value->property("r")->type, Amf0Type::reference);
  EXPECT_EQ(value->property("-")->type, Amf0Type::unsupported);
  EXPECT_EQ(value->property("o")->text, "cls");
  EXPECT_EQ(value->property("o")->property("p")->type, Amf0Type::null);
  EXPECT_FALSE(value->property("none"));
  EXPECT_FALSE(value->property("n")->property("n"));
}

TEST(Amf0, ContentsAreReadOneByOne) {
  const std::string wire = everything();
  Amf0Reader reader(read(wire)->contents);
  std::vector<std::string> names;
  while (!reader.at_end()) {
    names.emplace_back(*reader.key());
    ASSERT_TRUE(reader.value());
  }
  EXPECT_THAT(names, ElementsAre("n", "t", "s", "z", "u", "", "long", "inner", "list", "d", "x",
                                 "r", "-", "o"));
  const std::string list = numbers("item");
  Amf0Reader items(read(list)->contents);
  EXPECT_EQ(items.value()->number, 1);
  EXPECT_EQ(items.value()->text, "item");
  EXPECT_TRUE(items.at_end());
}

TEST(Amf0, TheFirstPropertyOfANameCounts) {
  std::string wire;
  Amf0Writer(wire).begin_object().key("a").number(1).key("a").number(2).end();
  EXPECT_EQ(read(wire)->property("a")->number, 1);
}

TEST(Amf0, ValuesFollowEachOther) {
  std::string wire;
  Amf0Writer(wire).string("connect").number(1).null();
  Amf0Reader reader(as_bytes(wire));
  EXPECT_EQ(reader.value()->text, "connect");
  EXPECT_EQ(reader.rest().size(), 10u);
  EXPECT_TRUE(reader.value()->is_number());
  EXPECT_EQ(reader.value()->type, Amf0Type::null);
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.value());
}

TEST(Amf0, EveryBeginningIsBroken) {
  const std::string wire = everything();
  ASSERT_TRUE(read(wire));
  for (size_t n = 0; n < wire.size(); n += n < 200 || n > 70'000 ? 1 : 997)
    EXPECT_TRUE(broken(std::string(wire, 0, n))) << n;
}

TEST(Amf0, TypesThatNobodySends) {
  for (const int type : {4, 9, 14, 17, 18, 0x7f, 0xff})
    EXPECT_TRUE(broken(bytes({type, 0, 0, 0, 0, 0, 0, 0, 0}))) << type;
}

TEST(Amf0, NothingCanBeReadAfterAnError) {
  const std::string wire = bytes({4, 5, 5});
  Amf0Reader reader(as_bytes(wire));
  EXPECT_FALSE(reader.value());
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.key());
}

std::string nested_objects(int depth) {
  std::string out;
  Amf0Writer writer(out);
  for (int i = 0; i < depth; ++i) writer.begin_object().key("a");
  writer.null();
  for (int i = 0; i < depth; ++i) writer.end();
  return out;
}

std::string nested_arrays(int depth) {
  std::string out;
  Amf0Writer writer(out);
  for (int i = 0; i < depth; ++i) writer.begin_strict_array(1);
  writer.null();
  return out;
}

TEST(Amf0, DepthIsBounded) {
  EXPECT_TRUE(read(nested_objects(kAmf0MaxDepth)));
  EXPECT_TRUE(broken(nested_objects(kAmf0MaxDepth + 1)));
  EXPECT_TRUE(read(nested_arrays(kAmf0MaxDepth)));
  EXPECT_TRUE(broken(nested_arrays(kAmf0MaxDepth + 1)));
  EXPECT_TRUE(broken(nested_arrays(100'000)));
}

TEST(Amf0, PropertiesAndItemsAreBounded) {
  const auto object = [](uint32_t count) {
    std::string out;
    Amf0Writer writer(out);
    writer.begin_ecma_array(3);
    for (uint32_t i = 0; i < count; ++i) writer.key("k").null();
    writer.end();
    return out;
  };
  EXPECT_TRUE(read(object(kAmf0MaxProperties)));
  EXPECT_TRUE(broken(object(kAmf0MaxProperties + 1)));
  const auto array = [](uint32_t count) {
    std::string out;
    Amf0Writer writer(out);
    writer.begin_strict_array(count);
    for (uint32_t i = 0; i < count; ++i) writer.null();
    return out;
  };
  EXPECT_TRUE(read(array(kAmf0MaxItems)));
  EXPECT_TRUE(broken(array(kAmf0MaxItems + 1)));
  EXPECT_TRUE(broken(bytes({10, 0xff, 0xff, 0xff, 0xff})));
}

TEST(Amf0, LongNamesAreCut) {
  std::string wire;
  Amf0Writer(wire).begin_object().key(std::string(70'000, 'k')).null().end();
  EXPECT_TRUE(read(wire)->property(std::string(65'535, 'k')));
}

}  // namespace
}  // namespace strims::media
