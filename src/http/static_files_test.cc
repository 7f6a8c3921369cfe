#include "http/static_files.h"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "http/byte_range.h"

namespace strims::http {
namespace {

proto::Request get(std::vector<proto::Header> headers = {}, std::string method = "GET") {
  proto::Request r;
  r.method = std::move(method);
  r.headers = std::move(headers);
  return r;
}

StaticFiles sample() {
  StaticFiles files;
  files.add({"/a.css", "0123456789", "", "", true});
  files.add({"/b.html", "<p>", "\"b\"", "", false});
  return files;
}

TEST(StaticFiles, ServesFromMemory) {
  const StaticFiles files = sample();
  const auto a = files.serve(get(), "/a.css");
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a.body, "0123456789");
  EXPECT_EQ(a.header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(a.header("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(a.header("ETag"), etag_of("0123456789"));
  EXPECT_EQ(files.serve(get(), "/b.html").header("Cache-Control"), "no-cache");
  EXPECT_EQ(files.serve(get(), "/c").status, 404);
}

TEST(StaticFiles, NotModified) {
  const StaticFiles files = sample();
  for (const auto* tags : {"\"b\"", "W/\"b\"", "\"x\", \"b\"", "*"}) {
    const auto r = files.serve(get({{"If-None-Match", tags}}), "/b.html");
    EXPECT_EQ(r.status, 304) << tags;
    EXPECT_EQ(r.body, "");
    EXPECT_EQ(r.header("ETag"), "\"b\"");
  }
  EXPECT_EQ(files.serve(get({{"If-None-Match", "\"bb\""}}), "/b.html").status, 200);
}

TEST(StaticFiles, Ranges) {
  const StaticFiles files = sample();
  const auto part = files.serve(get({{"Range", "bytes=2-4"}}), "/a.css");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.header("Content-Range"), "bytes 2-4/10");
  const auto beyond = files.serve(get({{"Range", "bytes=10-"}}), "/a.css");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.header("Content-Range"), "bytes */10");
  EXPECT_EQ(files.serve(get({{"Range", "bytes=0-1"}, {"If-Range", "\"old\""}}), "/a.css").status,
            200);
  EXPECT_EQ(
      files.serve(get({{"Range", "bytes=0-1"}, {"If-Range", etag_of("0123456789")}}), "/a.css")
          .body,
      "01");
}

TEST(StaticFiles, HeadTellsTheLength) {
  const auto r = sample().serve(get({}, "HEAD"), "/a.css");
  EXPECT_EQ(r.body, "");
  EXPECT_EQ(r.header("Content-Length"), "10");
  EXPECT_NE(proto::serialize(r, {.head_only = true}).find("Content-Length: 10\r\n"),
            std::string::npos);
}

TEST(ByteRange, AllForms) {
  using Kind = ByteRange::Kind;
  const auto check = [](std::string_view header, Kind kind, uint64_t first, uint64_t length) {
    const ByteRange r = parse_range(header, 10);
    EXPECT_EQ(r.kind, kind) << header;
    EXPECT_EQ(r.first, first) << header;
    EXPECT_EQ(r.length, length) << header;
  };
  check("bytes=0-0", Kind::part, 0, 1);
  check("bytes=5-", Kind::part, 5, 5);
  check("bytes=5-100", Kind::part, 5, 5);
  check("bytes=-3", Kind::part, 7, 3);
  check("bytes=-100", Kind::part, 0, 10);
  check("bytes=-0", Kind::unsatisfiable, 0, 0);
  check("bytes=10-11", Kind::unsatisfiable, 0, 0);
  check("bytes=4-2", Kind::whole, 0, 10);
  check("bytes=0-1,3-4", Kind::whole, 0, 10);
  check("bytes=a-b", Kind::whole, 0, 10);
  check("bytes=", Kind::whole, 0, 10);
  check("lines=0-1", Kind::whole, 0, 10);
  check("bytes=18446744073709551616-", Kind::whole, 0, 10);
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, Kind::unsatisfiable);
}

class FolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "strims_folder_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
    std::filesystem::create_directories(root_ / "www/css");
    write("secret", "secret");
    write("www/a.txt", "hello");
    write("www/css/a.css", "css");
    write("www/.hidden", "hidden");
    std::filesystem::create_symlink(root_ / "secret", root_ / "www/link");
    std::filesystem::create_directory_symlink(root_, root_ / "www/up");
    auto opened = FileFolder::open((root_ / "www").string(), 1000);
    ASSERT_TRUE(opened);
    folder_ = std::move(*opened);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void write(const char* name, std::string_view text) { std::ofstream(root_ / name) << text; }

  std::filesystem::path root_;
  std::unique_ptr<FileFolder> folder_;
};

TEST_F(FolderTest, ServesFiles) {
  const auto r = folder_->serve(get(), "a.txt");
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.body, "hello");
  EXPECT_EQ(folder_->serve(get(), "css/a.css").header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(folder_->serve(get({{"Range", "bytes=1-2"}}), "a.txt").body, "el");
  EXPECT_EQ(folder_->serve(get({{"If-None-Match", std::string(r.header("ETag"))}}), "a.txt").status,
            304);
}

TEST_F(FolderTest, NothingLeadsOut) {
  for (const char* path :
       {"../secret", "css/../../secret", "/secret", "link", "up/secret", ".hidden", "", "css",
        "css/", ".", "..", "a.txt/", "css//a.css", "none", "..\\secret"})
    EXPECT_EQ(folder_->serve(get(), path).status, 404) << path;
  EXPECT_EQ(folder_->serve(get(), std::string_view("a.txt\0.css", 10)).status, 404);
}

TEST_F(FolderTest, FifoAndLargeFilesAreNotServed) {
  ASSERT_EQ(mkfifo((root_ / "www/fifo").c_str(), 0600), 0);
  EXPECT_EQ(folder_->serve(get(), "fifo").status, 404);
  write("www/large", std::string(1001, 'x'));
  EXPECT_EQ(folder_->serve(get(), "large").status, 404);
}

TEST_F(FolderTest, LargeFilesAreStreamed) {
  const auto folder = FileFolder::open((root_ / "www").string(), 1000, FileFolder::Large::streamed);
  ASSERT_TRUE(folder);
  std::string text;
  for (int i = 0; i < 1500; ++i) text += static_cast<char>('a' + i % 26);
  write("www/large", text);
  const auto whole = [](const proto::Response& r) {
    std::string rest;
    EXPECT_EQ(r.content_length(), r.body.size() + (r.rest ? r.rest->length : 0));
    if (r.rest) EXPECT_TRUE(r.rest->read(0, r.rest->length, rest));
    return r.body + rest;
  };
  const auto part = [&](const char* range) {
    return (*folder)->serve(get({{"Range", range}}), "large");
  };
  const auto all = (*folder)->serve(get(), "large");
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(all.body.size(), 1000U) << "what is held";
  EXPECT_EQ(whole(all), text);
  EXPECT_EQ(part("bytes=0-").header("Content-Range"), "bytes 0-1499/1500");
  EXPECT_EQ(whole(part("bytes=0-")), text);
  EXPECT_EQ(whole(part("bytes=100-1399")), text.substr(100, 1300));
  EXPECT_EQ(part("bytes=1000-").rest, nullptr);
  EXPECT_EQ(whole(part("bytes=1000-")), text.substr(1000));
  EXPECT_EQ(part("bytes=1500-").status, 416);
  std::string piece;
  ASSERT_TRUE(all.rest->read(10, 20, piece));
  EXPECT_EQ(piece, text.substr(1010, 20));
  EXPECT_FALSE(all.rest->read(490, 20, piece)) << "behind its end";
}

TEST_F(FolderTest, AStreamHoldsNoFileAndTakesNoOther) {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  write("www/large", std::string(3000, 'a'));
  const auto before = descriptors();
  const auto serve = [&] {
    const auto folder =
        FileFolder::open((root_ / "www").string(), 1000, FileFolder::Large::streamed);
    return (*folder)->serve(get(), "large");
  };
  const auto answer = serve();
  std::string piece;
  ASSERT_TRUE(answer.rest->read(0, 1000, piece));
  EXPECT_EQ(descriptors(), before);
  write("www/new", std::string(3000, 'b'));
  std::filesystem::rename(root_ / "www/new", root_ / "www/large");
  EXPECT_FALSE(answer.rest->read(1000, 1000, piece)) << "another file of that name";
  const auto other = serve();
  std::filesystem::remove(root_ / "www/large");
  EXPECT_FALSE(other.rest->read(0, 1000, piece)) << "deleted";
}

TEST_F(FolderTest, WithoutADescriptorLeftItIsNotCalledAbsent) {
  write("www/a", "a");
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto answer = folder_->serve(get(), "a");
  const auto absent = folder_->serve(get(), ".hidden");
  const auto opened = FileFolder::open((root_ / "www").string());
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(absent.status, 404);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::unavailable);
}

TEST_F(FolderTest, MissingFolderIsAnError) {
  const auto opened = FileFolder::open((root_ / "none").string());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::not_found);
}

}  // namespace
}  // namespace strims::http
