// Answers of a server, one after the other on a connection. Sans-I/O, and without trusting it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace strims::stream_load {

class HttpReader {
 public:
  enum class Progress : uint8_t { incomplete, complete, broken };

  // An answer must have a Content-Length. Bytes behind it are broken: nothing more was asked for.
  Progress feed(std::string_view bytes);
  // For the next answer; the memory is kept.
  void reset();

  int status() const { return status_; }
  std::string_view body() const { return body_; }
  // The server ends the connection after this answer.
  bool closes() const { return closes_; }

 private:
  bool read_head(std::string_view head);

  std::string head_;
  std::string body_;
  size_t length_ = 0;
  int status_ = 0;
  bool in_body_ = false;
  bool closes_ = false;
};

}  // namespace strims::stream_load
