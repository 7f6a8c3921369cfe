// A migration file as a driver runs it, and its checksum. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace strims::storage {

// What `driver` runs for a file. A block between lines `-- only sqlite` (or another driver's name)
// and `-- end only` is for that driver alone. Other drivers than sqlite get BIGINT for INTEGER,
// DOUBLE PRECISION for REAL, and no STRICT; comments are not spared.
std::string migration_text(std::string_view text, std::string_view driver);

// FNV-1a, 64 bits, as 16 hexadecimal digits: finds accidents, is no signature.
std::string migration_checksum(std::string_view text);

}  // namespace strims::storage
