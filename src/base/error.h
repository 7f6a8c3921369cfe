// Errors are values. A function that can fail returns Result<T>; the error carries a class (which
// decides the HTTP status and the close code), a stable word that clients may switch on, and a
// sentence for a person.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace strims {

enum class Errc : uint8_t {
  invalid,          // 400: the input breaks a rule
  unauthenticated,  // 401: no or bad credentials
  forbidden,        // 403: known, but not allowed
  not_found,        // 404
  conflict,         // 409: the state does not permit it (taken, already, duplicate)
  gone,             // 410
  too_large,        // 413
  unsupported,      // 415
  rate_limited,     // 429: wait and try again
  unavailable,      // 503: a dependency is away, try again
  timeout,          // 504
  cancelled,        // the asker went away
  internal,         // 500: our fault
};

struct [[nodiscard]] Error {
  Errc code = Errc::internal;
  // Stable word such as "throttled". Must point to storage that lives for ever (a literal).
  std::string_view reason = "unknown";
  // One sentence for the person who reads it. Never a secret.
  std::string detail;
  // How long to wait before another try helps; 0 when waiting is no cure.
  int64_t retry_after_ms = 0;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, std::string_view reason, std::string detail = {},
                                   int64_t retry_after_ms = 0) {
  return std::unexpected(Error{code, reason, std::move(detail), retry_after_ms});
}

}  // namespace strims

#define STRIMS_CONCAT_(a, b) a##b
#define STRIMS_CONCAT(a, b) STRIMS_CONCAT_(a, b)

// STRIMS_TRY(auto x, expr): takes the value of a Result or returns its error from the enclosing
// function.
#define STRIMS_TRY(decl, expr)                                                \
  auto STRIMS_CONCAT(try_, __LINE__) = (expr);                                \
  if (!STRIMS_CONCAT(try_, __LINE__))                                         \
    return std::unexpected(std::move(STRIMS_CONCAT(try_, __LINE__)).error()); \
  decl = std::move(*STRIMS_CONCAT(try_, __LINE__))

// STRIMS_CHECK_OK(expr): the same for Result<void>.
#define STRIMS_CHECK_OK(expr)                                     \
  do {                                                            \
    if (auto check_ok_result = (expr); !check_ok_result)          \
      return std::unexpected(std::move(check_ok_result).error()); \
  } while (false)
