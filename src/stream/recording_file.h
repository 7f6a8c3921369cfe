// One file of a recording and its index while they are being written: append only, so that
// whatever kills the process or fills the disk leaves whole fragments and the beginning of one.
//
// One thread at a time.
#pragma once

#include <string>

#include "base/error.h"
#include "media/part.h"
#include "stream/recording_index.h"

namespace strims::stream {

class RecordingFile {
 public:
  // Makes "part-NNNN.mp4" and its index in `folder`, which exists, and writes the init. Errors:
  // conflict/"file_exists"; unavailable/"disk_full", "write_failed".
  static Result<RecordingFile> create(const std::string& folder, uint32_t number,
                                      const media::Init& init);
  // Goes on behind the last fragment of a file that recovery has looked at.
  static Result<RecordingFile> reopen(const std::string& folder, const RecordedFile& recorded);
  RecordingFile(RecordingFile&& other) noexcept;
  RecordingFile& operator=(RecordingFile&& other) noexcept;
  ~RecordingFile();

  // Appends a fragment. After an error the file ends where it ended before it. Errors:
  // unavailable/"disk_full", "write_failed".
  Result<void> append(const media::Part& part);
  // What was appended is on the disk when this returns. Errors: unavailable/"write_failed".
  Result<void> sync();

  uint32_t number() const { return number_; }
  uint64_t size() const { return size_; }
  int64_t duration_us() const { return duration_us_; }

 private:
  RecordingFile(int media, int index, uint32_t number)
      : media_(media), index_(index), number_(number) {}
  Result<void> write(int fd, std::string_view bytes, uint64_t& end);

  int media_ = -1;
  int index_ = -1;
  uint32_t number_ = 0;
  uint64_t size_ = 0;
  uint64_t index_size_ = 0;
  int64_t duration_us_ = 0;
};

}  // namespace strims::stream
