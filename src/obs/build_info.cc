#include "obs/health.h"

// The build passes these to this file only, so that a new commit compiles one file anew.
#ifndef STRIMS_VERSION
#define STRIMS_VERSION "0.0.0"
#endif
#ifndef STRIMS_COMMIT
#define STRIMS_COMMIT "unknown"
#endif

namespace strims::obs {
namespace {

constexpr std::string_view compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

constexpr std::string_view build() {
#ifdef STRIMS_SANITIZED
  return "sanitized";
#elif defined(NDEBUG)
  return "release";
#else
  return "debug";
#endif
}

}  // namespace

const BuildInfo& build_info() {
  static constexpr BuildInfo kInfo{STRIMS_VERSION, STRIMS_COMMIT, compiler(), build()};
  return kInfo;
}

}  // namespace strims::obs
