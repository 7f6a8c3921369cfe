// How secrets are stored that are long and random: session ids, login keys, stream keys.
#pragma once

#include <string>
#include <string_view>

namespace strims {

// Lower-case hex SHA-256. No salt and no slow hash: there is nothing to guess. Any thread.
std::string secret_hash(std::string_view secret);

}  // namespace strims
