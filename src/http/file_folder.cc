#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "http/problem.h"
#include "http/static_files.h"
#include "http/static_plan.h"

namespace strims::http {
namespace {

constexpr const char* kTooManyOpen = "Too many files are open. Try again.";

// A descriptor that closes itself.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.size() <= 255 &&
         name.find('\0') == std::string_view::npos && name.find('\\') == std::string_view::npos;
}

// Walks down name by name and never follows a symbolic link, so that no spelling and no link leads
// out of the folder, not even one that is made while we walk. -1: see errno.
Fd open_beneath(int folder, std::string_view relative) {
  Fd here(-1);
  while (true) {
    const size_t slash = relative.find('/');
    const std::string name(relative.substr(0, slash));
    if (!is_plain_name(name)) {
      errno = ENOENT;
      return Fd(-1);
    }
    const bool last = slash == std::string_view::npos;
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (last ? 0 : O_DIRECTORY);
    Fd next(::openat(here.get() >= 0 ? here.get() : folder, name.c_str(), flags));
    if (last || next.get() < 0) return next;
    here = std::move(next);
    relative.remove_prefix(slash + 1);
  }
}

bool read_range(int fd, uint64_t first, uint64_t length, std::string& out) {
  out.resize(length);
  uint64_t done = 0;
  while (done < length) {
    const ssize_t got =
        ::pread(fd, out.data() + done, length - done, static_cast<off_t>(first + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;  // the file shrank
    done += static_cast<uint64_t>(got);
  }
  return true;
}

Fd open_folder(const std::string& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// The file is opened for each piece: a reader who takes his time holds no descriptor, nor the
// blocks of a file that was deleted. Another one of that name is not the rest of the first.
std::shared_ptr<const proto::BodyRest> rest_of(std::string folder, std::string_view relative,
                                               const struct stat& about, uint64_t first,
                                               uint64_t length) {
  return std::make_shared<const proto::BodyRest>(proto::BodyRest{
      .length = length,
      .read = [folder = std::move(folder), name = std::string(relative), device = about.st_dev,
               inode = about.st_ino, first](uint64_t at, uint64_t most, std::string& out) {
        const Fd root = open_folder(folder);
        if (root.get() < 0) return false;
        const Fd file = open_beneath(root.get(), name);
        struct stat now{};
        return file.get() >= 0 && ::fstat(file.get(), &now) == 0 && now.st_dev == device &&
               now.st_ino == inode && read_range(file.get(), first + at, most, out);
      }});
}

bool out_of_descriptors() {
  return errno == EMFILE || errno == ENFILE;
}

}  // namespace

Result<std::unique_ptr<FileFolder>> FileFolder::open(const std::string& folder, size_t max_bytes,
                                                     Large large) {
  Fd fd = open_folder(folder);
  if (fd.get() < 0 && out_of_descriptors())
    return fail(Errc::unavailable, "unavailable", kTooManyOpen);
  if (fd.get() < 0) return fail(Errc::not_found, "no_folder", "cannot open the folder " + folder);
  return std::unique_ptr<FileFolder>(new FileFolder(folder, fd.release(), max_bytes, large));
}

FileFolder::~FileFolder() {
  ::close(fd_);
}

proto::Response FileFolder::serve(const proto::Request& request, std::string_view relative,
                                  std::string_view request_id) const {
  const auto nothing = [&] {
    return problem(404, "not_found", "There is nothing at this path.", request_id);
  };
  const Fd file = open_beneath(fd_, relative);
  if (file.get() < 0 && out_of_descriptors())
    return problem(Error{Errc::unavailable, "unavailable", kTooManyOpen}, request_id);
  struct stat about{};
  if (file.get() < 0 || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode))
    return nothing();
  const auto size = static_cast<uint64_t>(about.st_size);
  if (size > max_bytes_ && large_ == Large::refused) return nothing();
  const std::string etag =
      fmt::format("\"{:x}-{:x}-{:x}\"", size, about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
  StaticPlan plan = plan_static(request, size, content_type_of(relative), etag, false);
  const uint64_t now = std::min<uint64_t>(plan.length, max_bytes_);
  if (now > 0 && !read_range(file.get(), plan.first, now, plan.response.body))
    return problem(Error{Errc::unavailable, "unavailable", "The file is being changed."},
                   request_id);
  if (now < plan.length)
    plan.response.rest = rest_of(path_, relative, about, plan.first + now, plan.length - now);
  return std::move(plan.response);
}

}  // namespace strims::http
