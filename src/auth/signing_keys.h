// The key pairs that sign access tokens. They live as files of mode 0600 in a folder of the data
// directory rather than in the database: a stolen copy of the database, where all other secrets are
// hashes, then opens no account. One file per key, `<created ms>-<kid>.pem`; the newest one signs.
// When a newer one comes, the private half of the old file is thrown away and its public half stays
// until the longest token that it signed has expired.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "auth/signing_key.h"
#include "base/clock.h"
#include "base/error.h"

namespace strims::auth {

// Any thread; one mutex guards the list that a rotation replaces (a leaf: no other lock is taken
// under it).
class SigningKeys {
 public:
  struct Options {
    std::string folder;  // "" keeps keys in memory only (tests)
    // How long an old public key outlives the birth of its successor: at least the lifetime of an
    // access token plus the time until every process has reloaded.
    int64_t keep_ms = 3600 * 1000;
  };

  // Reads the folder; creates it and the first key when there is none. Two processes may do so at
  // once (a lock file decides). The clock must outlive it. Errors: invalid/"bad_key" with the
  // file's name, unavailable/"unavailable" for the file system.
  static Result<std::unique_ptr<SigningKeys>> open(const Options& options, const Clock& clock);

  // Makes a new signing key and drops public keys that nobody can need any more. Errors as open().
  Result<void> rotate();
  // Takes over what another process (`strims token rotate-key`) has changed; call it at a reload of
  // the configuration and every minute. After an error the keys are as before.
  Result<void> reload();

  SigningKeyPtr active() const;
  SigningKeyPtr find(std::string_view kid) const;  // nullptr when unknown
  std::vector<SigningKeyPtr> all() const;          // newest first

 private:
  SigningKeys(const Options& options, const Clock& clock) : options_(options), clock_(clock) {}
  Result<void> rotate_in_memory();
  Result<void> replace(std::vector<SigningKeyPtr> keys);

  const Options options_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<SigningKeyPtr> keys_;  // newest first, never empty; guarded by mutex_
};

}  // namespace strims::auth
