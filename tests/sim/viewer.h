// A client: connects, reads, answers pings, closes, comes back. Its network is slow, lossless and
// now and then cut: bytes go either way only when pump_up and pump_down let them.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "net/memory.h"
#include "sim/frame_reader.h"
#include "sim/server.h"
#include "sim/trace.h"
#include "sim/transcript.h"

namespace strims::sim {

struct ViewerTraits {
  std::string name;
  hub::Flavour flavour = hub::Flavour::dgg;
  UserPtr user;  // null: a guest
  bool deflate = false;
  bool gaps = false;
  bool resumes = false;  // says ?since= when it comes back
  bool answers_pings = true;
  std::string address = "192.0.2.1";
};

class Viewer {
 public:
  Viewer(ViewerTraits traits, const Plan& plan, JournalView& journal, Ledger& ledger, Trace& trace,
         const Clock& clock)
      : traits_(std::move(traits)),
        plan_(plan),
        journal_(journal),
        ledger_(ledger),
        trace_(trace),
        clock_(clock) {}

  const ViewerTraits& traits() const { return traits_; }
  const std::string& name() const { return traits_.name; }
  std::string login() const { return "login of " + traits_.name; }
  const User* user() const { return traits_.user.get(); }
  void answer_pings() { traits_.answers_pings = true; }

  void connect(Server& server, size_t shard, net::MemoryBounds bounds);
  bool online() const { return session_ != nullptr; }
  bool live() const { return online() && session_->transcript.live() && !session_->closing; }
  // Only while online.
  const Transcript& transcript() const { return session_->transcript; }

  // Into its network.
  void send(const std::string& text);
  // A message; with a nonce it is said again after the next connect unless it was answered.
  void say(const std::string& text, const std::string& nonce);
  void repeat_unanswered();

  // Lets so many bytes pass.
  void pump_up(size_t most);
  void pump_down(size_t most);
  size_t bytes_under_way() const;
  void set_receive_bound(size_t bytes);

  void cut();  // the network is gone
  void leave(bool politely);
  // What was under way may still arrive; the next server was told nothing by pongs.
  void server_died();

  bool stalled = false;      // reads nothing for a while
  bool turned_away = false;  // the last connection ended because the room would not have him

 private:
  struct Session {
    Session(bool deflate, ReaderTraits reader, JournalView& journal, Ledger& ledger)
        : frames(deflate), transcript(std::move(reader), journal, ledger) {}
    net::MemoryPeer peer;
    std::string up;  // sent, and not yet at the server
    FrameReader frames;
    Transcript transcript;
    Seq ponged = 0;
    bool closing = false;
  };
  struct Unanswered {
    std::string text, nonce;
  };
  // What the server was told by a pong: an answer to something that was said later has come.
  struct Heard {
    Seq seq = 0;
    MonoMs at = 0;
    size_t step = 0;
  };
  void note_echo();
  Seq echoed() const;

  void read_frames();
  void on_frame(const Frame& frame);
  void look_whether_it_ended();
  void end(std::string_view how);

  ViewerTraits traits_;
  const Plan& plan_;
  JournalView& journal_;
  Ledger& ledger_;
  Trace& trace_;
  const Clock& clock_;
  std::unique_ptr<Session> session_;
  std::map<std::string, std::string> said_;  // by nonce: what this session waits for
  std::deque<Unanswered> unanswered_;        // of earlier sessions
  std::optional<Seq> has_;
  std::vector<Heard> echoes_;  // newest last
  Seq last_ponged_ = 0;
};

}  // namespace strims::sim
