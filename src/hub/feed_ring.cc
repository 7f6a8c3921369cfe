#include "hub/feed_ring.h"

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace strims::hub {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::abort();
}

}  // namespace

FeedRing::FeedRing(size_t bytes) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  capacity_ = std::bit_ceil(bytes < page ? page : bytes);
  const int fd = memfd_create("strims-feed", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, static_cast<off_t>(capacity_)) != 0) give_up("feed ring");
  void* whole = mmap(nullptr, capacity_ * 2, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (whole == MAP_FAILED) give_up("feed ring");
  base_ = static_cast<uint8_t*>(whole);
  for (uint8_t* half : {base_, base_ + capacity_}) {
    if (mmap(half, capacity_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
      give_up("feed ring");
  }
  close(fd);
  end_ = capacity_;
}

FeedRing::~FeedRing() {
  munmap(base_, capacity_ * 2);
}

void FeedRing::append(std::string_view frames) {
  if (frames.size() > capacity_) {
    end_ += frames.size() - capacity_;
    frames.remove_prefix(frames.size() - capacity_);
  }
  std::memcpy(base_ + (end_ & (capacity_ - 1)), frames.data(), frames.size());
  end_ += frames.size();
}

}  // namespace strims::hub
