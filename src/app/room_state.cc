#include "app/room_state.h"

#include <map>

namespace strims::app {

chat::RoomState to_room_state(storage::ChannelSnapshot snapshot, std::vector<User> present) {
  chat::RoomState state;
  for (const auto& mute : snapshot.mutes) state.mutes.emplace_back(mute.user_id, mute.until);
  std::map<EntryId, chat::RoomState::Ban> bans;
  for (const auto& row : snapshot.bans) {
    chat::RoomState::Ban& ban = bans[row.id];
    ban.id = row.id;
    ban.user = row.user_id;
    ban.until = row.end.value_or(chat::kForever);
    if (const auto address = IpAddress::parse(row.address)) ban.addresses.push_back(*address);
  }
  for (auto& [id, ban] : bans) state.bans.push_back(std::move(ban));
  state.phrases = std::move(snapshot.phrases);
  state.subonly_tier = snapshot.subonly_tier;
  state.pin = std::move(snapshot.pin);
  state.poll = std::move(snapshot.poll);
  state.votes = std::move(snapshot.votes);
  state.paid_events = std::move(snapshot.paid_events);
  state.history = std::move(snapshot.history);
  for (auto& nonce : snapshot.nonces)
    state.nonces.push_back(
        {nonce.user_id, std::move(nonce.nonce), {nonce.entry, nonce.seq, nonce.at}});
  for (User& user : present) state.present.push_back(std::make_shared<const User>(std::move(user)));
  state.last_seq = snapshot.last_seq;
  return state;
}

}  // namespace strims::app
