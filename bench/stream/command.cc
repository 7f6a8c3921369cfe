#include "bench/stream/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "bench/stream/plan.h"
#include "bench/stream/scenarios.h"
#include "load/output.h"

namespace strims::stream_load {
namespace {

void add_common_options(CLI::App* verb, Plan& plan, load::Output& output) {
  verb->add_option("--port", plan.port, "The server's port on 127.0.0.1")->required();
  verb->add_option(
      "--pid", plan.server_pids,
      "Processes of the server, whose CPU and memory is measured, and their children's");
  verb->add_option("--ramp", plan.ramp, "Seconds over which everybody comes")
      ->capture_default_str();
  verb->add_option("--warmup", plan.warmup, "Seconds of the same before anything is counted")
      ->capture_default_str();
  verb->add_option("--seconds", plan.seconds, "Length of the measured part")->capture_default_str();
  load::add_output_options(verb, output);
}

void add_publish_options(CLI::App* verb, Plan::Publish& publish) {
  verb->add_option("--file", publish.file, "What is sent, over and over: an FLV of H.264 and AAC")
      ->required();
  verb->add_option("--names", publish.names, "A file: a stream's key, or name?key=..., a line")
      ->required();
  verb->add_option("--publishers", publish.publishers, "How many of these")
      ->check(CLI::Range(1, 400))
      ->capture_default_str();
  verb->add_option("--app", publish.app, "The application's name")->capture_default_str();
}

void add_watch_options(CLI::App* verb, Plan::Watch& watch) {
  verb->add_option("--viewers", watch.viewers, "Players with low latency")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  verb->add_option("--path", watch.paths,
                   "Media playlists, such as /hls/open/NAME/live.m3u8; viewers take turns")
      ->required();
  verb->add_option("--sources", watch.sources, "Source addresses 127.0.0.1 to .N")
      ->check(CLI::Range(1, 254))
      ->capture_default_str();
}

}  // namespace

int command(std::vector<std::string> arguments) {
  CLI::App cli("Publishers and viewers of live video, to measure a running server with.",
               "strims-stream-load");
  cli.require_subcommand(1);
  cli.footer("Figures are told as ratios to nginx-rtmp in the same run: bench/stream_run.py.");
  Plan plan;
  load::Output output;
  CLI::App* publish =
      cli.add_subcommand("publish", "N publishers send one file in real time (RTMP)");
  add_common_options(publish, plan, output);
  add_publish_options(publish, plan.publish);
  CLI::App* watch = cli.add_subcommand("watch", "N players fetch every part (low-latency HLS)");
  add_common_options(watch, plan, output);
  add_watch_options(watch, plan.watch);
  std::reverse(arguments.begin(), arguments.end());
  try {
    cli.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  }
  load::raise_file_limit();
  load::Report report(publish->parsed() ? "publish" : "watch");
  (publish->parsed() ? run_publish : run_watch)(plan, report);
  return load::deliver(report, output);
}

}  // namespace strims::stream_load
