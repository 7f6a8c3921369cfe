// At most one server writes a journal: a lock on a file beside the database says which.
#pragma once

#include <string>

#include "base/error.h"

namespace strims::app {

// Held for as long as it lives; the kernel lets it go when the process ends, however it ends.
class DataLock {
 public:
  DataLock() = default;  // holds nothing
  DataLock(DataLock&& other) noexcept;
  DataLock& operator=(DataLock&& other) noexcept;
  ~DataLock();

  // Takes the lock of `path`, a file that is made when it is missing. A killed server lets go a
  // moment after it is gone, so this waits up to two seconds. Errors: conflict/"data_in_use" names
  // the process that holds it; unavailable/"unavailable" when the file cannot be opened.
  static Result<DataLock> take(const std::string& path);

 private:
  explicit DataLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace strims::app
