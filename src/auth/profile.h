// What a person may say about himself. Pure.
#pragma once

#include "base/error.h"
#include "base/json_read.h"
#include "storage/repositories/users.h"

namespace strims::auth {

inline constexpr size_t kMaxBioCharacters = 500;

// Reads the body of PUT /users/{id}: `bio` (plain text, 500 code points), `gender`, `age`; null
// clears, absent keeps, unknown keys are ignored. Errors, all invalid: "forbidden_field" when a key
// would change rights or identity, "invalid_bio", "invalid_gender", "invalid_age", "invalid" when
// it is no object.
Result<storage::ProfileUpdate> parse_profile(const Json& body);

}  // namespace strims::auth
