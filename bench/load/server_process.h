// A server that the tool itself starts, kills and starts again.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace strims::load {

class ServerProcess {
 public:
  // `command` is run by the shell and must listen on 127.0.0.1:`port`.
  ServerProcess(std::string command, uint16_t port) : command_(std::move(command)), port_(port) {}
  ~ServerProcess() { end(9); }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Starts it and waits until it accepts connections; false when it ended or took longer than 60 s.
  bool start();
  // Sends the signal and waits for the end.
  void end(int signal);
  pid_t pid() const { return pid_; }

 private:
  bool accepts() const;

  std::string command_;
  uint16_t port_;
  pid_t pid_ = 0;
};

}  // namespace strims::load
