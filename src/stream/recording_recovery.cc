#include "stream/recording_recovery.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "media/box_reader.h"
#include "obs/log.h"
#include "stream/recording_file.h"

namespace strims::stream {
namespace {

constexpr int64_t kSegmentUs = 2'000'000;    // where no index tells which fragments belong together
constexpr uint64_t kMostOfInit = 64 * 1024;  // an init is smaller
constexpr int64_t kSlackUs = 2'000;          // media times are rounded

// "part-0012.mp4" to 12.
std::optional<uint32_t> number_of(const std::string& name) {
  uint32_t number = 0;
  constexpr std::string_view kStem = "part-";
  if (!name.starts_with(kStem)) return std::nullopt;
  const auto [end, error] =
      std::from_chars(name.data() + kStem.size(), name.data() + name.size(), number);
  if (error != std::errc() || media_name(number) != name) return std::nullopt;
  return number;
}

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The fragments of a file as its boxes tell them, with what the index knew of them besides.
std::optional<RecordedFile> look_through(const std::string& path, uint64_t size,
                                         RecordedFile indexed, uint64_t next_segment) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  media::BoxReader reader(size);
  std::vector<uint8_t> buffer;
  while (const auto want = reader.want()) {
    buffer.resize(want->length);
    const ssize_t n = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(want->offset));
    if (n < 0 && errno == EINTR) continue;
    reader.give(std::span(buffer).first(n > 0 ? static_cast<size_t>(n) : 0));
  }
  ::close(fd);
  if (reader.init_length() == 0) return std::nullopt;
  RecordedFile file{.number = indexed.number, .init_length = reader.init_length(), .fragments = {}};
  int64_t segment_from = 0;
  for (size_t i = 0; i < reader.fragments().size(); ++i) {
    const media::FileFragment& found = reader.fragments()[i];
    if (i < indexed.fragments.size() && indexed.fragments[i].offset == found.offset &&
        indexed.fragments[i].length == found.length) {
      file.fragments.push_back(indexed.fragments[i]);
      continue;
    }
    Fragment fragment{.offset = found.offset,
                      .length = found.length,
                      .segment = next_segment,
                      .start_us = found.start_us,
                      .duration_us = found.duration_us,
                      .wall_ms = found.wall_ms,
                      .independent = found.keyframe};
    if (file.fragments.empty()) {
      fragment.discontinuity = true;
      segment_from = fragment.start_us;
    } else {
      const Fragment& last = file.fragments.back();
      fragment.discontinuity =
          std::abs(fragment.start_us - (last.start_us + last.duration_us)) > kSlackUs;
      fragment.segment = std::max(last.segment, next_segment);
      const bool long_enough = fragment.start_us - segment_from >= kSegmentUs;
      if (fragment.discontinuity || (fragment.independent && long_enough)) ++fragment.segment;
      if (fragment.segment != last.segment) segment_from = fragment.start_us;
    }
    file.fragments.push_back(fragment);
  }
  return file;
}

struct Found {
  uint32_t number;
  uint64_t size;
};

Result<std::vector<Found>> list_files(const std::string& folder) {
  std::error_code error;
  std::vector<Found> files;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const auto number = number_of(it->path().filename().string());
    std::error_code none;
    if (number) files.push_back({*number, it->file_size(none)});
  }
  if (error == std::errc::no_such_file_or_directory)
    return fail(Errc::not_found, "recording", folder + ": " + error.message());
  if (error) return fail(Errc::unavailable, "unreadable", folder + ": " + error.message());
  std::ranges::sort(files, {}, &Found::number);
  return files;
}

Result<RecordedFiles> read(const std::string& folder, bool repair) {
  STRIMS_TRY(const auto found, list_files(folder));
  RecordedFiles out;
  for (const Found& each : found) {
    out.last_number = each.number;
    const std::string path = folder + "/" + media_name(each.number);
    auto indexed = parse_index(each.number, read_text(folder + "/" + index_name(each.number)));
    const bool covered = indexed && indexed->end() == each.size;
    const uint64_t next = out.files.empty() ? 0 : out.files.back().fragments.back().segment + 1;
    std::optional<RecordedFile> file = indexed;
    if (!indexed || (repair && !covered))
      file = look_through(
          path, each.size,
          indexed.value_or(RecordedFile{.number = each.number, .init_length = 0, .fragments = {}}),
          next);
    if (!file) {
      obs::log_warn("recording.unreadable", {{"file", path}});
      // A crash may leave the beginning of an init, and nobody misses that.
      out.unreadable = out.unreadable || each.size > kMostOfInit;
      continue;
    }
    // An index may run ahead of its file when the power went.
    while (!repair && !file->fragments.empty() && file->end() > each.size)
      file->fragments.pop_back();
    if (repair && !covered) {
      STRIMS_TRY(auto mended, RecordingFile::reopen(folder, *file));
      STRIMS_CHECK_OK(mended.sync());
    }
    if (!file->fragments.empty()) out.files.push_back(std::move(*file));
  }
  return out;
}

}  // namespace

uint64_t RecordedFiles::bytes() const {
  uint64_t sum = 0;
  for (const RecordedFile& file : files) sum += file.end();
  return sum;
}

int64_t RecordedFiles::duration_us() const {
  int64_t sum = 0;
  for (const RecordedFile& file : files)
    for (const Fragment& fragment : file.fragments) sum += fragment.duration_us;
  return sum;
}

media::PackagerStart RecordedFiles::position() const {
  if (files.empty()) return {};
  const Fragment& first = files.front().fragments.front();
  const Fragment& last = files.back().fragments.back();
  // What was not recorded before it had fewer of them than segments.
  uint64_t discontinuities = first.segment > 0 ? first.segment - 1 : 0;
  for (const RecordedFile& file : files)
    for (const Fragment& fragment : file.fragments) discontinuities += fragment.discontinuity;
  return {.segment = last.segment + 1,
          .init = last_number,
          .media_us = last.start_us + last.duration_us,
          .epoch_ms = first.wall_ms - first.start_us / 1'000,
          .discontinuities = discontinuities};
}

Result<RecordedFiles> read_recording(const std::string& folder) {
  return read(folder, false);
}

Result<RecordedFiles> recover_recording(const std::string& folder) {
  return read(folder, true);
}

}  // namespace strims::stream
