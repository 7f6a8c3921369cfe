// Walks through XML as nginx's statistics write it: elements and text. Tolerant: attributes,
// comments and instructions are skipped, and an element that is never closed ends with the text.
// Bounded: depth 32; no memory of its own but the names on the way. Sans-I/O; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strims::hooks {

class XmlScan {
 public:
  explicit XmlScan(std::string_view text) : rest_(text) {}

  enum class Kind : uint8_t { open, close, text };  // "<a/>" is an open and a close
  struct Piece {
    Kind kind = Kind::text;
    std::string_view word;  // a name, or raw text without the space around it
  };
  // Nothing at the end, and for ever after something that is no XML.
  std::optional<Piece> next();
  // Whether something was wrong: then what came is not all.
  bool failed() const { return failed_; }
  // Names of the elements that are open, the outermost first. A piece of kind `open` is among them,
  // one of kind `close` not any more.
  const std::vector<std::string_view>& open() const { return open_; }

 private:
  std::optional<Piece> tag();
  std::optional<Piece> stop();

  std::string_view rest_;
  std::vector<std::string_view> open_;
  bool close_next_ = false;
  bool failed_ = false;
};

// Text with the five entities and numeric ones of ASCII in place; others stay as they are.
std::string xml_text(std::string_view raw);

}  // namespace strims::hooks
