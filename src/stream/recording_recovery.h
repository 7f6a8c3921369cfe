// What of a recording is on the disk: read from its indices, and from the files themselves where
// those lack something. May block.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "media/packager.h"
#include "stream/recording_index.h"

namespace strims::stream {

struct RecordedFiles {
  std::vector<RecordedFile> files;  // those with a fragment, in order
  uint32_t last_number = 0;         // of any file that is there
  bool unreadable = false;          // the disk does not give back a file of which there is more
  uint64_t bytes() const;
  int64_t duration_us() const;
  // Where a broadcast that goes on goes on.
  media::PackagerStart position() const;
};

// Trusts the indices; a file without one is looked through. For recordings that are done. Errors:
// not_found/"recording" when the folder is not there, unavailable/"unreadable".
Result<RecordedFiles> read_recording(const std::string& folder);

// After a crash: looks through every file that its index does not cover to the last byte, cuts off
// what is not whole, and writes the index anew. Safe to do twice. Errors: as read_recording();
// unavailable/"write_failed", "disk_full".
Result<RecordedFiles> recover_recording(const std::string& folder);

}  // namespace strims::stream
