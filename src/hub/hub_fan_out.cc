// What the room says, on its way to the shards: encoded once per dialect, in one order for all.
#include "hub/hub.h"
#include "hub/metrics.h"
#include "proto/ws_encoder.h"

namespace strims::hub {

void Hub::add_text(size_t flavour, std::string_view text, Seq seq) {
  if (text.empty()) return;
  encoders_[flavour].add(building_->parts[flavour], text, seq, deflate_demand_[flavour].readers());
  unswept_bytes_ += text.size();
}

// A dialect that nobody reads costs nothing: who comes later begins behind what is said now.
template <class F>
void Hub::publish_frames(F encode, Seq seq) {
  if (!building_) building_ = std::make_shared<FeedBatch>();
  for (size_t i = 0; i < kFlavours; ++i)
    if (readers_[i] > 0) add_text(i, encode(*dialects_[i]), seq);
  last_seq_ = std::max(last_seq_, seq);
}

// What was published so far goes to every shard before anything private that the room says next.
void Hub::seal() {
  if (!building_) return;
  building_->last_seq = last_seq_;
  const std::shared_ptr<const FeedBatch> batch = std::move(building_);
  building_.reset();
  for (size_t i = 0; i < outboxes_.size(); ++i)
    outboxes_[i].add([shard = shard_hubs_[i].get(), batch] { shard->apply(*batch); });
}

Outbox& Hub::to(chat::ConnId conn) {
  seal();
  return outboxes_[conn.shard];
}

template <class F>
void Hub::send_frame(chat::ConnId conn, F encode) {
  to(conn).add([shard = shard_hubs_[conn.shard].get(), conn, encode = std::move(encode)] {
    shard->send_as(conn, encode);
  });
}

void Hub::publish(const Entry& entry) {
  // Those who come back are shown dgg lines, whoever reads them now.
  const Dialect& dgg = dialect(Flavour::dgg);
  const std::string text = dgg.entry(entry);
  publish_frames([&](const Dialect& d) { return &d == &dgg ? text : d.entry(entry); }, entry.seq);
  remember(entry, text);
  const bool rights = entry.kind == EntryKind::ban || entry.kind == EntryKind::unban;
  if (rights && account_changed_) account_changed_(entry.target_id);
}

void Hub::remember(const Entry& entry, const std::string& text) {
  if (entry.kind == EntryKind::tombstone) recent_.forget(static_cast<Seq>(entry.number));
  recent_.add(entry.seq, std::make_shared<const std::string>(
                             text.empty() ? std::string() : proto::text_frame(text)));
}

void Hub::publish_presence(chat::PresenceKind kind, const User& user, TimeMs at) {
  publish_frames([&](const Dialect& d) { return d.presence(kind, user, at); }, 0);
}

void Hub::publish_notice(std::string_view text, TimeMs at) {
  publish_frames([&](const Dialect& d) { return d.notice(text, at); }, 0);
}

void Hub::publish_paid_events(const std::vector<Entry>& live) {
  publish_frames([&](const Dialect& d) { return d.paid_events(live, settings_.paid_event_ms); }, 0);
}

void Hub::publish_stream(std::string_view fields) {
  publish_frames([&](const Dialect& d) { return d.stream(fields); }, 0);
}

void Hub::publish_reload() {
  publish_frames([](const Dialect& d) { return d.reload(); }, 0);
}

void Hub::welcome(chat::ConnId conn, const User* user) {
  const auto flavour = static_cast<Flavour>(conn.flavour);
  WelcomeDesk::Resume resume;
  if (const auto returning = returning_.extract(conn)) {
    resume.echoed = returning.mapped().echoed;
    if (const auto since = returning.mapped().since) {
      resume.asked = true;
      resume.missed = recent_.after(*since);
    }
  }
  to(conn).add([shard = shard_hubs_[conn.shard].get(), conn,
                frames = welcome_.frames(room_, user, dialect(flavour), flavour, resume)] {
    shard->welcome(conn, frames);
  });
}

void Hub::gap(chat::ConnId conn, Seq first_missed) {
  if (!room_.members().contains(conn)) return;
  const UserPtr user = room_.user_of(conn);
  const auto flavour = static_cast<Flavour>(conn.flavour);
  WelcomeDesk::Gap gap;
  if (first_missed <= last_seq_) gap = {first_missed, last_seq_, recent_.newest_from(first_missed)};
  to(conn).add([shard = shard_hubs_[conn.shard].get(), conn,
                frames = welcome_.after_gap(room_, user.get(), dialect(flavour), flavour, gap)] {
    shard->resume_feed(conn, frames);
  });
}

void Hub::refuse(chat::ConnId conn, const chat::Refusal& refusal, std::string_view nonce) {
  metrics().refused(refusal.word).inc();
  send_frame(conn, [refusal, nonce = std::string(nonce)](const Dialect& d) {
    return d.refusal(refusal, nonce);
  });
}

void Hub::acknowledge(chat::ConnId conn, const chat::Receipt& receipt, std::string_view nonce) {
  send_frame(conn, [receipt, nonce = std::string(nonce)](const Dialect& d) {
    return d.acknowledgement(receipt, nonce);
  });
}

void Hub::deliver_whisper(chat::ConnId conn, const chat::Whisper& whisper) {
  // Encoded here: the strims dialect asks the room who is present.
  send_frame(conn, [text = dialect(static_cast<Flavour>(conn.flavour)).whisper(whisper)](
                       const Dialect&) { return text; });
}

void Hub::whisper_sent(chat::ConnId conn, const chat::Whisper& whisper) {
  send_frame(conn, [text = dialect(static_cast<Flavour>(conn.flavour)).whisper_sent(whisper)](
                       const Dialect&) { return text; });
}

void Hub::vote_counted(chat::ConnId conn, int64_t option) {
  send_frame(conn, [option](const Dialect& d) { return d.vote_counted(option); });
}

void Hub::expel(chat::ConnId conn, std::string_view word) {
  returning_.erase(conn);
  to(conn).add([shard = shard_hubs_[conn.shard].get(), conn, word] { shard->expel(conn, word); });
}

}  // namespace strims::hub
