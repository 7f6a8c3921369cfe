#include "load/churn.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "load/message_text.h"
#include "load/now.h"

namespace strims::load {
ChurnWorker::ChurnWorker(const Plan& plan, size_t index, Board& board)
    : plan_(plan),
      index_(index),
      board_(board),
      tally_(board.posts[index].tally),
      crowd_{.plan = plan, .tally = tally_, .table = board.table},
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  const size_t slots = std::max<size_t>(1, plan.connecting / plan.worker_count());
  for (size_t i = 0; i < slots; ++i) {
    clients_.push_back(std::make_unique<Client>(false, nullptr));
    free_.push_back(static_cast<uint32_t>(i));
  }
}

ChurnWorker::~ChurnWorker() {
  close(epoll_);
}

void ChurnWorker::run() {
  while (true) {
    const uint32_t order = board_.order.load(std::memory_order_acquire);
    const auto what = static_cast<Order>(order & 0xff);
    if (what == Order::quit) return;
    if (what == Order::speak) {
      if (begun_us_ == 0) begun_us_ = now_us();
      begin_some();
    }
    if (what != Order::hush || free_.size() == clients_.size())
      board_.posts[index_].done.store(order >> 8, std::memory_order_release);
    poll();
  }
}

void ChurnWorker::begin_some() {
  const double seconds = static_cast<double>(now_us() - begun_us_) / 1e6;
  const double rate = plan_.rate / static_cast<double>(plan_.worker_count());
  const uint64_t due = plan_.rate > 0 ? static_cast<uint64_t>(seconds * rate) + 1 : UINT64_MAX;
  while (!free_.empty() && started_ < due) {
    const uint32_t slot = free_.back();
    free_.pop_back();
    begin(slot);
  }
}

void ChurnWorker::begin(uint32_t slot) {
  const auto source = static_cast<uint8_t>(1 + (index_ * 7 + started_) % plan_.sources);
  ++started_;
  const std::string cookie = plan_.receiver_cookies.empty()
                                 ? std::string()
                                 : plan_.receiver_cookies[started_ % plan_.receiver_cookies.size()];
  Client& client = *clients_[slot];
  if (!client.connect(plan_, source, plan_.path, cookie)) {
    client.close();
    return on_gone(slot, false);
  }
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u32 = slot;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd(), &event);
}

void ChurnWorker::poll() {
  epoll_event events[256];
  const int n = epoll_wait(epoll_, events, 256, 1);
  for (int i = 0; i < n; ++i) {
    const uint32_t slot = events[i].data.u32;
    Client& client = *clients_[slot];
    const Client::State before = client.state();
    if (before == Client::State::closed) continue;
    client.on_event(events[i].events, crowd_);
    if (client.state() == before) continue;
    if (client.state() == Client::State::open) {
      on_open(slot);
    } else if (client.state() == Client::State::closed) {
      on_gone(slot, before == Client::State::open);
    }
  }
}

void ChurnWorker::on_open(uint32_t slot) {
  Client& client = *clients_[slot];
  if (plan_.ending == Plan::Ending::frame) {
    std::string bye;
    append_client_frame(bye, 8, std::string_view("\x03\xe8", 2));
    (void)client.send(bye);
    return;  // the server's answer ends it
  }
  tally_.open.set(tally_.open.get() - 1);
  if (plan_.ending == Plan::Ending::reset) {
    client.reset();
  } else {
    client.close();
  }
  on_gone(slot, true);
}

void ChurnWorker::on_gone(uint32_t slot, bool was_open) {
  if (was_open) {
    tally_.cycles.add();
  } else {
    tally_.failed.add();
  }
  free_.push_back(slot);
}

void run_churn_worker(const Plan& plan, size_t index, Board& board) {
  ChurnWorker(plan, index, board).run();
}

}  // namespace strims::load
