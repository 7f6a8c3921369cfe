// The file with the keys that sign grants: one or two of 32 bytes, the newest first, mode 0600.
// Whoever reads it may watch everything. Made by the first start; another program of the same site
// may replace it while a server runs (`strims token rotate-playback-key`).
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "stream/grant.h"

namespace strims::stream {

inline constexpr std::string_view kGrantKeysName = "stream-grants.key";  // in the data directory

// What becomes of addresses that were given out before.
enum class OldGrants : uint8_t { believed, refused };

// Another key signs from now on; with OldGrants::believed the one before is believed until the next
// rotation. Makes the file when there is none. Atomic: a reader sees the old keys or the new ones.
// Blocks on the disk. Errors: invalid/"grant_key", unavailable/"write_failed".
Result<void> rotate_grant_keys(const std::string& path, OldGrants old);

class GrantKeys {
 public:
  // Errors: as rotate_grant_keys.
  static Result<std::unique_ptr<GrantKeys>> open(const std::string& path);

  // Any thread; never null.
  std::shared_ptr<const Grants> grants() const {
    const std::lock_guard lock(mutex_);
    return grants_;
  }
  // Takes over what another program wrote; looks at the file's time first. True: there are others
  // now. After an error the keys are as before. One thread, one that may block.
  Result<bool> reload();

 private:
  struct Stamp {
    uint64_t inode = 0;
    int64_t changed_ns = 0;
    bool operator==(const Stamp&) const = default;
  };
  explicit GrantKeys(std::string path) : path_(std::move(path)) {}
  Stamp stamp() const;

  const std::string path_;
  Stamp read_;  // of the file as it was read
  mutable std::mutex mutex_;
  std::shared_ptr<const Grants> grants_;  // guarded by mutex_
};

}  // namespace strims::stream
