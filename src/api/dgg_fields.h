// Shapes that the dgg site's answers share (client-http.md sections 3, 6 and 8).
#pragma once

#include <string>

#include "base/json_write.h"
#include "model/user.h"

namespace strims::api {

// "2026-01-02T03:04:05+0000", as the site writes dates.
std::string site_date(TimeMs t);
// A list of words as a JSON array under `key`.
void write_words(JsonWriter& w, std::string_view key, const std::vector<std::string>& words);
// The fields of the credentials object of section 8, into the open object.
void write_site_user(JsonWriter& w, const User& user);

}  // namespace strims::api
