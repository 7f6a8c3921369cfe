// Random lives of a media server whose hooks come in order, shuffled, twice, or never.
#include <gtest/gtest.h>

#if __has_include(<rapidcheck.h>)
#include <rapidcheck.h>

#include <stdlib.h>

#include "hooks/ledger_case.h"
#include "obs/log.h"

namespace strims::hooks {
namespace {

using What = Hook::What;

void require(bool holds) {
  RC_ASSERT(holds);
}

// What a server does: who asks is published when the name is free, and refused otherwise.
class World : public LedgerCase {
 public:
  // `tells`: its hooks say which run of it they are from (SRS); else its numbers come again
  // (nginx).
  explicit World(bool tells)
      : LedgerCase({.takeovers_per_minute = 1'000'000, .publishes_per_minute = 1'000'000}),
        tells_(tells) {}

  void connect(int who) {
    const std::string path = who % 2 == 0 ? "live/alice" : "live/bob";
    ask(std::to_string(next_++), path);
  }
  // The same connection once more.
  void again(int who) {
    if (next_ > first_) ask(std::to_string(first_ + who % (next_ - first_)), "live/alice");
  }
  void update(bool key) {
    for (const auto& [path, session] : published_) send(What::media, session, path, key);
  }
  void leave(int who) {
    const std::string path = who % 2 == 0 ? "live/alice" : "live/bob";
    const auto it = published_.find(path);
    if (it == published_.end()) return;
    const std::string session = it->second;
    published_.erase(it);
    send(What::over, session, path);
    send(What::over, session, path);
  }
  // kill -9: no hook. What nginx had sent before has come or never comes.
  void restart() {
    published_.clear();
    first_ = next_ = tells_ ? next_ : 1;
    ++run_;
    if (!tells_) mail_.clear();
  }
  // One of the hooks that are on the way: taken, lost, or taken and kept for another time.
  void deliver(int choice) {
    if (mail_.empty()) return;
    const size_t at = static_cast<size_t>(choice) % mail_.size();
    const Hook hook = mail_[at];
    if (choice % 7 != 0) mail_.erase(mail_.begin() + static_cast<std::ptrdiff_t>(at));
    if (choice % 5 == 0) return;
    hear(hook);
  }
  void look() {
    std::vector<Seen> now = seen();
    for (Seen& each : now) each.bytes = ++bytes_;
    list(std::move(now), generation());
    obey();
  }
  void wait(int64_t ms) {
    clock.advance(ms);
    stage.tick();
    obey();
  }

  // In the end the state is what the server's list says.
  void drain() {
    while (!mail_.empty()) {
      hear(mail_.back());
      mail_.pop_back();
    }
    for (int i = 0; i < 30; ++i) {
      look();
      wait(5'000);
    }
    for (const char* slug : {"alice", "bob"}) {
      const auto it = published_.find(std::string("live/") + slug);
      const Ledger::Held* held = current(slug);
      require((state(slug) == BroadcastState::live) == (it != published_.end()));
      require((held != nullptr) == (it != published_.end()));
      if (held != nullptr) require(held->session == it->second && !held->ended);
    }
  }

 private:
  std::string generation() const {
    return std::to_string(run_) + (tells_ ? "" : "@" + std::to_string(run_ * 100'000));
  }
  std::vector<Seen> seen() const {
    std::vector<Seen> out;
    for (const auto& [path, session] : published_)
      out.push_back({.path = path, .session = session});
    return out;
  }
  const Ledger::Held* current(const std::string& slug) {
    const SessionId session = stage.life(slug).session();
    for (const Ledger::Held& held : ledger.held())
      if (session != 0 && held.ours == session) return &held;
    return nullptr;
  }
  Hook make(What what, const std::string& session, const std::string& path, bool key) const {
    Hook out = hook(what, session, path, tells_ ? std::to_string(run_) : "");
    if (key) out.ask.query = "key=" + out.ask.name;
    return out;
  }
  void send(What what, const std::string& session, const std::string& path, bool key = false) {
    mail_.push_back(make(what, session, path, key));
  }
  // The server waits for the answer; the same hook may come once more, much later.
  void ask(const std::string& session, const std::string& path) {
    if (std::ranges::any_of(published_, [&](const auto& each) { return each.second == session; }))
      return;
    const Hook asks = make(What::publish, session, path, true);
    if (!hear(asks)) return;
    mail_.push_back(asks);
    if (!published_.contains(path)) {
      published_[path] = session;
    } else {
      send(What::over, session, "");
      send(What::over, session, path);
    }
  }
  // No hook of another session ends what is live, as long as it is published.
  bool hear(const Hook& hook) {
    struct Before {
      std::string slug, path, session;
      SessionId ours;
    };
    std::vector<Before> live;
    for (const char* slug : {"alice", "bob"}) {
      const Ledger::Held* held = current(slug);
      const std::string path = std::string("live/") + slug;
      const auto it = published_.find(path);
      if (held != nullptr && state(slug) == BroadcastState::live && it != published_.end() &&
          it->second == held->session)
        live.push_back({slug, path, held->session, held->ours});
    }
    const bool allowed = ledger.hook(stage, 0, hook);
    for (const Before& each : live) {
      const bool own = hook.session == each.session &&
                       (hook.path.empty() || hook.path == each.path) &&
                       (!tells_ || hook.generation == std::to_string(run_));
      if (own) continue;
      require(state(each.slug) == BroadcastState::live);
      require(stage.life(each.slug).session() == each.ours);
    }
    obey();
    return allowed;
  }
  // Whom we throw out goes.
  void obey() {
    for (const std::string& session : std::exchange(kicked, {}))
      for (auto it = published_.begin(); it != published_.end();) {
        if (it->second != session) {
          ++it;
          continue;
        }
        send(What::over, session, it->first);
        it = published_.erase(it);
      }
  }

  const bool tells_;
  int run_ = 1;
  int first_ = 1;  // connection of this run
  int next_ = 1;
  int64_t bytes_ = 0;
  std::map<std::string, std::string> published_;
  std::vector<Hook> mail_;
};

void play(World& world, int kind, int choice) {
  if (kind < 4) {
    world.connect(choice);
  } else if (kind < 5) {
    world.again(choice);
  } else if (kind < 7) {
    world.update(choice % 2 == 0);
  } else if (kind < 10) {
    world.leave(choice);
  } else if (kind < 16) {
    world.deliver(choice);
  } else if (kind < 20) {
    world.look();
  } else if (kind < 21) {
    world.restart();
  } else {
    constexpr int64_t kWaits[] = {0, 100, 1'000, 3'000, 5'000, 15'000, 60'000, 700'000};
    world.wait(kWaits[choice % 8]);
  }
}

void lives(bool tells) {
  obs::log_set_level(obs::Level::off);
  ::setenv("RC_PARAMS", "max_success=2000", 0);
  const bool held = rc::check([tells] {
    World world(tells);
    const auto acts =
        *rc::gen::scale(4.0, rc::gen::container<std::vector<std::pair<int, int>>>(
                                 rc::gen::pair(rc::gen::inRange(0, 24), rc::gen::inRange(0, 64))));
    for (const auto& [kind, choice] : acts) play(world, kind, choice);
    world.drain();
  });
  EXPECT_TRUE(held);
}

TEST(LedgerProperties, WhatTheListSaysAndNoForeignEnd) {
  lives(true);
}

TEST(LedgerProperties, TheSameWhereNumbersComeAgain) {
  lives(false);
}

}  // namespace
}  // namespace strims::hooks
#endif
