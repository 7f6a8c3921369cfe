#include "app/data_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

namespace strims::app {
namespace {

constexpr int kTries = 40;
constexpr std::chrono::milliseconds kBetweenTries{50};

// What the holder wrote into the file: its process id.
std::string holder_of(int fd) {
  char text[24];
  const ssize_t n = ::pread(fd, text, sizeof text, 0);
  std::string_view digits(text, n > 0 ? static_cast<size_t>(n) : 0);
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  return digits.empty() ? "another process" : "process " + std::string(digits);
}

void sign(int fd) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  // Only the message of a second server needs it.
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0) return;
}

}  // namespace

DataLock::DataLock(DataLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DataLock& DataLock::operator=(DataLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

DataLock::~DataLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<DataLock> DataLock::take(const std::string& path) {
  DataLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.fd_ < 0)
    return fail(Errc::unavailable, "unavailable",
                "cannot open " + path + ": " + std::strerror(errno));
  for (int i = 0; ::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0; ++i) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return fail(Errc::unavailable, "unavailable",
                  "cannot lock " + path + ": " + std::strerror(errno));
    if (i >= kTries)
      return fail(Errc::conflict, "data_in_use",
                  "another server (" + holder_of(lock.fd_) + ") uses this data: it holds " + path);
    std::this_thread::sleep_for(kBetweenTries);
  }
  sign(lock.fd_);
  return lock;
}

}  // namespace strims::app
