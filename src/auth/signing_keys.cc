#include "auth/signing_keys.h"

#include <algorithm>

#include "auth/key_folder.h"

namespace strims::auth {
namespace {

// Newest first: whether key `i` can have signed a token that is still good.
bool still_needed(const std::vector<SigningKeyPtr>& keys, size_t i, TimeMs now, int64_t keep_ms) {
  return i == 0 || now < keys[i - 1]->created_at() + keep_ms;
}

// Keys are ordered by their birth; a clock that was set back must not make the new one an old one.
TimeMs birth(const std::vector<SigningKeyPtr>& keys, TimeMs now) {
  return keys.empty() ? now : std::max(now, keys.front()->created_at() + 1);
}

}  // namespace

Result<std::unique_ptr<SigningKeys>> SigningKeys::open(const Options& options, const Clock& clock) {
  std::unique_ptr<SigningKeys> keys(new SigningKeys(options, clock));
  if (options.folder.empty()) {
    STRIMS_CHECK_OK(keys->rotate_in_memory());
    return keys;
  }
  STRIMS_TRY(const KeyFolder folder, KeyFolder::lock(options.folder));
  STRIMS_TRY(auto found, folder.read());
  if (found.empty()) {
    STRIMS_TRY(auto first, SigningKey::generate(clock.wall_ms()));
    STRIMS_CHECK_OK(folder.write(*first, true));
    found.push_back(std::move(first));
  }
  STRIMS_CHECK_OK(keys->replace(std::move(found)));
  return keys;
}

Result<void> SigningKeys::rotate() {
  if (options_.folder.empty()) return rotate_in_memory();
  STRIMS_TRY(const KeyFolder folder, KeyFolder::lock(options_.folder));
  STRIMS_TRY(auto keys, folder.read());
  const TimeMs now = clock_.wall_ms();
  STRIMS_TRY(auto fresh, SigningKey::generate(birth(keys, now)));
  // The new key first: a crash in between leaves one private key too many, never none.
  STRIMS_CHECK_OK(folder.write(*fresh, true));
  keys.insert(keys.begin(), std::move(fresh));
  for (size_t i = 1; i < keys.size(); ++i) {
    if (!still_needed(keys, i, now, options_.keep_ms)) {
      STRIMS_CHECK_OK(folder.remove(*keys[i]));
    } else if (keys[i]->can_sign()) {
      STRIMS_CHECK_OK(folder.write(*keys[i], false));
    }
  }
  STRIMS_TRY(auto stored, folder.read());
  return replace(std::move(stored));
}

Result<void> SigningKeys::reload() {
  if (options_.folder.empty()) return {};
  STRIMS_TRY(const KeyFolder folder, KeyFolder::lock(options_.folder));
  STRIMS_TRY(auto keys, folder.read());
  return replace(std::move(keys));
}

Result<void> SigningKeys::rotate_in_memory() {
  auto keys = all();
  const TimeMs now = clock_.wall_ms();
  STRIMS_TRY(auto fresh, SigningKey::generate(birth(keys, now)));
  keys.insert(keys.begin(), std::move(fresh));
  std::vector<SigningKeyPtr> kept;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!still_needed(keys, i, now, options_.keep_ms)) continue;
    if (i == 0) {
      kept.push_back(keys[i]);
      continue;
    }
    STRIMS_TRY(const auto pem, keys[i]->public_pem());
    STRIMS_TRY(auto public_half, SigningKey::from_pem(pem, keys[i]->created_at()));
    kept.push_back(std::move(public_half));
  }
  return replace(std::move(kept));
}

Result<void> SigningKeys::replace(std::vector<SigningKeyPtr> keys) {
  if (keys.empty() || !keys.front()->can_sign())
    return fail(Errc::invalid, "bad_key", "no private key to sign with in " + options_.folder);
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
  return {};
}

SigningKeyPtr SigningKeys::active() const {
  const std::lock_guard lock(mutex_);
  return keys_.front();
}

SigningKeyPtr SigningKeys::find(std::string_view kid) const {
  const std::lock_guard lock(mutex_);
  for (const auto& key : keys_)
    if (key->kid() == kid) return key;
  return nullptr;
}

std::vector<SigningKeyPtr> SigningKeys::all() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

}  // namespace strims::auth
