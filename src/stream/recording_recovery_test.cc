#include "stream/recording_recovery.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "media/packager_testing.h"
#include "storage/database_case.h"
#include "stream/recording_file.h"

namespace strims::stream {
namespace {

class RecoveryTest : public ::testing::Test {
 protected:
  // A file of some seconds, written as the recorder does.
  RecoveryTest() {
    media::testing::Publisher publisher{.packager = packager_};
    packager_.begin_session();
    publisher.send_headers();
    publisher.run_until(7'000);
    packager_.flush();
    auto file = RecordingFile::create(folder(), 1, made_.inits.at(0));
    EXPECT_TRUE(file);
    for (const media::Part& part : made_.parts) EXPECT_TRUE(file->append(part));
  }
  std::string folder() const { return folder_.file(""); }
  std::string media() const { return folder_.file("part-0001.mp4"); }
  std::string index() const { return folder_.file("part-0001.idx"); }
  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  size_t fragments() {
    const auto found = recover_recording(folder());
    EXPECT_TRUE(found);
    return found && !found->files.empty() ? found->files[0].fragments.size() : 0;
  }

  storage::TempFolder folder_;
  media::testing::Collector made_;
  media::Packager packager_{made_};
};

TEST_F(RecoveryTest, AWholeRecordingIsReadAsItIs) {
  const auto found = read_recording(folder());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->files.size(), 1u);
  EXPECT_EQ(found->files[0].fragments.size(), made_.parts.size());
  EXPECT_EQ(found->bytes(), std::filesystem::file_size(media()));
  EXPECT_NEAR(static_cast<double>(found->duration_us()), 7e6, 1e5);
  const media::PackagerStart next = found->position();
  EXPECT_EQ(next.segment, made_.parts.back().segment + 1);
  EXPECT_EQ(next.media_us, made_.parts.back().start_us + made_.parts.back().duration_us);
  EXPECT_EQ(next.epoch_ms, made_.parts.front().wall_ms);
}

TEST_F(RecoveryTest, WhatWasCutAnywhereLosesTheLastFragmentAtMost) {
  const std::string whole = read(media());
  const std::string lines = read(index());
  for (const size_t cut : {size_t{1}, size_t{9}, size_t{700}, made_.parts.back().bytes->size()}) {
    std::ofstream(media(), std::ios::binary) << whole.substr(0, whole.size() - cut);
    std::ofstream(index(), std::ios::binary) << lines;
    EXPECT_EQ(fragments(), made_.parts.size() - 1) << cut;
    EXPECT_EQ(std::filesystem::file_size(media()), whole.size() - made_.parts.back().bytes->size());
    EXPECT_EQ(parse_index(1, read(index()))->fragments.size(), made_.parts.size() - 1);
  }
}

TEST_F(RecoveryTest, AnIndexThatIsMissingOrShortIsMadeFromTheFile) {
  const auto before = parse_index(1, read(index()));
  const std::string lines = read(index());
  for (const std::string& left : {std::string(), lines.substr(0, lines.size() / 2)}) {
    std::ofstream(index(), std::ios::binary) << left;
    const auto found = recover_recording(folder());
    ASSERT_TRUE(found);
    ASSERT_EQ(found->files[0].fragments.size(), before->fragments.size());
    for (size_t i = 0; i < before->fragments.size(); ++i) {
      const Fragment& is = found->files[0].fragments[i];
      const Fragment& was = before->fragments[i];
      EXPECT_EQ(is.offset, was.offset);
      EXPECT_EQ(is.independent, was.independent) << i;
      EXPECT_NEAR(static_cast<double>(is.start_us), static_cast<double>(was.start_us), 1'000) << i;
      EXPECT_NEAR(static_cast<double>(is.duration_us), static_cast<double>(was.duration_us),
                  50'000);
      EXPECT_NEAR(static_cast<double>(is.wall_ms), static_cast<double>(was.wall_ms), 2) << i;
    }
  }
}

TEST_F(RecoveryTest, RubbishBehindTheEndIsCutOff) {
  const auto size = std::filesystem::file_size(media());
  std::ofstream(media(), std::ios::binary | std::ios::app) << std::string(5'000, '\xff');
  EXPECT_EQ(fragments(), made_.parts.size());
  EXPECT_EQ(std::filesystem::file_size(media()), size);
  EXPECT_EQ(fragments(), made_.parts.size()) << "twice is no harm";
}

TEST_F(RecoveryTest, AFileWithoutABeginningIsLeftAloneAndItsNumberTaken) {
  std::ofstream(folder_.file("part-0002.mp4")) << "not a film";
  const auto found = recover_recording(folder());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->files.size(), 1u);
  EXPECT_EQ(found->last_number, 2u);
}

TEST_F(RecoveryTest, AFolderThatIsNotThere) {
  EXPECT_EQ(recover_recording(folder_.file("none")).error().reason, "recording");
}

}  // namespace
}  // namespace strims::stream
