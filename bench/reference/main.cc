// The bare reference: the least that a server can do to show each line to everybody. One thread,
// epoll, a shared log of encoded frames, a cursor per connection, no accounts, no rules, no
// storage. Speaks just enough WebSocket for strims-load. What Strims costs is told as a ratio to
// this, measured in the same minute.
//
//   strims-reference PORT [cursor|send]
//     cursor  each connection gets all that is newer than its cursor, input is polled between sends
//     (the default) send    one send per line and connection: the classic hub
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr size_t kRing = 64 << 20;
constexpr size_t kSendsPerPoll = 64;

struct Viewer {
  int fd = -1;
  bool open = false;
  uint64_t cursor = 0;
  std::string in;
};

class Reference {
 public:
  Reference(uint16_t port, bool each)
      : each_(each), epoll_(epoll_create1(0)), ring_(new char[kRing]) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int one = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener_, 4096) != 0) {
      std::perror("listen");
      std::exit(1);
    }
    epoll_event event{.events = EPOLLIN, .data = {.u32 = 0}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
    viewers_.resize(1);
  }

  [[noreturn]] void run() {
    while (true) {
      poll(left_ > 0 ? 0 : 1000);
      for (size_t sends = 0; left_ > 0 && sends < kSendsPerPoll; --left_) {
        if (at_ >= viewers_.size()) at_ = 1;
        Viewer& viewer = *viewers_[at_++];
        if (viewer.open && viewer.cursor < end_) {
          flush(viewer);
          ++sends;
        }
      }
    }
  }

 private:
  void poll(int wait_ms) {
    epoll_event events[256];
    const int n = epoll_wait(epoll_, events, 256, wait_ms);
    for (int i = 0; i < n; ++i) {
      if (events[i].data.u32 == 0) {
        accept_all();
      } else {
        Viewer& viewer = *viewers_[events[i].data.u32];
        if (viewer.fd >= 0 && events[i].events & EPOLLIN) read_from(viewer);
        if (viewer.fd >= 0 && events[i].events & EPOLLOUT && viewer.open) flush(viewer);
      }
    }
  }

  void accept_all() {
    int fd;
    while ((fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
      const int one = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      viewers_.push_back(std::make_unique<Viewer>());
      viewers_.back()->fd = fd;
      epoll_event event{.events = EPOLLIN,
                        .data = {.u32 = static_cast<uint32_t>(viewers_.size() - 1)}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    }
  }

  void read_from(Viewer& viewer) {
    char buffer[16384];
    const ssize_t n = recv(viewer.fd, buffer, sizeof buffer, 0);
    if (n <= 0) {
      if (n < 0 && errno == EAGAIN) return;
      close(viewer.fd);
      viewer.fd = -1;
      viewer.open = false;
      return;
    }
    viewer.in.append(buffer, static_cast<size_t>(n));
    if (!viewer.open) return shake_hands(viewer);
    take_frames(viewer);
    if (viewer.in.empty()) viewer.in.shrink_to_fit();
  }

  void shake_hands(Viewer& viewer) {
    const size_t end = viewer.in.find("\r\n\r\n");
    if (end == std::string::npos) return;
    viewer.in.erase(0, end + 4);
    static constexpr std::string_view kAnswer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: not-checked-by-the-load-tool\r\n\r\n";
    (void)!send(viewer.fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
    viewer.open = true;
    viewer.cursor = end_;
    viewer.in.clear();
    viewer.in.shrink_to_fit();
  }

  // Client frames of less than 64 KiB with a mask of zeros, as strims-load sends them.
  void take_frames(Viewer& viewer) {
    size_t pos = 0;
    while (viewer.in.size() - pos >= 6) {
      const auto* p = reinterpret_cast<const unsigned char*>(viewer.in.data()) + pos;
      size_t head = 6;
      size_t size = p[1] & 0x7f;
      if (size == 126) {
        if (viewer.in.size() - pos < 8) break;
        size = static_cast<size_t>(p[2]) << 8 | p[3];
        head = 8;
      }
      if (viewer.in.size() - pos < head + size) break;
      if ((p[0] & 0x0f) == 1) publish(std::string_view(viewer.in).substr(pos + head, size));
      pos += head + size;
    }
    viewer.in.erase(0, pos);
  }

  void publish(std::string_view line) {
    const size_t data = line.find("\"data\":\"");
    if (data == std::string_view::npos) return;
    const std::string_view text = line.substr(data + 8, line.rfind('"') - data - 8);
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    std::string payload =
        "MSG {\"id\":1,\"nick\":\"speaker\",\"features\":[\"bot\"],\"roles\":[\"USER\"],"
        "\"createdDate\":\"2026-01-01T00:00:00Z\",\"watching\":null,\"data\":\"";
    payload += text;
    payload += "\",\"uuid\":\"125485569842085888\",\"timestamp\":" +
               std::to_string(now.tv_sec * 1000 + now.tv_nsec / 1000000) +
               ",\"seq\":" + std::to_string(++seq_) + "}";
    std::string frame;
    frame += static_cast<char>(0x81);
    frame += static_cast<char>(126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size());
    frame += payload;
    for (const char c : frame) ring_[end_++ % kRing] = c;
    left_ = viewers_.size();
    if (each_) {
      for (const auto& viewer : viewers_)
        if (viewer && viewer->open) flush(*viewer);
      left_ = 0;
    }
  }

  void flush(Viewer& viewer) {
    while (viewer.cursor < end_) {
      const size_t from = viewer.cursor % kRing;
      const size_t n = std::min<size_t>(end_ - viewer.cursor, kRing - from);
      const ssize_t sent = send(viewer.fd, ring_.get() + from, n, MSG_NOSIGNAL);
      if (sent <= 0) return watch_output(viewer);
      viewer.cursor += static_cast<uint64_t>(sent);
    }
  }

  void watch_output(Viewer& viewer) {
    for (size_t i = 1; i < viewers_.size(); ++i) {
      if (viewers_[i].get() != &viewer) continue;
      epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET,
                        .data = {.u32 = static_cast<uint32_t>(i)}};
      epoll_ctl(epoll_, EPOLL_CTL_MOD, viewer.fd, &event);
    }
  }

  const bool each_;
  const int epoll_;
  int listener_ = -1;
  std::unique_ptr<char[]> ring_;
  uint64_t end_ = 0;
  uint64_t seq_ = 0;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  size_t at_ = 1;
  size_t left_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: strims-reference PORT [cursor|send]\n", stderr);
    return 2;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Reference(static_cast<uint16_t>(std::atoi(argv[1])),
            argc > 2 && std::strcmp(argv[2], "send") == 0)
      .run();
}
