#include "media/box_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "base/bytes.h"
#include "media/box_writer.h"
#include "media/fmp4_writer.h"
#include "media/packager_testing.h"

namespace strims::media {
namespace {

// Ten seconds of a stream as a recording, and what its parts are.
struct Recording {
  explicit Recording(double fps = 30, int rate = 48'000) {
    Packager packager(collector);
    packager.begin_session();
    packager.declare_tracks(fps > 0, rate > 0);
    testing::Publisher publisher{.packager = packager, .fps = fps, .rate = rate};
    publisher.send_headers();
    publisher.run_until(10'000);
    packager.flush();
    file = collector.file(1);
  }
  testing::Collector collector;
  std::string file;
};

// Reads like a recorder.
BoxReader read(std::string_view file, size_t* reads = nullptr) {
  BoxReader reader(file.size());
  uint64_t before = 0;
  size_t length = 0;
  while (const auto want = reader.want()) {
    EXPECT_LE(want->offset + want->length, file.size());
    EXPECT_GT(want->length, 0u);
    EXPECT_LE(want->length, BoxReader::kMaxWant);
    EXPECT_TRUE(want->offset > before || want->length > length) << "it must get ahead";
    before = want->offset;
    length = want->length;
    if (reads) ++*reads;
    reader.give(as_bytes(file.substr(want->offset, want->length)));
  }
  return reader;
}

TEST(BoxReader, FindsEveryPart) {
  for (const auto& [fps, rate] : {std::pair(30.0, 48'000), std::pair(23.976, 44'100),
                                  std::pair(0.0, 44'100), std::pair(60.0, 0)}) {
    const Recording recording(fps, rate);
    const BoxReader reader = read(recording.file);
    EXPECT_EQ(reader.init_length(), recording.collector.inits[0].bytes->size());
    EXPECT_EQ(reader.valid_length(), recording.file.size());
    ASSERT_EQ(reader.fragments().size(), recording.collector.parts.size());
    uint64_t offset = reader.init_length();
    for (size_t i = 0; i < reader.fragments().size(); ++i) {
      const FileFragment& fragment = reader.fragments()[i];
      const Part& part = recording.collector.parts[i];
      EXPECT_EQ(fragment.offset, offset);
      EXPECT_EQ(fragment.length, part.bytes->size());
      EXPECT_EQ(fragment.keyframe, part.independent);
      EXPECT_NEAR(fragment.wall_ms, part.wall_ms, 1);
      EXPECT_NEAR(fragment.start_us, part.start_us, 1);
      if (i + 1 < reader.fragments().size()) {
        EXPECT_NEAR(fragment.duration_us, part.duration_us, 1);
      }
      offset += fragment.length;
    }
  }
}

TEST(BoxReader, ReadsHeadersOnly) {
  const Recording recording;
  size_t reads = 0;
  const BoxReader reader = read(recording.file, &reads);
  EXPECT_LE(reads, reader.fragments().size() * 2 + 2);
}

TEST(BoxReader, ACutFileIsWholeUpToItsLastWholeFragment) {
  const Recording recording;
  const BoxReader whole = read(recording.file);
  std::mt19937 random(3);
  for (int i = 0; i < 400; ++i) {
    // Also exactly between two fragments.
    const FileFragment& at = whole.fragments()[random() % whole.fragments().size()];
    const size_t length = i % 8 ? random() % recording.file.size() : at.offset + at.length;
    const BoxReader cut = read(std::string_view(recording.file).substr(0, length));
    EXPECT_LE(cut.valid_length(), length);
    size_t count = 0;
    while (count < whole.fragments().size() &&
           whole.fragments()[count].offset + whole.fragments()[count].length <= length)
      ++count;
    EXPECT_EQ(cut.fragments().size(), count);
    if (length < whole.init_length()) {
      EXPECT_EQ(cut.init_length(), 0u);
      EXPECT_EQ(cut.valid_length(), 0u);
    } else {
      EXPECT_EQ(cut.valid_length(),
                count ? cut.fragments().back().offset + cut.fragments().back().length
                      : whole.init_length());
    }
  }
}

TEST(BoxReader, AFileThatIsShorterThanWasSaid) {
  const Recording recording;
  const std::string_view file =
      std::string_view(recording.file).substr(0, recording.file.size() / 2);
  BoxReader reader(recording.file.size());
  int reads = 0;
  while (const auto want = reader.want()) {
    ASSERT_LT(++reads, 1000);
    reader.give(as_bytes(file.substr(std::min<size_t>(want->offset, file.size()), want->length)));
  }
  EXPECT_LE(reader.valid_length(), file.size());
  EXPECT_GT(reader.fragments().size(), 5u);
}

TEST(BoxReader, WhatFollowsDamageIsNotLookedAt) {
  const Recording recording;
  const BoxReader whole = read(recording.file);
  const FileFragment third = whole.fragments()[2];
  const auto kept = [&](const std::string& damaged) { return read(damaged).fragments().size(); };
  std::string file = recording.file;
  file.replace(third.offset, 40, 40, '\0');
  EXPECT_EQ(kept(file), 2u) << "zeros, as after a loss of power";
  file = recording.file;
  file.replace(third.offset + 4, 4, "junk");
  EXPECT_EQ(kept(file), 2u) << "a box of no known name";
  file = recording.file;
  file.insert(third.offset, std::string("\0\0\0\x0c"
                                        "freexxxx",
                                        12));
  EXPECT_EQ(kept(file), whole.fragments().size()) << "one that may stand there";
  EXPECT_EQ(read(file).fragments()[2].length, third.length + 12);
  file = recording.file;
  file.replace(third.offset, 4, std::string("\xff\xff\xff\xff", 4));
  EXPECT_EQ(kept(file), 2u) << "a size beyond the file";
  file = recording.file;
  file.erase(third.offset + third.length - 10, 10);
  EXPECT_EQ(kept(file), 3u) << "data that is missing shows only behind it";
}

TEST(BoxReader, AnInitComesFirstAndOnce) {
  const Recording recording;
  const size_t init = recording.collector.inits[0].bytes->size();
  EXPECT_EQ(read(std::string_view(recording.file).substr(init)).valid_length(), 0u);
  EXPECT_EQ(read("").valid_length(), 0u);
  const std::string twice = recording.file + recording.file;
  EXPECT_EQ(read(twice).valid_length(), recording.file.size());
  std::string no_ftyp = recording.file.substr(recording.file.find("moov") - 4);
  EXPECT_EQ(read(no_ftyp).init_length(), 0u);
}

TEST(BoxReader, SizesThatLieAreHarmless) {
  // A `moof` that says it is larger than any: not read into memory.
  std::string file = Recording().file;
  std::string huge;
  put_u32(huge, 64 << 20);
  huge += "moof";
  const size_t at = file.size();
  file += huge;
  file.resize(at + (64 << 20));
  const BoxReader reader = read(file);
  EXPECT_EQ(reader.valid_length(), at);
}

TEST(BoxReader, ALongMoofIsReadInOnePiece) {
  // A second of audio and video at 1,000 frames each.
  std::string file = *Recording().collector.inits[0].bytes;
  const size_t init = file.size();
  std::vector<Sample> frames(1000, Sample{.size = 10, .duration = 90});
  const std::string data(10'000, 'x');
  file += write_fragment({.video = {0, frames, data}});
  file += write_fragment({.video = {90'000, frames, data}});
  const BoxReader reader = read(file);
  ASSERT_EQ(reader.fragments().size(), 2u);
  EXPECT_EQ(reader.fragments()[0].offset, init);
  EXPECT_EQ(reader.fragments()[1].start_us, 1'000'000);
  EXPECT_EQ(reader.valid_length(), file.size());
}

}  // namespace
}  // namespace strims::media
