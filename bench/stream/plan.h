// What a run is to do, as the command line says it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace strims::stream_load {

struct Plan {
  uint16_t port = 0;
  std::vector<int64_t> server_pids;  // to read their CPU time and memory
  double ramp = 3;                   // seconds over which everybody comes
  double warmup = 3;                 // seconds until anything is counted
  double seconds = 20;               // of the measured part

  struct Publish {
    std::string file;   // FLV
    std::string names;  // file: a stream's name or key a line
    size_t publishers = 10;
    std::string app = "live";
  } publish;

  struct Watch {
    size_t viewers = 200;
    std::vector<std::string> paths;  // of media playlists; viewers take turns
    size_t sources = 20;             // source addresses 127.0.0.1..n
  } watch;
};

}  // namespace strims::stream_load
