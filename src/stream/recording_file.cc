#include "stream/recording_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace strims::stream {
namespace {

std::unexpected<Error> write_error(int error) {
  if (error == ENOSPC || error == EDQUOT)
    return fail(Errc::unavailable, "disk_full", std::strerror(error));
  return fail(Errc::unavailable, "write_failed", std::strerror(error));
}

}  // namespace

Result<RecordingFile> RecordingFile::create(const std::string& folder, uint32_t number,
                                            const media::Init& init) {
  const auto open = [&](const std::string& name) {
    return ::open((folder + "/" + name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  };
  const int media = open(media_name(number));
  if (media < 0) {
    if (errno == EEXIST) return fail(Errc::conflict, "file_exists", media_name(number));
    return write_error(errno);
  }
  const int index = open(index_name(number));
  const int error = errno;
  RecordingFile file(media, index, number);
  if (index < 0) return write_error(error);
  STRIMS_CHECK_OK(file.write(media, *init.bytes, file.size_));
  STRIMS_CHECK_OK(file.write(index, init_line(file.size_), file.index_size_));
  return file;
}

Result<RecordingFile> RecordingFile::reopen(const std::string& folder,
                                            const RecordedFile& recorded) {
  const auto open = [&](const std::string& name) {
    return ::open((folder + "/" + name).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
  };
  const int media = open(media_name(recorded.number));
  const int media_error = errno;
  const int index = open(index_name(recorded.number));
  const int index_error = errno;
  RecordingFile file(media, index, recorded.number);
  if (media < 0) return write_error(media_error);
  if (index < 0) return write_error(index_error);
  // The index is written anew: it may have been short.
  std::string lines = init_line(recorded.init_length);
  for (const Fragment& fragment : recorded.fragments) {
    lines += fragment_line(fragment);
    file.duration_us_ += fragment.duration_us;
  }
  file.size_ = recorded.end();
  if (::ftruncate(media, static_cast<off_t>(file.size_)) != 0 || ::ftruncate(index, 0) != 0)
    return write_error(errno);
  STRIMS_CHECK_OK(file.write(index, lines, file.index_size_));
  return file;
}

RecordingFile::RecordingFile(RecordingFile&& other) noexcept
    : media_(std::exchange(other.media_, -1)),
      index_(std::exchange(other.index_, -1)),
      number_(other.number_),
      size_(other.size_),
      index_size_(other.index_size_),
      duration_us_(other.duration_us_) {}

RecordingFile& RecordingFile::operator=(RecordingFile&& other) noexcept {
  std::swap(media_, other.media_);
  std::swap(index_, other.index_);
  number_ = other.number_;
  size_ = other.size_;
  index_size_ = other.index_size_;
  duration_us_ = other.duration_us_;
  return *this;
}

RecordingFile::~RecordingFile() {
  if (media_ >= 0) ::close(media_);
  if (index_ >= 0) ::close(index_);
}

// Writes at `end` and moves it; a piece that was written before an error is cut off again.
Result<void> RecordingFile::write(int fd, std::string_view bytes, uint64_t& end) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n =
        ::pwrite(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(end + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const int error = n == 0 ? EIO : errno;
      (void)::ftruncate(fd, static_cast<off_t>(end));
      return write_error(error);
    }
    done += static_cast<size_t>(n);
  }
  end += bytes.size();
  return {};
}

Result<void> RecordingFile::append(const media::Part& part) {
  const Fragment fragment{.offset = size_,
                          .length = part.bytes->size(),
                          .segment = part.segment,
                          .start_us = part.start_us,
                          .duration_us = part.duration_us,
                          .wall_ms = part.wall_ms,
                          .independent = part.independent,
                          .discontinuity = part.discontinuity};
  STRIMS_CHECK_OK(write(media_, *part.bytes, size_));
  // The media without its line is found by recovery; a line without its media would be a lie.
  const auto listed = write(index_, fragment_line(fragment), index_size_);
  if (!listed) {
    size_ = fragment.offset;
    (void)::ftruncate(media_, static_cast<off_t>(size_));
    return listed;
  }
  duration_us_ += part.duration_us;
  return {};
}

Result<void> RecordingFile::sync() {
  if (::fdatasync(media_) != 0 || ::fdatasync(index_) != 0) return write_error(errno);
  return {};
}

}  // namespace strims::stream
