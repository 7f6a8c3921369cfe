// What a run is to do, as the command line says it. Copied into every worker process by fork.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace strims::load {

struct Plan {
  // The server.
  uint16_t port = 8080;
  std::string path = "/ws";
  bool tls = false;
  int64_t server_pid = 0;  // to read its CPU time and memory; 0: not

  // Who comes.
  size_t receivers = 1000;
  size_t senders = 1;
  std::string sender_cookie;  // of all senders, when no accounts are made
  std::string
      data_dir;  // of the server: accounts are made there for senders and logged-in receivers
  bool logged_in = false;   // receivers, five connections to an account
  size_t workers = 0;       // processes; 0: one for each 18,000 connections
  size_t sources = 8;       // source addresses 127.0.0.1..n
  size_t connecting = 256;  // connections under way at once, all workers together
  double patience = 30;     // seconds that anything may take without progress

  // How they read.
  size_t parse = 300;        // receivers that read everything; the others count frames
  bool count_bytes = false;  // the others do not even look at frames while it is measured
  bool deflate = false;
  std::string offer = "permessage-deflate; client_no_context_takeover";
  int receive_buffer = 0;  // SO_RCVBUF of the receivers; 0: the kernel's choice
  size_t trickle = 0;      // bytes a second that a paused receiver reads
  bool since = true;       // a connection made anew asks for what it lacks

  // What is said.
  double rate = 50;  // messages a second, all senders together
  double seconds = 10;
  double warmup = 1;  // seconds of the same before anything is counted
  size_t text_bytes = 100;
  size_t window =
      0;  // closed loop: messages that each sender has unanswered; 0: open loop at `rate`
  bool nonces = false;  // answered means the ACK; otherwise the sender's own line, seen again

  // Churn.
  enum class Ending : uint8_t { fin, frame, reset };
  Ending ending = Ending::fin;

  // Rounds of a scenario that compares, or repeats something.
  size_t rounds = 1;
  std::string server_command;  // storm: starts the server
  int server_signal = 9;       // storm: ends it

  // Filled in by plan_accounts().
  std::vector<std::string> sender_cookies;
  std::vector<std::string> receiver_cookies;  // empty: guests

  size_t connections() const { return receivers + senders; }
  size_t worker_count() const { return workers > 0 ? workers : (connections() + 17'999) / 18'000; }
};

}  // namespace strims::load
