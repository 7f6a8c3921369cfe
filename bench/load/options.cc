#include "load/options.h"

#include <CLI/CLI.hpp>

namespace strims::load {
namespace {

void add_readers(CLI::App* verb, Plan& plan) {
  verb->add_option("--parse", plan.parse,
                   "Receivers that read everything: numbers, times, inflate. The others count "
                   "frames, and must count "
                   "the same")
      ->capture_default_str();
  verb->add_flag("--count-bytes", plan.count_bytes,
                 "The others do not even look at frames but count bytes, for the highest rates");
  verb->add_flag("--logged-in", plan.logged_in,
                 "Receivers are logged in, five to an account (needs --data)");
  verb->add_flag("--deflate", plan.deflate, "Offer permessage-deflate");
  verb->add_option("--offer", plan.offer, "The offer")->capture_default_str();
}

void add_receivers(CLI::App* verb, Plan& plan) {
  verb->add_option("--receivers", plan.receivers, "Connections that only listen")
      ->capture_default_str();
}

void add_rate(CLI::App* verb, Plan& plan) {
  verb->add_option("--rate", plan.rate, "Messages a second, all senders together")
      ->capture_default_str();
}

void add_seconds(CLI::App* verb, Plan& plan) {
  verb->add_option("--seconds", plan.seconds, "Length of the measured part")->capture_default_str();
}

void add_speech(CLI::App* verb, Plan& plan) {
  verb->add_option("--senders", plan.senders, "Accounts that speak")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--warmup", plan.warmup, "Seconds of the same before anything is counted")
      ->capture_default_str();
  verb->add_option("--bytes", plan.text_bytes, "Length of a message's text")
      ->check(CLI::Range(40, 500))
      ->capture_default_str();
}

}  // namespace

void add_common_options(CLI::App* verb, Plan& plan, Output& output) {
  verb->add_option("--port", plan.port, "The server's port on 127.0.0.1")->required();
  verb->add_option("--path", plan.path, "Path of its WebSocket")->capture_default_str();
  verb->add_flag("--tls", plan.tls, "Speak TLS; the certificate is not checked");
  verb->add_option("--pid", plan.server_pid,
                   "The server's process, to measure its CPU time and memory");
  verb->add_option(
      "--data", plan.data_dir,
      "The server's data folder: accounts are made there (never a folder that people use)");
  verb->add_option("--cookie", plan.sender_cookie, "Cookie of the senders, instead of --data");
  verb->add_option("--workers", plan.workers, "Processes; 0: one for each 18,000 connections")
      ->check(CLI::Range(0, 64))
      ->capture_default_str();
  verb->add_option("--sources", plan.sources, "Source addresses 127.0.0.1 to .N")
      ->check(CLI::Range(1, 254))
      ->capture_default_str();
  verb->add_option("--connecting", plan.connecting, "Connections under way at once")
      ->capture_default_str();
  verb->add_option("--patience", plan.patience, "Seconds without progress after which a run fails")
      ->capture_default_str();
  add_output_options(verb, output);
}

void preset_fanout(Plan&) {}

void add_fanout_options(CLI::App* verb, Plan& plan) {
  add_receivers(verb, plan);
  add_rate(verb, plan);
  add_speech(verb, plan);
  add_seconds(verb, plan);
  add_readers(verb, plan);
}

void preset_ingest(Plan& plan) {
  plan.receivers = 1;
  plan.senders = 8;
  plan.window = 256;
}

void add_ingest_options(CLI::App* verb, Plan& plan) {
  add_receivers(verb, plan);
  add_speech(verb, plan);
  add_seconds(verb, plan);
  add_readers(verb, plan);
  verb->add_option("--window", plan.window, "Messages that each sender has unanswered")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  verb->add_flag("--nonces", plan.nonces,
                 "Answered means the ACK of a nonce, not the sender's own line");
}

void preset_idle(Plan& plan) {
  plan.senders = 0;
  plan.parse = 1;
  plan.seconds = 30;
  plan.warmup = 10;
}

void add_idle_options(CLI::App* verb, Plan& plan) {
  verb->add_option("--connections", plan.receivers, "How many")->capture_default_str();
  verb->add_flag("--logged-in", plan.logged_in, "Logged in, five to an account (needs --data)");
  verb->add_option("--warmup", plan.warmup,
                   "Seconds before anything is counted: a newcomer's first ping comes soon")
      ->check(CLI::Range(0.0, 600.0))
      ->capture_default_str();
  verb->add_flag("--deflate", plan.deflate, "Offer permessage-deflate");
  add_seconds(verb, plan);
}

void preset_latency(Plan& plan) {
  plan.receivers = 100;
  plan.parse = 1'000'000;
  plan.rate = 20;
}

void add_latency_options(CLI::App* verb, Plan& plan) {
  add_receivers(verb, plan);
  add_rate(verb, plan);
  add_speech(verb, plan);
  add_seconds(verb, plan);
  add_readers(verb, plan);
}

void preset_churn(Plan& plan) {
  plan.connecting = 16;
  plan.rate = 0;
  plan.sources = 32;
}

void add_churn_options(CLI::App* verb, Plan& plan) {
  verb->add_option("--rate", plan.rate, "Connections a second; 0: as many as can be")
      ->capture_default_str();
  verb->add_flag("--logged-in", plan.logged_in, "Logged in (needs --data)");
  verb->add_option("--receivers", plan.receivers,
                   "With --logged-in: five for each account that takes turns")
      ->capture_default_str();
  verb->add_option_function<std::string>(
          "--ending",
          [&plan](const std::string& word) {
            plan.ending = word == "fin"     ? Plan::Ending::fin
                          : word == "frame" ? Plan::Ending::frame
                                            : Plan::Ending::reset;
          },
          "How a client leaves: it closes the socket (fin, the default), says goodbye "
          "and waits for the answer (frame), or resets")
      ->check(CLI::IsMember({"fin", "frame", "reset"}));
  add_seconds(verb, plan);
}

void preset_slow(Plan& plan) {
  plan.receivers = 500;
  plan.parse = 1'000'000;
  plan.rate = 100;
  plan.text_bytes = 400;
  plan.seconds = 6;
  plan.rounds = 3;
}

void add_slow_options(CLI::App* verb, Plan& plan) {
  add_receivers(verb, plan);
  add_rate(verb, plan);
  add_speech(verb, plan);
  add_seconds(verb, plan);
  add_readers(verb, plan);
  verb->add_option("--trickle", plan.trickle,
                   "Bytes a second that a slow reader reads; 0: it stops")
      ->capture_default_str();
  verb->add_option("--receive-buffer", plan.receive_buffer,
                   "SO_RCVBUF of the receivers; 0: the kernel's choice")
      ->capture_default_str();
  verb->add_option("--rounds", plan.rounds, "Pairs of runs, with and without slow readers")
      ->capture_default_str();
}

void preset_storm(Plan& plan) {
  plan.parse = 1'000'000;
  plan.rate = 10;
  plan.seconds = 1e6;
  plan.nonces = true;
}

void add_storm_options(CLI::App* verb, Plan& plan) {
  add_receivers(verb, plan);
  add_rate(verb, plan);
  add_speech(verb, plan);
  add_readers(verb, plan);
  verb->add_option("--server-command", plan.server_command,
                   "Starts the server on --port; run by the shell")
      ->required();
  verb->add_option("--signal", plan.server_signal, "What ends it: 9 kills, 15 is a planned stop")
      ->capture_default_str();
  verb->add_option("--cycles", plan.rounds, "How often")->capture_default_str();
  verb->add_flag("!--no-since", plan.since,
                 "Those who return do not ask for what they lack, as old clients");
}

}  // namespace strims::load
