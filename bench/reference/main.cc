// The bare reference: the least that a server can do to show each line to everybody. One thread,
// epoll, a shared log of encoded frames, a cursor per connection; no accounts, no rules, no
// storage. It speaks just enough WebSocket for strims-load, and sends frames of the size that
// Strims sends. What Strims costs is told as a ratio to this, measured in the same minute.
//
//   strims-reference PORT [cursor|send]
//     cursor  each connection gets all that is newer than its cursor; input is polled every 64
//     sends (the default) send    one send per line and connection: the classic hub
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr size_t kRing = 64 << 20;
constexpr size_t kSendsPerPoll = 64;
constexpr int kEvents = 256;
// The answer to the one key that strims-load uses, and a first frame, as Strims sends.
constexpr std::string_view kWelcome =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: BACScCJPNqyz+UBoqMH89VmURoA=\r\n\r\n\x81\x07ME null";

struct Viewer {
  int fd = -1;
  bool open = false;
  bool blocked = false;  // waits for EPOLLOUT, which is always watched: edge-triggered
  uint32_t at = 0;       // its place in `order`
  uint64_t cursor = 0;
};

bool each;  // mode `send`
int epoll;
int listener;
char* ring;  // mapped twice, so that any range is contiguous
uint64_t end, seq;
std::vector<Viewer> viewers;      // by descriptor
std::vector<std::string> inputs;  // by descriptor: what is not complete yet
std::vector<int> order;           // descriptors of those that are open, for the sweep
size_t sweep_at, sweep_left;

void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

void map_ring() {
  const int fd = memfd_create("ring", 0);
  if (fd < 0 || ftruncate(fd, kRing) != 0) fail("ring");
  ring =
      static_cast<char*>(mmap(nullptr, 2 * kRing, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (size_t half = 0; half < 2; ++half)
    if (mmap(ring + half * kRing, kRing, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) ==
        MAP_FAILED)
      fail("ring");
}

void open_listener(uint16_t port) {
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 4096) != 0)
    fail("listen");
  epoll_event event{.events = EPOLLIN, .data = {.fd = listener}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
}

void close_viewer(int fd) {
  Viewer& viewer = viewers[fd];
  if (viewer.open) {
    order[viewer.at] = order.back();
    viewers[order.back()].at = viewer.at;
    order.pop_back();
    if (sweep_left > 0) sweep_left = order.size();  // the one that moved must not be missed
  }
  viewer = {};
  inputs[fd].clear();
  close(fd);
}

void flush(int fd) {
  Viewer& viewer = viewers[fd];
  if (end - viewer.cursor > kRing) return close_viewer(fd);  // what it lacks is overwritten
  while (viewer.cursor < end) {
    const ssize_t sent = send(fd, ring + viewer.cursor % kRing, end - viewer.cursor, MSG_NOSIGNAL);
    if (sent <= 0) {
      viewer.blocked = true;
      return;
    }
    viewer.cursor += static_cast<uint64_t>(sent);
  }
}

void accept_all() {
  int fd;
  while ((fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (static_cast<size_t>(fd) >= viewers.size()) {
      viewers.resize(fd + 1024);
      inputs.resize(fd + 1024);
    }
    viewers[fd].fd = fd;
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.fd = fd}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  }
}

// A frame as Strims makes it of a bot's line, with the text that was sent.
void publish(std::string_view line) {
  static constexpr std::string_view kData = "\"data\":\"";
  const size_t data = line.find(kData);
  if (data == std::string_view::npos) return;
  const std::string_view rest = line.substr(data + kData.size());
  const std::string_view text = rest.substr(0, rest.find('"'));
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  char payload[8192];
  const int size = std::snprintf(
      payload, sizeof payload,
      "MSG {\"id\":1,\"nick\":\"Speakaaaaa\",\"features\":[\"bot\"],\"roles\":[\"USER\"],"
      "\"createdDate\":\"2026-01-01T00:00:00Z\",\"watching\":null,\"data\":\"%.*s\","
      "\"timestamp\":%lld,\"seq\":%llu}",
      static_cast<int>(text.size()), text.data(),
      static_cast<long long>(now.tv_sec) * 1000 + now.tv_nsec / 1000000,
      static_cast<unsigned long long>(++seq));
  char* to = ring + end % kRing;
  to[0] = static_cast<char>(0x81);
  to[1] = 126;
  to[2] = static_cast<char>(size >> 8);
  to[3] = static_cast<char>(size);
  std::memcpy(to + 4, payload, static_cast<size_t>(size));
  end += static_cast<uint64_t>(size) + 4;
  if (each) {
    for (size_t i = order.size(); i > 0;
         --i)  // backwards: one that is closed is replaced by the last
      if (!viewers[order[i - 1]].blocked) flush(order[i - 1]);
  } else {
    sweep_left = order.size();
  }
}

// Masked client frames of less than 64 KiB; strims-load masks with zeros. Gives the bytes used.
size_t take_frames(int fd, std::string_view in) {
  size_t at = 0;
  while (in.size() - at >= 6) {
    const auto* p = reinterpret_cast<const unsigned char*>(in.data()) + at;
    size_t head = 6;
    size_t size = p[1] & 0x7f;
    if (size == 126) {
      if (in.size() - at < 8) break;
      size = static_cast<size_t>(p[2]) << 8 | p[3];
      head = 8;
    }
    if (in.size() - at < head + size) break;
    if ((p[0] & 0x0f) == 1) publish(in.substr(at + head, size));
    if (viewers[fd].fd < 0) return at;
    at += head + size;
  }
  return at;
}

void shake_hands(int fd, std::string& in) {
  if (in.find("\r\n\r\n") == std::string::npos) return;
  in.clear();
  in.shrink_to_fit();
  (void)!send(fd, kWelcome.data(), kWelcome.size(), MSG_NOSIGNAL);
  Viewer& viewer = viewers[fd];
  viewer.open = true;
  viewer.cursor = end;
  viewer.at = static_cast<uint32_t>(order.size());
  order.push_back(fd);
}

void read_from(int fd) {
  static char buffer[64 * 1024];
  while (viewers[fd].fd >= 0) {
    const ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return close_viewer(fd);
    std::string& in = inputs[fd];
    const std::string_view fresh(buffer, static_cast<size_t>(n));
    if (!viewers[fd].open) {
      in += fresh;
      shake_hands(fd, in);
    } else if (in.empty()) {
      const size_t used = take_frames(fd, fresh);
      if (used < fresh.size() && viewers[fd].fd >= 0) in = fresh.substr(used);
    } else {
      in += fresh;
      const std::string whole = std::move(in);
      const size_t used = take_frames(fd, whole);
      if (viewers[fd].fd >= 0) in = whole.substr(used);
    }
    if (static_cast<size_t>(n) < sizeof buffer) return;
  }
}

void poll(int wait_ms) {
  epoll_event events[kEvents];
  const int n = epoll_wait(epoll, events, kEvents, wait_ms);
  for (int i = 0; i < n; ++i) {
    const int fd = events[i].data.fd;
    if (fd == listener) {
      accept_all();
      continue;
    }
    if (viewers[fd].fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_from(fd);
    if (viewers[fd].fd >= 0 && viewers[fd].blocked && events[i].events & EPOLLOUT) {
      viewers[fd].blocked = false;
      flush(fd);
    }
  }
}

void sweep() {
  for (size_t sends = 0; sweep_left > 0 && sends < kSendsPerPoll && !order.empty(); --sweep_left) {
    if (sweep_at >= order.size()) sweep_at = 0;
    const int fd = order[sweep_at++];
    if (viewers[fd].blocked || viewers[fd].cursor == end) continue;
    flush(fd);
    ++sends;
  }
  if (order.empty()) sweep_left = 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || std::atoi(argv[1]) <= 0) {
    std::fputs("usage: strims-reference PORT [cursor|send]\n", stderr);
    return 2;
  }
  each = argc > 2 && std::strcmp(argv[2], "send") == 0;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  map_ring();
  viewers.resize(1024);
  inputs.resize(1024);
  epoll = epoll_create1(0);
  open_listener(static_cast<uint16_t>(std::atoi(argv[1])));
  while (true) {
    poll(sweep_left > 0 ? 0 : -1);
    sweep();
  }
}
