#include "sim/viewer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "proto/ws_testing.h"

namespace strims::sim {
namespace {

using proto::WsOpcode;
using proto::ws_testing::client_frame;

}  // namespace

void Viewer::connect(Server& server, size_t shard, net::MemoryBounds bounds) {
  ReaderTraits reader;
  reader.flavour = traits_.flavour;
  reader.user = traits_.user;
  reader.gaps = traits_.gaps;
  if (traits_.resumes) reader.since = has_;
  reader.echoed = echoed();
  reader.history_lines = plan_.room.history_lines;
  reader.kept = plan_.hub.resume_max_entries;
  trace_.add(fmt::format("{} connects to shard {}, has {}", name(), shard,
                         reader.since ? std::to_string(*reader.since) : "nothing"));
  const auto since = reader.since;
  session_ = std::make_unique<Session>(traits_.deflate, std::move(reader), journal_, ledger_);
  auto [socket, peer] = net::memory_pair(server.reactor(shard), bounds);
  session_->peer = std::move(peer);
  std::unique_ptr<hub::Identity> identity;
  if (traits_.user)
    identity = std::make_unique<hub::Identity>(hub::Identity{traits_.user, login()});
  server.hub().shard(shard).adopt({.socket = std::move(socket),
                                   .flavour = traits_.flavour,
                                   .deflate = traits_.deflate,
                                   .shared_window = traits_.deflate,
                                   .gaps = traits_.gaps,
                                   .identity = std::move(identity),
                                   .lease = {},
                                   .address = *IpAddress::parse(traits_.address),
                                   .head = std::string(FrameReader::kHead),
                                   .leftover = {},
                                   .since = since});
  stalled = turned_away = false;
}

void Viewer::send(const std::string& text) {
  if (session_ && !session_->closing) session_->up += client_frame(WsOpcode::text, text);
}

void Viewer::say(const std::string& text, const std::string& nonce) {
  if (!live()) return;
  ledger_.said(*user(), nonce, text);
  if (nonce.empty()) return send(fmt::format("MSG {{\"data\":\"{}\"}}", text));
  said_[nonce] = text;
  session_->transcript.expect_answer(nonce, session_->ponged);
  send(fmt::format("MSG {{\"data\":\"{}\",\"nonce\":\"{}\"}}", text, nonce));
}

void Viewer::repeat_unanswered() {
  constexpr size_t kAtOnce = 8;
  while (live() && !unanswered_.empty() && said_.size() < kAtOnce) {
    const Unanswered line = std::move(unanswered_.front());
    unanswered_.pop_front();
    say(line.text, line.nonce);
  }
}

void Viewer::pump_up(size_t most) {
  if (!session_) return;
  std::string& up = session_->up;
  const size_t taken = session_->peer.send(std::string_view(up).substr(0, most));
  up.erase(0, taken);
  look_whether_it_ended();
}

void Viewer::pump_down(size_t most) {
  if (!session_) return;
  session_->frames.feed(session_->peer.receive(most));
  read_frames();
  if (session_) look_whether_it_ended();
}

void Viewer::read_frames() {
  try {
    while (const auto frame = session_->frames.next()) on_frame(*frame);
  } catch (const Violation& violation) {
    throw Violation(fmt::format("{}: {}", name(), violation.what()));
  }
}

void Viewer::on_frame(const Frame& frame) {
  Transcript& transcript = session_->transcript;
  switch (frame.kind) {
    case Frame::Kind::text:
      trace_.add(fmt::format("{} {} {}", name(), frame.packed ? "<<" : "<-", frame.payload));
      transcript.on_text(frame.payload);
      for (auto it = said_.begin(); it != said_.end();)
        it = transcript.unanswered().contains(it->first) ? std::next(it) : said_.erase(it);
      note_echo();
      return;
    case Frame::Kind::ping:
      trace_.add(fmt::format("{} <- ping {}", name(), frame.payload));
      transcript.on_ping(frame.payload);
      if (!traits_.answers_pings || session_->closing) return;
      session_->up += client_frame(WsOpcode::pong, frame.payload);
      session_->ponged = parse_u64(frame.payload).value_or(0);
      last_ponged_ = std::max(last_ponged_, session_->ponged);
      return;
    case Frame::Kind::close:
      trace_.add(fmt::format("{} <- close {}", name(), frame.code));
      transcript.on_close(frame.code);
      turned_away = frame.code == 1008;
      if (!session_->closing)
        session_->up += client_frame(WsOpcode::close, std::string_view(frame.payload).substr(0, 2));
      session_->closing = true;
      return;
    case Frame::Kind::pong:
      throw Violation("wire: a pong for no ping");
  }
}

void Viewer::note_echo() {
  const Seq seq = session_->transcript.answered_note();
  if (!user() || seq == 0 || (!echoes_.empty() && echoes_.back().seq >= seq)) return;
  echoes_.push_back({seq, clock_.mono_ms(), trace_.step()});
}

// A shard tells the room about once a second what pongs have said. Once the server has surely heard
// one, it knows that one or a later one.
Seq Viewer::echoed() const {
  const bool surely = std::ranges::any_of(echoes_, [&](const Heard& heard) {
    return clock_.mono_ms() - heard.at > 2'500 && trace_.step() - heard.step > 12;
  });
  return surely ? last_ponged_ : 0;
}

size_t Viewer::bytes_under_way() const {
  return session_ ? session_->up.size() + session_->peer.waiting() : 0;
}

void Viewer::set_receive_bound(size_t bytes) {
  if (session_) session_->peer.set_receive_bound(bytes);
}

void Viewer::look_whether_it_ended() {
  if (session_->peer.was_reset()) return end("reset by the server");
  if (session_->peer.ended()) end("closed by the server");
}

void Viewer::cut() {
  if (!session_) return;
  session_->peer.reset();
  end("cut");
}

void Viewer::leave(bool politely) {
  if (!session_ || session_->closing) return;
  if (!politely) {
    session_->peer.close();
    return end("gone");
  }
  session_->up += client_frame(WsOpcode::close, std::string_view("\x03\xe8", 2));
  session_->closing = true;
}

void Viewer::server_died() {
  if (session_ && !stalled) pump_down(SIZE_MAX);
  if (session_) end("the server died");
  echoes_.clear();
  last_ponged_ = 0;
}

void Viewer::end(std::string_view how) {
  trace_.add(fmt::format("{} is offline: {}", name(), how));
  try {
    session_->transcript.finish();
  } catch (const Violation& violation) {
    throw Violation(fmt::format("{}: {}", name(), violation.what()));
  }
  has_ = session_->transcript.has();
  for (const auto& [nonce, text] : std::exchange(said_, {})) unanswered_.push_back({text, nonce});
  session_.reset();
}

}  // namespace strims::sim
