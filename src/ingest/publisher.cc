#include "ingest/publisher.h"

#include <sys/epoll.h>

#include "base/bytes.h"
#include "media/rtmp/amf0.h"
#include "obs/log.h"
#include "obs/metric.h"

namespace strims::ingest {
namespace {

constexpr int kReadsPerEvent = 4;
constexpr int kLowWaterBytes = 64 * 1024;  // of media that has come, which is read at once
constexpr int64_t kRateWindowMs = 5'000;
constexpr std::string_view kBadName = "NetStream.Publish.BadName";
constexpr std::string_view kRejected = "NetStream.Publish.Rejected";

obs::Counter& bytes_total() {
  static obs::Counter& counter =
      obs::counter("strims_ingest_bytes_total", "Bytes received from publishers.");
  return counter;
}

std::string_view sentence_for(EndReason reason) {
  switch (reason) {
    case EndReason::replaced:
      return "Another program has begun to publish with this key.";
    case EndReason::key_rotated:
      return "The stream key was changed.";
    case EndReason::banned:
      return "The owner of this channel was banned.";
    case EndReason::kicked:
      return "An administrator ended this stream.";
    case EndReason::lost:
      return "No picture came in time: check the encoder's settings.";
    default:
      return "The stream was ended.";
  }
}

}  // namespace

Publisher::Publisher(PublisherServer& server, uint64_t id, net::Socket socket,
                     const IpAddress& peer, Strangers::Place place)
    : server_(server),
      id_(id),
      socket_(std::move(socket)),
      peer_(peer),
      place_(std::move(place)),
      rtmp_(*this),
      since_(server.reactor_.now()) {}

Publisher::~Publisher() {
  if (!closed_ && socket_.valid()) server_.reactor_.remove(socket_.fd());
}

void Publisher::start() {
  wanted_ = EPOLLIN;
  if (!socket_.valid() || !server_.reactor_.add(socket_.fd(), wanted_, this)) close();
}

void Publisher::on_event(uint32_t events) {
  if (closed_) return;
  if (phase_ == Phase::asking || phase_ == Phase::refused) {
    // Nothing is read meanwhile, so its end would be told in every turn.
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) return close();
    return send();
  }
  send();
  if (!closed_) read_some();
}

void Publisher::read_some() {
  for (int i = 0; i < kReadsPerEvent && !closed_; ++i) {
    const std::span<uint8_t> input(server_.input_.get(), PublisherServer::kInputBytes);
    const net::IoResult got = socket_.read(input);
    switch (got.status) {
      case net::IoStatus::ok:
        bytes_total().inc(got.bytes);
        // What comes behind a goodbye is taken, so that closing does not reset it away.
        if (phase_ == Phase::goodbye) continue;
        receive(input.first(got.bytes));
        if (closed_ || phase_ == Phase::asking || phase_ == Phase::refused) return;
        // Nothing is left then; what comes next has an event of its own.
        if (got.bytes < input.size() && !socket_.has_buffered_input()) return;
        continue;
      case net::IoStatus::would_block:
        return;
      case net::IoStatus::want_write:
        return want(EPOLLIN | EPOLLOUT);
      case net::IoStatus::closed:
      case net::IoStatus::error:
        leave(stopped_ ? stream::Loss::stopped : stream::Loss::lost);
        return close();
    }
  }
  // No event comes for what lies decrypted inside a TLS session.
  if (!closed_ && socket_.has_buffered_input()) want(EPOLLIN | EPOLLOUT);
}

void Publisher::receive(std::span<const uint8_t> bytes) {
  if (phase_ == Phase::publishing && is_too_fast(bytes.size(), server_.reactor_.now())) {
    leave(stream::Loss::lost);
    return refuse(kRejected, "More bits a second than this server takes: lower the bitrate.");
  }
  const auto done = rtmp_.receive(bytes);
  if (closed_) return;
  if (!done) {
    obs::log_info("ingest.protocol_error", {{"peer", peer_.to_string()},
                                            {"reason", done.error().reason},
                                            {"detail", done.error().detail}});
    leave(stream::Loss::lost);
    phase_ = Phase::goodbye;
    since_ = server_.reactor_.now();
  }
  send();
}

bool Publisher::is_too_fast(size_t bytes, MonoMs now) {
  if (now - window_from_ >= kRateWindowMs) {
    window_from_ = now;
    window_bytes_ = 0;
  }
  window_bytes_ += bytes;
  const int64_t most = server_.shared_.limits.max_kbps * kRateWindowMs / 8;
  return most > 0 && static_cast<int64_t>(window_bytes_) > most;
}

void Publisher::send() {
  std::string& output = rtmp_.output();
  while (!output.empty()) {
    const net::IoResult put = socket_.write(as_bytes(output));
    if (put.status == net::IoStatus::ok) {
      output.erase(0, put.bytes);
      continue;
    }
    if (put.status == net::IoStatus::closed ||
        (put.status == net::IoStatus::error && socket_.is_established())) {
      leave(stream::Loss::lost);
      return close();
    }
    return want(EPOLLIN | EPOLLOUT);
  }
  if (phase_ == Phase::goodbye) socket_.shutdown_write();
  want(phase_ == Phase::asking || phase_ == Phase::refused ? 0u : uint32_t{EPOLLIN});
}

void Publisher::want(uint32_t events) {
  if (closed_ || events == wanted_) return;
  wanted_ = events;
  server_.reactor_.modify(socket_.fd(), events, this);
}

void Publisher::on_publish(const media::PublishRequest& request) {
  phase_ = Phase::asking;
  since_ = server_.reactor_.now();
  server_.asked(id_, {std::string(request.name), std::string(request.query)});
}

void Publisher::answered(Result<stream::Admission> answer) {
  if (closed_) return;
  since_ = server_.reactor_.now();
  if (!answer) {
    const Error& error = answer.error();
    obs::log_info("ingest.refused", {{"peer", peer_.to_string()}, {"reason", error.reason}});
    refusal_ = error.detail.empty() ? "The stream cannot be taken now." : error.detail;
    refusal_code_ = error.reason == "bad_key" ? kBadName : kRejected;
    if (error.reason == "bad_key") server_.shared_.wrong_keys.note(peer_, since_);
    phase_ = Phase::refused;
    return;  // check_time() tells it
  }
  admission_ = std::move(*answer);
  place_.reset();
  phase_ = Phase::publishing;
  obs::log_info("ingest.publish", {{"peer", peer_.to_string()},
                                   {"channel", admission_.slug},
                                   {"session", std::to_string(admission_.session)}});
  const auto done = rtmp_.accept_publish();
  if (closed_) return;
  if (!done) {
    leave(stream::Loss::lost);
    return close();
  }
  // A stream of an io_uring has its bytes before it tells of them: nothing would be won.
  in_pace_ = !socket_.is_stream();
  if (in_pace_) {
    socket_.set_receive_low_water(kLowWaterBytes);
    server_.start_pace();
  }
  send();
}

bool Publisher::read_in_pace() {
  if (in_pace_ && !closed_) read_some();
  return in_pace_ && !closed_;
}

void Publisher::on_tag(const media::Tag& tag) {
  if (phase_ != Phase::publishing || closed_) return;
  const MonoMs before = std::exchange(last_tag_, server_.reactor_.now());
  if (tag.kind == media::TagKind::data) return declare_tracks(tag.body);
  const auto began =
      admission_.live->push(admission_.session, tag, server_.shared_.clock->wall_ms());
  if (!began && began.error().reason == "replaced") {
    // Its session is over, and close_session() is on its way and knows why. Should it not come,
    // this counts as silence.
    last_tag_ = before;
    return;
  }
  if (!began) {
    obs::log_info("ingest.rejected",
                  {{"channel", admission_.slug}, {"reason", began.error().reason}});
    leave(began.error().reason == "codec" ? stream::Loss::codec : stream::Loss::lost);
    return refuse(kRejected, began.error().detail);
  }
  if (*began) server_.shared_.gate.first_part(admission_.channel, admission_.session, **began);
}

// The encoder says what is coming, so that nobody waits for sound that never comes.
void Publisher::declare_tracks(std::span<const uint8_t> body) {
  media::Amf0Reader reader(body);
  const auto name = reader.value();
  if (!name || name->text != "onMetaData") return;
  const auto values = reader.value();
  if (!values || !values->has_properties()) return;
  const bool video =
      values->property("videocodecid").has_value() || values->property("width").has_value();
  const bool audio = values->property("audiocodecid").has_value() ||
                     values->property("audiosamplerate").has_value();
  if (video || audio) admission_.live->declare_tracks(admission_.session, video, audio);
}

void Publisher::on_end() {
  stopped_ = true;
  leave(stream::Loss::stopped);
}

// Once: the last part is given out, and the owner of the broadcasts is told.
void Publisher::leave(stream::Loss how) {
  if (admission_.session == 0) return;
  const SessionId session = std::exchange(admission_.session, 0);
  admission_.live->end_session(session);
  server_.shared_.gate.over(admission_.channel, session, how);
}

void Publisher::refuse(std::string_view code, std::string_view sentence) {
  rtmp_.refuse_publish(code, sentence);
  phase_ = Phase::goodbye;
  since_ = server_.reactor_.now();
  send();
}

void Publisher::throw_out(EndReason reason) {
  if (admission_.session == 0) return;
  admission_.live->end_session(admission_.session);
  admission_.session = 0;  // the owner knows
  refuse(kRejected, sentence_for(reason));
}

void Publisher::cut(stream::Loss how) {
  leave(how);
  close();
}

void Publisher::check_time(MonoMs now) {
  const IngestLimits& limits = server_.shared_.limits;
  switch (phase_) {
    case Phase::greeting:
      if (now - since_ >= limits.handshake_ms) close();
      return;
    case Phase::asking:
      if (now - since_ >= limits.first_media_ms) cut(stream::Loss::lost);
      return;
    case Phase::refused:
      if (now - since_ >= limits.wrong_key_delay_ms) refuse(refusal_code_, refusal_);
      return;
    case Phase::publishing:
      if (last_tag_ == 0 ? now - since_ >= limits.first_media_ms
                         : now - last_tag_ >= limits.idle_ms)
        cut(stopped_ ? stream::Loss::stopped : stream::Loss::idle);
      return;
    case Phase::goodbye:
      if (now - since_ >= limits.goodbye_ms) close();
      return;
  }
}

void Publisher::close() {
  if (std::exchange(closed_, true)) return;
  if (socket_.valid()) server_.reactor_.remove(socket_.fd());
  socket_.close();
  server_.remove(id_);
}

}  // namespace strims::ingest
