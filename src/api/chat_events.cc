#include "api/chat_events.h"

#include <array>

#include "api/dgg_fields.h"
#include "api/fields.h"
#include "api/room_answer.h"
#include "base/json_write.h"
#include "text/message_rules.h"

namespace strims::api {
namespace {

constexpr int64_t kMaxCents = 100'000'000;
constexpr int64_t kMaxStreak = 1200;  // months
constexpr int64_t kMaxQuantity = 10'000;
constexpr size_t kMaxLabelBytes = 64;
constexpr std::array<std::string_view, 6> kTierLabels = {"",         "Tier I",  "Tier II",
                                                         "Tier III", "Tier IV", "Tier V"};

Result<User> named_user(const Call& call, const Json& body, std::string_view nick_key,
                        std::string_view id_key) {
  STRIMS_TRY(const auto id, optional_id(body, id_key));
  if (id) return find_account(call, *id);
  STRIMS_TRY(const std::string nick, require_string(body, nick_key));
  return find_account(call, nick);
}

// The user object of chat frames (chat-websocket.md section 3.2).
void write_chat_user(JsonWriter& w, std::string_view key, const User& user) {
  w.key(key).object().field("id", user.id).field("nick", user.nick);
  write_words(w, "features", user.effective_features());
  write_words(w, "roles", user.effective_roles());
  w.field("createdDate", format_rfc3339(user.created_at)).key("watching").null();
  w.end_object();
}

Result<void> write_tier(JsonWriter& w, const Json& body) {
  STRIMS_TRY(const int64_t tier, require_int(body, "tier", 1, 5));
  STRIMS_TRY(auto label, optional_string(body, "tier_label"));
  if (label && label->size() > kMaxLabelBytes)
    return fail(Errc::invalid, "invalid", "tier_label is too long.");
  w.field("tier", tier);
  w.field("tierLabel", label ? std::string_view(*label) : kTierLabels[static_cast<size_t>(tier)]);
  return {};
}

// The frame's own fields (chat-websocket.md section 6.5); the hub adds time, uuid and text.
Result<std::string> event_fields(const Call& call, const Json& body, EntryKind kind,
                                 const User& buyer) {
  JsonWriter w;
  w.object();
  write_chat_user(w, "user", buyer);
  const bool donation = kind == EntryKind::donation;
  if (!donation) STRIMS_CHECK_OK(write_tier(w, body));
  STRIMS_TRY(const auto amount, optional_int(body, "amount", 0, kMaxCents));
  if (donation && !amount) return fail(Errc::invalid, "invalid", "amount is missing.");
  w.field("amount", amount.value_or(0));
  if (kind == EntryKind::subscription) {
    STRIMS_TRY(const auto streak, optional_int(body, "streak", 0, kMaxStreak));
    w.field("streak", streak.value_or(0));
  }
  if (kind == EntryKind::gift_sub) {
    STRIMS_TRY(const User recipient, named_user(call, body, "recipient", "recipient_id"));
    write_chat_user(w, "recipient", recipient);
    STRIMS_TRY(const auto from_mass, optional_bool(body, "from_mass_gift"));
    w.field("fromMassGift", from_mass.value_or(false));
  }
  if (kind == EntryKind::mass_gift) {
    STRIMS_TRY(const int64_t quantity, require_int(body, "quantity", 1, kMaxQuantity));
    w.field("quantity", quantity);
  }
  return w.end_object().take();
}

Result<EntryKind> parse_type(const Json& body) {
  STRIMS_TRY(const std::string type, require_string(body, "type"));
  if (type == "subscription") return EntryKind::subscription;
  if (type == "gift_sub") return EntryKind::gift_sub;
  if (type == "mass_gift") return EntryKind::mass_gift;
  if (type == "donation") return EntryKind::donation;
  return fail(Errc::invalid, "invalid",
              "type must be subscription, gift_sub, mass_gift or donation.");
}

proto::Response event_stored(const chat::Receipt& receipt) {
  const std::string id = std::to_string(receipt.id);
  JsonWriter w;
  w.object().field("id", id).field("seq", receipt.seq).field("uuid", "e-" + id).end_object();
  return proto::Response::json(201, w.take());
}

}  // namespace

Answer post_event(Call& call) {
  STRIMS_TRY(const Json body, call.json_body());
  chat::Command command;
  command.verb = chat::Verb::event_add;
  STRIMS_TRY(command.paid_kind, parse_type(body));
  STRIMS_TRY(const User buyer, named_user(call, body, "nick", "user_id"));
  command.target_id = buyer.id;  // the room pardons who pays
  command.nick = buyer.nick;
  STRIMS_TRY(command.extra, event_fields(call, body, command.paid_kind, buyer));
  STRIMS_TRY(const auto text, optional_string(body, "text"));
  if (text && !text->empty()) {
    const auto most = static_cast<size_t>(call.services.config.chat.max_message_runes);
    STRIMS_TRY(const std::string_view checked, text::check_message(*text, {.max_runes = most}));
    command.text = checked;
  }
  return ask_room(call, std::move(command), event_stored);
}

}  // namespace strims::api
