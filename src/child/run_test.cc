#include "child/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace strims::child {
namespace {

using ::testing::HasSubstr;

std::string reason(const Result<std::string>& result) {
  return result ? "ok: " + *result : std::string(result.error().reason);
}

// Python tells what it was allowed to do: "yes", or the name of the error.
std::string may(const std::string& code) {
  ChildOptions options;
  options.command = {"/usr/bin/python3", "-I", "-S", "-c",
                     "import os, socket, ctypes\ntry:\n  " + code +
                         "\n  print('yes')\nexcept OSError as e:\n  print(type(e).__name__)"};
  return reason(run_child(options, {}));
}

TEST(RunChild, PassesBytesThrough) {
  ChildOptions options;
  options.command = {"cat"};
  const std::string big(1'000'000, 'x');
  const std::string_view pieces[] = {"first ", big, " last"};
  const auto out = run_child(options, pieces);
  ASSERT_TRUE(out) << out.error().detail;
  EXPECT_EQ(*out, "first " + big + " last");
}

TEST(RunChild, AChildThatReadsNothingIsNoTrouble) {
  ChildOptions options;
  options.command = {"echo", "done"};
  const std::string big(1'000'000, 'x');
  const std::string_view pieces[] = {big};
  EXPECT_EQ(reason(run_child(options, pieces)), "ok: done\n");
}

TEST(RunChild, TellsHowItFailed) {
  ChildOptions options;
  options.command = {"no-such-program-here"};
  EXPECT_EQ(reason(run_child(options, {})), "no_program");
  options.command = {"false"};
  EXPECT_EQ(reason(run_child(options, {})), "child_failed");
  options.command = {"yes"};
  options.max_output = 100'000;
  EXPECT_EQ(reason(run_child(options, {})), "child_output");
}

TEST(RunChild, WhatHangsIsKilled) {
  ChildOptions options;
  options.command = {"sleep", "60"};
  options.wall_ms = 200;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(reason(run_child(options, {})), "child_timeout");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  // Its output closed, it would go on.
  options.command = {"sh", "-c", "exec >&-; sleep 60"};
  EXPECT_NE(reason(run_child(options, {})).substr(0, 3), "ok:");
}

TEST(RunChild, AHogOfMemoryDies) {
  ChildOptions options;
  options.command = {"/usr/bin/python3", "-I", "-S", "-c", "x = bytearray(2 << 30); print(len(x))"};
  EXPECT_EQ(reason(run_child(options, {})), "child_failed");
}

TEST(RunChild, FilesAndSocketsAreOutOfReach) {
  const std::string path = std::filesystem::temp_directory_path() / "strims-child-test";
  std::ofstream(path) << "secret";
  EXPECT_EQ(may("open('/etc/passwd').read()"), "ok: PermissionError\n");
  EXPECT_EQ(may("open('" + path + "').read()"), "ok: PermissionError\n");
  EXPECT_EQ(may("open('" + path + "', 'w')"), "ok: PermissionError\n");
  EXPECT_EQ(may("os.unlink('" + path + "')"), "ok: PermissionError\n");
  EXPECT_EQ(may("os.rename('" + path + "', '" + path + "2')"), "ok: PermissionError\n");
  EXPECT_EQ(may("socket.socket()"), "ok: PermissionError\n");
  EXPECT_EQ(may("os.fork()"), "ok: PermissionError\n");
  EXPECT_EQ(may("os.kill(os.getppid(), 0)"), "ok: PermissionError\n");
  EXPECT_EQ(may("open('/usr/bin/env', 'rb').read(1)"), "ok: yes\n");
  EXPECT_TRUE(std::filesystem::exists(path));
  std::filesystem::remove(path);
}

TEST(RunChild, OurDescriptorsAreNotItsBusiness) {
  const std::ifstream open("/etc/passwd");
  EXPECT_EQ(may("os.fstat(3)"), "ok: OSError\n");
}

}  // namespace
}  // namespace strims::child
