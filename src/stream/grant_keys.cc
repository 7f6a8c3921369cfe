#include "stream/grant_keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "base/bytes.h"

namespace strims::stream {
namespace {

constexpr size_t kMostKeys = 2;

std::unexpected<Error> not_written(const std::string& path) {
  return fail(Errc::unavailable, "write_failed", path + ": cannot be written");
}

Result<std::vector<std::string>> read_keys(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  if (bytes.empty() || bytes.size() % Grants::kKeyBytes != 0 ||
      bytes.size() > kMostKeys * Grants::kKeyBytes)
    return fail(Errc::invalid, "grant_key",
                path + ": holds no keys; delete it and another one is made");
  std::vector<std::string> keys;
  for (size_t at = 0; at < bytes.size(); at += Grants::kKeyBytes)
    keys.push_back(bytes.substr(at, Grants::kKeyBytes));
  return keys;
}

// All of it or nothing. `exclusive`: an existing file stays as it is, which is no error.
Result<void> write_file(const std::string& path, const std::string& bytes, bool exclusive) {
  const std::string fresh = path + "." + random_token(8);
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return not_written(path);
  // A rotation by root leaves the file to the one who runs the server.
  struct stat before{};
  const bool owned = ::stat(path.c_str(), &before) != 0 || before.st_uid == ::geteuid() ||
                     ::fchown(fd, before.st_uid, before.st_gid) == 0;
  bool done = owned &&
              ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
              ::fsync(fd) == 0;
  ::close(fd);
  if (done && exclusive) {
    done = ::link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST;
    ::unlink(fresh.c_str());
  } else if (done) {
    done = ::rename(fresh.c_str(), path.c_str()) == 0;
  }
  if (done) return {};
  ::unlink(fresh.c_str());
  return not_written(path);
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace

Result<void> rotate_grant_keys(const std::string& path, OldGrants old) {
  std::string keys = random_bytes(Grants::kKeyBytes);
  if (old == OldGrants::believed && exists(path)) {
    STRIMS_TRY(const auto before, read_keys(path));
    keys += before.front();
  }
  return write_file(path, keys, false);
}

Result<std::unique_ptr<GrantKeys>> GrantKeys::open(const std::string& path) {
  // Two processes may begin at once: both use what the first one made.
  if (!exists(path)) STRIMS_CHECK_OK(write_file(path, random_bytes(Grants::kKeyBytes), true));
  std::unique_ptr<GrantKeys> made(new GrantKeys(path));
  STRIMS_CHECK_OK(made->reload());
  return made;
}

GrantKeys::Stamp GrantKeys::stamp() const {
  struct stat about{};
  if (::stat(path_.c_str(), &about) != 0) return {};
  return {about.st_ino, about.st_mtim.tv_sec * 1'000'000'000 + about.st_mtim.tv_nsec};
}

Result<bool> GrantKeys::reload() {
  const Stamp now = stamp();
  if (now == read_ && grants_) return false;
  read_ = now;  // what is wrong is said once
  STRIMS_TRY(auto keys, read_keys(path_));
  STRIMS_TRY(auto grants, Grants::make(std::move(keys)));
  auto fresh = std::make_shared<const Grants>(std::move(grants));
  const std::lock_guard lock(mutex_);
  grants_ = std::move(fresh);
  return true;
}

}  // namespace strims::stream
