#include "load/command.h"

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <functional>

#include "load/accounts.h"
#include "load/scenarios.h"

namespace strims::load {
namespace {

struct Output {
  bool json = false;
  std::string file;
};

using Scenario = void (*)(const Plan&, Report&);

void add_server(CLI::App* verb, Plan& plan, Output& output) {
  verb->add_option("--port", plan.port, "The server's port on 127.0.0.1")->required();
  verb->add_option("--path", plan.path, "Path of its WebSocket")->capture_default_str();
  verb->add_flag("--tls", plan.tls, "Speak TLS; the certificate is not checked");
  verb->add_option("--pid", plan.server_pid,
                   "The server's process, to measure its CPU time and memory");
  verb->add_option(
      "--data", plan.data_dir,
      "The server's data folder: accounts are made there (never use a folder that people use)");
  verb->add_option("--cookie", plan.sender_cookie, "Cookie of the senders, instead of --data");
  verb->add_option("--workers", plan.workers, "Processes; 0: one for each 18,000 connections")
      ->check(CLI::Range(0, 64));
  verb->add_option("--sources", plan.sources, "Source addresses 127.0.0.1 to .N")
      ->check(CLI::Range(1, 254))
      ->capture_default_str();
  verb->add_option("--connecting", plan.connecting, "Connections under way at once")
      ->capture_default_str();
  verb->add_option("--patience", plan.patience, "Seconds without progress after which a run fails")
      ->capture_default_str();
  verb->add_flag("--json", output.json, "JSON on standard output instead of the table");
  verb->add_option("--json-file", output.file, "Write the JSON there as well");
}

void add_readers(CLI::App* verb, Plan& plan) {
  verb->add_flag("--logged-in", plan.logged_in,
                 "Receivers are logged in, five to an account (needs --data)");
  verb->add_option("--parse", plan.parse,
                   "Receivers that read everything: numbers, times, inflate. The others count "
                   "frames, and must count "
                   "the same")
      ->capture_default_str();
  verb->add_flag("--count-bytes", plan.count_bytes,
                 "The others do not even look at frames but count bytes, for the highest rates");
  verb->add_flag("--deflate", plan.deflate, "Offer permessage-deflate");
  verb->add_option("--offer", plan.offer, "The offer")->capture_default_str();
}

void add_speech(CLI::App* verb, Plan& plan) {
  verb->add_option("--senders", plan.senders, "Accounts that speak")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--seconds", plan.seconds, "Length of the measured part")->capture_default_str();
  verb->add_option("--bytes", plan.text_bytes, "Length of a message's text")
      ->check(CLI::Range(40, 500))
      ->capture_default_str();
}

class Parser {
 public:
  explicit Parser(const std::string& program)
      : cli_("Measures a running Strims server, or strims-reference, from the outside.", program) {
    cli_.require_subcommand(1);
    cli_.footer(
        "Figures are told as ratios to strims-reference, run in the same minute: bench/README.md.");
    add_fanout();
    add_ingest();
    add_idle();
  }
  CLI::App& cli() { return cli_; }
  Scenario scenario() const { return scenario_; }
  const std::string& name() const { return name_; }
  Plan& plan() { return plan_; }
  const Output& output() const { return output_; }

 private:
  CLI::App* add(const std::string& name, const std::string& help, Scenario run,
                std::function<void(Plan&)> preset) {
    CLI::App* verb = cli_.add_subcommand(name, help);
    verb->preparse_callback([this, preset](size_t) { preset(plan_); });
    verb->callback([this, name, run] {
      scenario_ = run;
      name_ = name;
    });
    add_server(verb, plan_, output_);
    return verb;
  }

  void add_fanout() {
    CLI::App* verb =
        add("fanout", "N receivers, R messages a second: CPU per delivery, latency, nothing lost",
            run_fanout, [](Plan&) {});
    verb->add_option("--receivers", plan_.receivers, "Connections that only listen (1000)");
    verb->add_option("--rate", plan_.rate, "Messages a second, all senders together (50)");
    add_readers(verb, plan_);
    add_speech(verb, plan_);
  }
  void add_ingest() {
    CLI::App* verb = add("ingest", "As many messages as the senders can get accepted and committed",
                         run_ingest, [](Plan& plan) {
                           plan.receivers = 1;
                           plan.senders = 8;
                           plan.window = 256;
                         });
    verb->add_option("--receivers", plan_.receivers, "Connections that only listen (1)");
    verb->add_option("--window", plan_.window, "Messages that each sender has unanswered (256)")
        ->check(CLI::Range(1, 100'000));
    verb->add_flag("--nonces", plan_.nonces,
                   "Answered means the ACK of a nonce, not the sender's own line");
    add_readers(verb, plan_);
    add_speech(verb, plan_);
  }
  void add_idle() {
    CLI::App* verb =
        add("idle", "N connections that do nothing: memory of each, CPU of all, pings included",
            run_idle, [](Plan& plan) {
              plan.senders = 0;
              plan.parse = 1;
              plan.seconds = 30;
            });
    verb->add_option("--connections", plan_.receivers, "How many (1000)");
    verb->add_option("--seconds", plan_.seconds, "How long they idle (30)");
    verb->add_flag("--logged-in", plan_.logged_in,
                   "Logged in, five connections to an account (needs --data)");
  }

  CLI::App cli_;
  Plan plan_;
  Output output_;
  Scenario scenario_ = nullptr;
  std::string name_;
};

void raise_limits() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int command(const std::string& program, std::vector<std::string> arguments) {
  Parser parser(program);
  std::reverse(arguments.begin(), arguments.end());
  try {
    parser.cli().parse(arguments);
  } catch (const CLI::ParseError& error) {
    return parser.cli().exit(error) == 0 ? 0 : 2;
  }
  raise_limits();
  if (const auto planned = plan_accounts(parser.plan()); !planned) {
    std::fprintf(stderr, "accounts: %s\n", planned.error().detail.c_str());
    return 2;
  }
  Report report(parser.name());
  parser.scenario()(parser.plan(), report);
  const Output& output = parser.output();
  std::puts(output.json ? report.to_json().c_str() : report.to_text().c_str());
  if (!output.file.empty()) std::ofstream(output.file) << report.to_json() << '\n';
  return report.passed() ? 0 : 1;
}

}  // namespace strims::load
