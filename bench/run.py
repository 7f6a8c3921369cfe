#!/usr/bin/python3
"""The measurements of bench/README.md: server and bare reference in turn, round after round; medians and ratios.

    bench/run.py [--rounds 5] [--quick] [--only CASE ...] [--no-pin | --pin 0,1] [--priority 10] [--out FOLDER]

Writes latest.json (every run) and README.md (the table) to bench/results; a quick run only prints.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from suite import cases as case_table  # noqa: E402
from suite import report  # noqa: E402
from suite.rounds import result_of, run_rounds  # noqa: E402
from suite.servers import Machine, Target  # noqa: E402


def options_of(values: dict) -> list:
    out = []
    for key, value in values.items():
        out += [f"--{key}"] if value is True else [f"--{key}", str(value)]
    return out


def measure(machine: Machine, case, kind: str, options: dict, shards: int) -> dict:
    with Target(machine, case, kind, shards, {}) as target:
        if kind == "reference":
            options = {k: v for k, v in options.items() if k != "deflate"}
        command = [machine.build / "strims-load", case.scenario, *target.load_options(), *options_of(options), "--json"]
        with open(target.folder / "load.log", "wb") as log:
            process = machine.popen(command, 1, stdout=subprocess.PIPE, stderr=log, env=target.env)
            return result_of(process, target.folder / "load.log")


def head_line(case, kind: str, result: dict) -> str:
    names = dict.fromkeys(goal.figure for goal in case.goals)
    shown = [f"{name} {values[0]:g}" for name in names if (values := report.figures([result], name))]
    return f"{case.name}, {kind}: " + ", ".join(shown) + ("" if result["passed"] else "  FAILED: " + "; ".join(result["failures"])[:200])


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one small round of everything, to see that it works")
    parser.add_argument("--only", nargs="+", default=[], metavar="CASE")
    parser.add_argument("--pin", default="0,1", help="core of the servers, core of the load tool (0,1)")
    parser.add_argument("--no-pin", action="store_true")
    parser.add_argument("--shards", type=int, default=0, help="of the server; 0: one when pinned, else one a core")
    parser.add_argument("--priority", type=int, default=10, help="raise both by this where it is allowed; 0: not")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--out", type=Path, default=ROOT / "bench/results")
    return parser.parse_args()


def main() -> int:
    options = parse_arguments()
    pin = None if options.no_pin else tuple(int(core) for core in options.pin.split(","))
    machine = Machine(options.build.resolve(), pin, options.priority)
    chosen = case_table.chosen(options.only)
    rounds = 1 if options.quick else options.rounds
    shards = options.shards or (1 if pin else 0)

    def measured(case, kind: str) -> dict:
        return measure(machine, case, kind, case.quick if options.quick else case.options, shards)

    results = run_rounds(chosen, rounds, measured, head_line)
    notes = report.machine_notes(ROOT, sys.argv[1:], machine)
    table = report.to_markdown(notes, chosen, results, rounds)
    print(table)
    if options.quick:
        print("A quick run: small numbers, a single round; it shows that everything works and no more.")
    if not options.quick:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "latest.json").write_text(json.dumps({"machine": notes, "cases": results}, indent=1) + "\n")
        (options.out / "README.md").write_text(table)
    return 1 if options.quick and report.failures(results) else 0


if __name__ == "__main__":
    sys.exit(main())
