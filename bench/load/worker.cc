#include "load/worker.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>

#include "load/now.h"

namespace strims::load {
namespace {

constexpr int kEvents = 512;
constexpr uint8_t kMaxAttempts = 5;
constexpr int64_t kRetryUs = 300'000;

// Its part of a number that all workers share.
size_t share_of(size_t total, size_t index, size_t workers) {
  return total / workers + (index < total % workers ? 1 : 0);
}

}  // namespace

size_t readers_of(const Plan& plan, size_t worker) {
  const size_t mine = share_of(plan.receivers, worker, plan.worker_count());
  const size_t wanted = share_of(std::min(plan.parse, plan.receivers), worker, plan.worker_count());
  return std::min(mine, std::max<size_t>(1, wanted));
}

Worker::Worker(const Plan& plan, size_t index, Board& board)
    : plan_(plan),
      index_(index),
      board_(board),
      tally_(board.posts[index].tally),
      crowd_{.plan = plan, .tally = tally_, .table = board.table},
      speaker_(plan, tally_, board.table),
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  add_clients();
}

Worker::~Worker() {
  close(epoll_);
}

// Senders first; readers spread evenly over the receivers, so that they stand for all of them in
// the server's order.
void Worker::add_clients() {
  const size_t workers = plan_.worker_count();
  if (index_ == 0) {
    for (size_t i = 0; i < plan_.senders; ++i) {
      auto log = std::make_unique<SenderLog>();
      log->index = i;
      log->senders = plan_.senders;
      log->nonces = plan_.nonces;
      clients_.push_back(std::make_unique<Client>(true, std::move(log)));
      speaker_.add(*clients_.back());
      cookies_.push_back(i < plan_.sender_cookies.size() ? plan_.sender_cookies[i]
                                                         : plan_.sender_cookie);
    }
  }
  const size_t mine = share_of(plan_.receivers, index_, workers);
  const size_t readers = readers_of(plan_, index_);
  for (size_t i = 0; i < mine; ++i) {
    const bool reader = i * readers / mine != (i + 1) * readers / mine;
    clients_.push_back(std::make_unique<Client>(reader, nullptr));
    cookies_.push_back(
        plan_.receiver_cookies.empty()
            ? std::string()
            : plan_.receiver_cookies[(i * workers + index_) % plan_.receiver_cookies.size()]);
  }
  attempts_.resize(clients_.size());
}

void Worker::run() {
  uint32_t known = 0;
  while (true) {
    const uint32_t order = board_.order.load(std::memory_order_acquire);
    const auto what = static_cast<Order>(order & 0xff);
    if (what == Order::quit) return;
    if (order >> 8 != known) {
      known = order >> 8;
      obey(what);
    }
    if (coming_ > 0) connect_some();
    if (plan_.trickle > 0 && tally_.paused.get() > 0) read_slowly();
    if (speaking_) speaking_ = speaker_.step(now_us());
    if (index_ == 0) board_.accepted.store(speaker_.accepted() - accepted_before_);
    auto& done = board_.posts[index_].done;
    if (done.load() != known && finished(what)) done.store(known, std::memory_order_release);
    poll(speaking_ || pending_ > 0 ? 1 : 10);
  }
}

void Worker::obey(Order order) {
  switch (order) {
    case Order::connect_half:
      coming_ = (clients_.size() + 1) / 2;
      break;
    case Order::connect:
      coming_ = clients_.size();
      break;
    case Order::hush:
      speaking_ = false;
      break;
    case Order::measure:
      begin_window();
      break;
    case Order::warm_up:
    case Order::speak:
      speaking_ = !speaker_.silent();
      if (speaking_) speaker_.start(now_us(), order == Order::speak ? plan_.seconds : plan_.warmup);
      break;
    case Order::tally:
      take_tally();
      break;
    case Order::pause:
    case Order::resume:
      pause(order == Order::pause);
      break;
    case Order::reconnect:
      returning_ = true;
      break;
    case Order::none:
    case Order::drain:
    case Order::quit:
      break;
  }
}

bool Worker::finished(Order order) {
  switch (order) {
    case Order::connect_half:
    case Order::connect:
      return next_ == coming_ && pending_ == 0 && retries_.empty();
    case Order::reconnect:
      return tally_.open.get() == clients_.size();
    case Order::warm_up:
    case Order::speak:
      return !speaking_;
    case Order::drain:
      return all_have_all();
    default:
      return true;
  }
}

// --- connecting

size_t Worker::under_way() const {
  return std::max<size_t>(1, plan_.connecting / plan_.worker_count());
}

void Worker::connect_some() {
  const int64_t now = now_us();
  while (pending_ < under_way() && !retries_.empty() && retries_.front().at_us <= now) {
    const uint32_t client = retries_.front().client;
    retries_.pop_front();
    connect(client);
  }
  while (pending_ < under_way() && next_ < coming_) connect(static_cast<uint32_t>(next_++));
}

void Worker::connect(uint32_t index) {
  Client& client = *clients_[index];
  // A source address has 28,000 ports; workers begin at different ones.
  const auto source = static_cast<uint8_t>(1 + (index_ * 7 + index) % plan_.sources);
  std::string path = plan_.path;
  if (Transcript* transcript = client.transcript(); returning_ && transcript) {
    transcript->resume();
    if (plan_.since && transcript->last_seq() > 0)
      path += "?since=" + std::to_string(transcript->last_seq());
  }
  ++pending_;
  if (!client.connect(plan_, source, path, cookies_[index])) {
    client.close();
    tally_.retried.add();
    return went(index, false);
  }
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u32 = index;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd(), &event);
}

void Worker::came(uint32_t index) {
  --pending_;
  attempts_[index] = 0;
  Client& client = *clients_[index];
  if (returning_ && client.sender()) speaker_.repeat_unacknowledged(client);
}

// Did not come about, or ended.
void Worker::went(uint32_t index, bool was_open) {
  if (was_open && !returning_) return;  // it stays away
  if (!was_open) --pending_;
  if (++attempts_[index] >= kMaxAttempts && !returning_) return tally_.failed.add();
  retries_.push_back({now_us() + kRetryUs, index});
}

void Worker::poll(int wait_ms) {
  epoll_event events[kEvents];
  const int n = epoll_wait(epoll_, events, kEvents, wait_ms);
  for (int i = 0; i < n; ++i) {
    const uint32_t index = events[i].data.u32;
    Client& client = *clients_[index];
    const Client::State before = client.state();
    client.on_event(events[i].events, crowd_);
    if (client.state() == before) continue;
    if (client.state() == Client::State::open) came(index);
    if (client.state() == Client::State::closed) went(index, before == Client::State::open);
  }
}

// --- measuring

void Worker::begin_window() {
  for (const auto& client : clients_) client->reset_window();
  tally_.all.clear();
  tally_.first.clear();
  tally_.last.clear();
  tally_.answer.clear();
  crowd_.measuring = true;
  crowd_.bytes_only = plan_.count_bytes;
  accepted_before_ = speaker_.accepted();
}

// A receiver that reads everything and has all: what it got is the measure of those who only count.
const Client* Worker::measure() const {
  const uint64_t expected = board_.accepted.load();
  for (const auto& client : clients_)
    if (client->transcript() && !client->sender() && !client->paused() &&
        client->state() == Client::State::open && client->transcript()->messages() >= expected)
      return client.get();
  return nullptr;
}

// Bytes hold pings as well, which do not come to all at once: less than half a message is no
// difference.
uint64_t Worker::slack(const Client& measure) const {
  if (!plan_.count_bytes) return 0;
  return measure.window_bytes() / std::max<uint64_t>(1, board_.accepted.load()) / 2;
}

uint64_t Worker::counted(const Client& client) const {
  return plan_.count_bytes ? client.window_bytes() : client.window_frames();
}

bool Worker::has_all(const Client& client, const Client& measure) const {
  if (const Transcript* transcript = client.transcript())
    return transcript->messages() >= board_.accepted.load();
  return counted(client) + slack(measure) >= counted(measure);
}

bool Worker::all_have_all() const {
  const Client* one = measure();
  if (!one) return clients_.empty();
  return std::all_of(clients_.begin(), clients_.end(), [&](const auto& client) {
    return client->state() != Client::State::open || client->paused() || has_all(*client, *one);
  });
}

// Messages that came to somebody who only counts.
uint64_t Worker::delivered(const Client& client, const Client& measure) const {
  const uint64_t expected = board_.accepted.load();
  if (has_all(client, measure)) return expected;
  const uint64_t mine = counted(client);
  const uint64_t all = std::max<uint64_t>(1, counted(measure));
  if (plan_.count_bytes) return expected * mine / all;
  // Frames beside the messages (people who come and go) went to everybody alike.
  const uint64_t others = all - std::min(all, expected);
  return mine - std::min(mine, others);
}

void Worker::take_tally() {
  const uint64_t expected = board_.accepted.load();
  const Client* one = measure();
  uint64_t deliveries = 0, missing = 0, uneven = 0, bytes = 0;
  for (const auto& client : clients_) {
    if (client->paused()) continue;
    bytes += client->window_bytes();
    uint64_t got = 0;
    if (const Transcript* transcript = client->transcript()) {
      got = transcript->messages();
    } else if (one) {
      got = delivered(*client, *one);
      uneven += got != expected || counted(*client) > counted(*one) + slack(*one);
    }
    deliveries += got;
    missing += expected - std::min(expected, got);
  }
  tally_.deliveries.set(deliveries);
  tally_.missing.set(missing);
  tally_.uneven.set(uneven);
  tally_.window_bytes.set(bytes);
  if (one) {
    tally_.joins.set(one->transcript()->joins());
    tally_.quits.set(one->transcript()->quits());
  }
}

// Every tenth, senders left out.
void Worker::pause(bool paused) {
  uint64_t readers = 0;
  for (size_t i = 0; i < clients_.size(); i += 10) {
    Client& client = *clients_[i];
    if (client.sender()) continue;
    client.pause(paused);
    readers += client.reader();
    if (!paused && client.state() == Client::State::open) client.on_event(EPOLLIN, crowd_);
  }
  tally_.paused.set(paused ? readers : 0);
}

void Worker::read_slowly() {
  const int64_t now = now_us();
  if (now - trickled_us_ < 100'000) return;
  trickled_us_ = now;
  for (const auto& client : clients_)
    if (client->paused()) client->trickle(plan_.trickle / 10, crowd_);
}

void run_worker(const Plan& plan, size_t index, Board& board) {
  Worker(plan, index, board).run();
}

}  // namespace strims::load
