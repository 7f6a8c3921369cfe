#!/usr/bin/python3
"""Live video: what a publisher and a viewer cost, Strims and nginx-rtmp in turn, round after round; medians, ratios.

    bench/stream_run.py [--rounds 3] [--quick] [--only CASE ...] [--seconds 20] [--watch-seconds 60]
                        [--no-pin | --pin 0,1] [--priority 10] [--build build/release] [--remark TEXT] [--out FOLDER]

Needs ffmpeg, nginx and libnginx-mod-rtmp. Writes streams.json (every run) and streams.md (the table) to
bench/results; a quick run only prints.
"""
import argparse
import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from suite import report, stream_cases, stream_report  # noqa: E402
from suite.rounds import result_of, run_rounds  # noqa: E402
from suite.servers import Machine  # noqa: E402
from suite.stream_servers import Channels, NginxCache, NginxRtmp, Strims, clip, missing  # noqa: E402

LOST = ("failed", "refused", "dropped", "choked")
FAULTS = ("errors", "skipped", "stalls")


class Bench:
    def __init__(self, machine: Machine, options: argparse.Namespace, channels: Channels, file: Path):
        self.machine, self.options, self.channels, self.file = machine, options, channels, file
        self.shards = options.shards or (1 if machine.pin else 0)

    def server(self, kind: str):
        if kind == "reference":
            return NginxRtmp(self.machine)
        return Strims(self.machine, self.channels, self.shards, {})

    def load(self, server, verb: str, *args, port: int) -> subprocess.Popen:
        log = open(server.folder / "load.log", "ab")  # noqa: SIM115: the process has it
        with log:
            return self.machine.popen([self.machine.build / "strims-stream-load", verb, "--port", port, "--pid", server.pid,
                                       *args, "--json"], 1, stdout=subprocess.PIPE, stderr=log)

    @staticmethod
    def result(server, process: subprocess.Popen) -> dict:
        return result_of(process, server.folder / "load.log")

    def publish(self, server, count: int, seconds: float, ramp: float, warmup: float) -> subprocess.Popen:
        names = server.folder / "names"
        names.write_text("".join(name + "\n" for name in server.names(count)))
        return self.load(server, "publish", "--file", self.file, "--names", names, "--publishers", count, "--ramp", ramp,
                         "--warmup", warmup, "--seconds", seconds, port=server.rtmp_port)

    def ingest(self, case, kind: str) -> dict:
        quick = self.options.quick
        count = case.quick if quick else case.publishers
        with self.server(kind) as server:
            # Not all keyframes at once; then until the windows are full, so that all do what they do for ever.
            result = self.result(server, self.publish(server, count, self.options.seconds, 0.2 if quick else max(2, count / 50),
                                                      1 if quick else 18))
        if "failed" in result:
            result["lost"] = sum(result[name] for name in LOST)
        return result

    def watch(self, case) -> dict:
        quick = self.options.quick
        count = case.quick if quick else case.viewers
        ramp, warmup, seconds = (0.5, 0.5, self.options.seconds) if quick else (5, 5, self.options.watch_seconds)
        with self.server("strims") as server:
            publisher = self.publish(server, 1, 3600, 0, 0)
            try:
                server.playlist(0)
                time.sleep(1 if quick else 8)  # a window full of segments
                if not case.cached:
                    return self.watched(server, server.port, count, ramp, warmup, seconds)
                with NginxCache(self.machine, server.port) as cache:
                    return self.watched(server, cache.port, count, ramp, warmup, seconds)
            finally:
                publisher.kill()
                publisher.communicate()

    def watched(self, server, port: int, count: int, ramp: float, warmup: float, seconds: float) -> dict:
        paths = [server.playlist(0) for _ in range(count)]  # everybody is given one of his own
        before = server.hls_requests()
        process = self.load(server, "watch", "--path", *paths, "--viewers", count, "--ramp", ramp, "--warmup", warmup,
                            "--seconds", seconds, port=port)
        time.sleep(ramp + warmup + seconds / 2)
        counted = server.stream(0)["viewers"]
        result = self.result(server, process)
        if "errors" not in result:
            return result
        result["origin_requests"] = server.hls_requests() - before
        result["origin_share"] = result["origin_requests"] / max(1, result["all_requests"])
        result["viewer_faults"] = sum(result[name] for name in FAULTS)
        if port == server.port and not self.options.quick:  # it counts every few seconds
            result["viewers_counted"] = counted
            result["viewers_miscounted"] = abs(counted - count)
            result["viewers_gone_seconds"] = self.until_gone(server)
        return result

    def until_gone(self, server) -> float:
        began = time.monotonic()
        while server.stream(0)["viewers"] > 0 and time.monotonic() - began < 60:
            time.sleep(0.2)
        return round(time.monotonic() - began, 1)

    def measure(self, case, kind: str) -> dict:
        return self.watch(case) if case.viewers else self.ingest(case, kind)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one small round of everything, to see that it works")
    parser.add_argument("--only", nargs="+", default=[], metavar="CASE")
    parser.add_argument("--seconds", type=float, default=0, help="measured part of publishers (20; quick: 1.5)")
    parser.add_argument("--watch-seconds", type=float, default=60, help="measured part of viewers")
    parser.add_argument("--pin", default="0,1", help="core of the servers, core of the load tool (0,1)")
    parser.add_argument("--no-pin", action="store_true")
    parser.add_argument("--shards", type=int, default=0, help="of Strims; 0: one when pinned, else one a core")
    parser.add_argument("--priority", type=int, default=10, help="raise both by this where it is allowed; 0: not")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--remark", default="", help="a sentence for the table")
    parser.add_argument("--out", type=Path, default=ROOT / "bench/results")
    options = parser.parse_args()
    options.seconds = options.seconds or (1.5 if options.quick else 20)
    return options


def main() -> int:
    options = parse_arguments()
    pin = None if options.no_pin else tuple(int(core) for core in options.pin.split(","))
    machine = Machine(options.build.resolve(), pin, options.priority)
    chosen = [case for case in stream_cases.chosen(options.only) if case.quick or not options.quick]
    lacking = missing(any(case.reference for case in chosen))
    if lacking:
        raise SystemExit(f"not installed: {', '.join(lacking)}")
    channels = Channels(machine, max(case.quick if options.quick and not case.viewers else case.publishers for case in chosen))
    try:
        rounds = 1 if options.quick else options.rounds
        bench = Bench(machine, options, channels, clip(ROOT / "build/bench-clips"))
        results = run_rounds(chosen, rounds, bench.measure, stream_report.head_line)
    finally:
        channels.close()
    notes = report.machine_notes(ROOT, [], machine)
    notes["command"] = shlex.join(["bench/stream_run.py", *sys.argv[1:]])
    built = time.strftime("%Y-%m-%d %H:%M", time.localtime((machine.build / "strims").stat().st_mtime))
    notes["program"] = f"commit {notes['commit']}, program of {built}"
    table = stream_report.to_markdown(notes, chosen, results, rounds, options.remark)
    print(table)
    if options.quick:
        print("A quick run: small numbers, a single round; it shows that everything works and no more.")
        return 1 if report.failures(results) else 0
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "streams.json").write_text(json.dumps({"machine": notes, "cases": results}, indent=1) + "\n")
    (options.out / "streams.md").write_text(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
