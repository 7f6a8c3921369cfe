// The folder of signing keys on disk; used by SigningKeys only.
#pragma once

#include <string>
#include <vector>

#include "auth/signing_key.h"
#include "base/error.h"

namespace strims::auth {

// Holds the folder's lock (a file `.lock`, flock) while it lives, so that two processes take turns.
// Blocking.
class KeyFolder {
 public:
  // Creates the folder (mode 0700) when it is missing. Error: unavailable/"unavailable".
  static Result<KeyFolder> lock(const std::string& path);
  KeyFolder(KeyFolder&& other) noexcept;
  KeyFolder& operator=(KeyFolder&&) = delete;
  ~KeyFolder();

  // All keys, newest first. Errors: invalid/"bad_key" with the file's name,
  // unavailable/"unavailable".
  Result<std::vector<SigningKeyPtr>> read() const;
  // Writes the private half when `with_private`, else the public one in its place; atomically.
  Result<void> write(const SigningKey& key, bool with_private) const;
  Result<void> remove(const SigningKey& key) const;

 private:
  KeyFolder(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}

  std::string path_;
  int lock_fd_;
};

}  // namespace strims::auth
