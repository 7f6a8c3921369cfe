#include "auth/key_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/bytes.h"
#include "obs/log.h"

namespace strims::auth {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxKeyFileBytes = 16 * 1024;

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::unexpected<Error> disk(std::string_view what, const std::string& path) {
  return fail(Errc::unavailable, "unavailable",
              fmt::format("{} {}: {}", what, path, std::strerror(errno)));
}

Result<std::string> read_file(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return disk("cannot open", path);
  struct stat info{};
  if (::fstat(file.fd(), &info) == 0 && (info.st_mode & 077) != 0)
    obs::log_warn("keys.readable_by_others", {{"file", path}});
  std::string text(kMaxKeyFileBytes, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(file.fd(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return disk("cannot read", path);
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  text.resize(size);
  return text;
}

Result<void> write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return disk("cannot write", path);
    text.remove_prefix(static_cast<size_t>(n));
  }
  if (::fsync(fd) != 0) return disk("cannot write", path);
  return {};
}

std::string file_name(const SigningKey& key) {
  return fmt::format("{}-{}.pem", key.created_at(), key.kid());
}

}  // namespace

KeyFolder::KeyFolder(KeyFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_fd_(std::exchange(other.lock_fd_, -1)) {}

KeyFolder::~KeyFolder() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

Result<KeyFolder> KeyFolder::lock(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    fs::create_directories(path, error);
    if (!error) fs::permissions(path, fs::perms::owner_all, error);
    if (error)
      return fail(Errc::unavailable, "unavailable",
                  fmt::format("cannot create {}: {}", path, error.message()));
  }
  const std::string lock_path = path + "/.lock";
  const int fd = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return disk("cannot open", lock_path);
  KeyFolder folder(path, fd);
  while (::flock(fd, LOCK_EX) != 0)
    if (errno != EINTR) return disk("cannot lock", lock_path);
  return folder;
}

Result<std::vector<SigningKeyPtr>> KeyFolder::read() const {
  std::vector<SigningKeyPtr> keys;
  std::error_code error;
  fs::directory_iterator entries(path_, error);
  if (error)
    return fail(Errc::unavailable, "unavailable",
                fmt::format("cannot read {}: {}", path_, error.message()));
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    if (error) break;
    const fs::path& path = entries->path();
    if (path.extension() != ".pem") continue;
    const std::string name = path.filename().string();
    const auto created = parse_u64(std::string_view(name).substr(0, name.find('-')));
    if (!created || *created > INT64_MAX)
      return fail(Errc::invalid, "bad_key", "not named <created>-<kid>.pem: " + path.string());
    STRIMS_TRY(const auto pem, read_file(path.string()));
    auto key = SigningKey::from_pem(pem, static_cast<TimeMs>(*created));
    if (!key || file_name(**key) != name)
      return fail(Errc::invalid, "bad_key", "not the key that its name says: " + path.string());
    keys.push_back(std::move(*key));
  }
  std::sort(keys.begin(), keys.end(), [](const SigningKeyPtr& a, const SigningKeyPtr& b) {
    return a->created_at() > b->created_at();
  });
  return keys;
}

Result<void> KeyFolder::write(const SigningKey& key, bool with_private) const {
  STRIMS_TRY(const auto pem, with_private ? key.private_pem() : key.public_pem());
  const std::string path = path_ + "/" + file_name(key);
  const std::string draft = path + ".tmp";
  ::unlink(draft.c_str());  // left by a crash; the lock says that nobody writes it now
  {
    const File file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return disk("cannot create", draft);
    STRIMS_CHECK_OK(write_all(file.fd(), pem, draft));
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) return disk("cannot rename", draft);
  const File folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.fd()) != 0) return disk("cannot sync", path_);
  return {};
}

Result<void> KeyFolder::remove(const SigningKey& key) const {
  const std::string path = path_ + "/" + file_name(key);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return disk("cannot remove", path);
  return {};
}

}  // namespace strims::auth
