// How the rows of the key table are written: a row names its member, the type follows from it.
// Internal to config/.
#pragma once

#include <array>
#include <string_view>
#include <type_traits>

#include "config/keys.h"

namespace strims::config {

// The words of an enumeration, in the order of its enumerators.
template <class E>
struct Words;
template <>
struct Words<Transport> {
  static constexpr std::array<std::string_view, 3> kList = {"epoll", "io_uring", "auto"};
};
template <>
struct Words<Durability> {
  static constexpr std::array<std::string_view, 2> kList = {"normal", "full"};
};
template <>
struct Words<Registration> {
  static constexpr std::array<std::string_view, 2> kList = {"open", "closed"};
};
template <>
struct Words<CookieSecure> {
  static constexpr std::array<std::string_view, 3> kList = {"auto", "always", "never"};
};
template <>
struct Words<SameSite> {
  static constexpr std::array<std::string_view, 3> kList = {"lax", "strict", "none"};
};
template <>
struct Words<LogLevel> {
  static constexpr std::array<std::string_view, 5> kList = {"debug", "info", "warn", "error",
                                                            "off"};
};

template <class T>
struct MemberOf;
template <class Class, class Member>
struct MemberOf<Member Class::*> {
  using Type = Member;
};

template <auto SectionMember, auto Member>
struct Field {
  using T = typename MemberOf<decltype(Member)>::Type;

  static Value get(const Config& config) {
    const T& member = config.*SectionMember.*Member;
    if constexpr (std::is_enum_v<T>) {
      return std::string(Words<T>::kList[static_cast<size_t>(member)]);
    } else {
      return member;
    }
  }

  static void set(Config& config, const Value& value) {
    T& member = config.*SectionMember.*Member;
    if constexpr (std::is_enum_v<T>) {
      const auto& words = Words<T>::kList;
      for (size_t i = 0; i < words.size(); ++i)
        if (words[i] == std::get<std::string>(value)) member = static_cast<T>(i);
    } else {
      member = std::get<T>(value);
    }
  }

  static constexpr Type type() {
    if constexpr (std::is_enum_v<T>) return Type::choice;
    if constexpr (std::is_same_v<T, bool>) return Type::boolean;
    if constexpr (std::is_same_v<T, int64_t>) return Type::integer;
    if constexpr (std::is_same_v<T, std::string>) return Type::text;
    if constexpr (std::is_same_v<T, Strings>) return Type::texts;
  }

  static constexpr std::span<const std::string_view> choices() {
    if constexpr (std::is_enum_v<T>) {
      return Words<T>::kList;
    } else {
      return {};
    }
  }
};

struct Range {
  int64_t min = 0;
  int64_t max = 0;
};

template <auto SectionMember, auto Member>
constexpr Key row(std::string_view name, std::string_view unit, Range range, std::string_view doc,
                  bool secret = false) {
  using F = Field<SectionMember, Member>;
  return Key{name,      F::type(),    doc,    unit,   range.min,
             range.max, F::choices(), secret, F::get, F::set};
}

}  // namespace strims::config
