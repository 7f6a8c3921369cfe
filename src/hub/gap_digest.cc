#include "hub/gap_digest.h"

#include "base/json_read.h"
#include "proto/ws_encoder.h"
#include "text/mentions.h"

namespace strims::hub {
namespace {

bool concerns(std::string_view line, const User& user) {
  const auto json = Json::parse(line);
  if (!json) return false;
  const Json* id = json->find("id");
  if (id != nullptr && id->integer() == user.id) return true;
  const auto text = json->find_string("data");
  return text && text::mentions(*text, user.nick);
}

bool essential(std::string_view text, const User* user) {
  constexpr std::string_view kLine = "MSG ";
  if (text.starts_with(kLine)) return user != nullptr && concerns(text.substr(kLine.size()), *user);
  return !text.starts_with("VOTECAST ") && !text.starts_with("POLLSTART ");
}

}  // namespace

std::vector<Bytes> essential_frames(const std::vector<Bytes>& missed, const User* user) {
  std::vector<Bytes> out;
  for (const Bytes& frame : missed)
    if (essential(proto::frame_payload(*frame), user)) out.push_back(frame);
  return out;
}

}  // namespace strims::hub
