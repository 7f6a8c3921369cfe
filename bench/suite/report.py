"""Medians, ratios, and the table that people read."""
import os
import platform
import statistics
import subprocess
import time
from pathlib import Path


def machine_notes(root: Path, arguments: list[str], machine) -> dict:
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    commit = subprocess.run(["git", "-C", root, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return {"date": time.strftime("%Y-%m-%d %H:%M"), "commit": commit.stdout.strip(), "cpu": cpu,
            "cores": os.cpu_count(), "memory_gib": round(memory, 1), "kernel": platform.release(),
            "pinned": f"server on core {machine.pin[0]}, load on core {machine.pin[1]}" if machine.pin else "no",
            "priority": machine.priority, "command": " ".join(["bench/run.py", *arguments])}


def figures(runs: list[dict], name: str) -> list[float]:
    derived = {"joins_and_quits": ("joins_seen_by_one", "quits_seen_by_one"),
               "out_of_order": ("lost", "doubled", "reordered", "differing", "missing")}
    parts = derived.get(name, (name,))
    return [sum(float(run[part]) for part in parts) for run in runs if all(part in run for part in parts)]


def ratios(goal, results: dict, name: str) -> list[float]:
    mine = figures(results[name]["strims"], goal.figure)
    if not goal.against:
        return mine
    other = results[name]["reference"] if goal.against == "reference" else results.get(goal.against, {}).get("strims", [])
    theirs = figures(other, goal.figure)
    if goal.against != "reference":
        theirs = [statistics.median(theirs)] * len(mine) if theirs else []
    # Round by round: what ran in the same minute is compared.
    return [a / b for a, b in zip(mine, theirs) if b]


def short(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:.2f} M"
    if value >= 1e4:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def verdict(goal, value: float) -> str:
    better = (lambda bar: value >= bar) if goal.more_is_better else (lambda bar: value <= bar)
    return "aim" if better(goal.aim) else "must" if better(goal.must) else "**no**"


def row(goal, results: dict, case) -> str:
    values = ratios(goal, results, case.name)
    text = goal.text + (" (ratio)" if goal.against else "")
    sign = "≥" if goal.more_is_better else "≤"
    bars = f"{sign} {short(goal.must)}{goal.unit} | {sign} {short(goal.aim)}{goal.unit}"
    if not values:
        return f"| {text} | {bars} | not measured | | |"
    middle = statistics.median(values)
    beside = figures(results[case.name].get("reference", []), goal.figure)
    reference = short(statistics.median(beside)) + goal.unit if beside else ""
    return (f"| {text} | {bars} | {short(middle)}{goal.unit} [{short(min(values))} .. {short(max(values))}] "
            f"| {verdict(goal, middle)} | {reference} |")


def failures(results: dict) -> list[str]:
    lines = []
    for name, kinds in results.items():
        for kind, runs in kinds.items():
            bad = [run for run in runs if not run.get("passed")]
            if bad:
                reasons = sorted({reason for run in bad for reason in run.get("failures", ["no result"])})
                lines.append(f"* {name}, {kind}: {len(bad)} of {len(runs)} runs failed: {'; '.join(reasons[:4])}")
    return lines


def to_markdown(notes: dict, cases: list, results: dict, rounds: int) -> str:
    lines = ["# Results", "",
             f"{notes['date']}, commit {notes['commit']}. {notes['cores']} cores ({notes['cpu']}), {notes['memory_gib']} GiB, "
             f"Linux {notes['kernel']}, loopback, load tool on the same machine. Pinned: {notes['pinned']}; "
             f"priority raised by {notes['priority']}.", "",
             f"Medians of {rounds} interleaved rounds, with [least .. most]. A ratio within a tenth of 1 means nothing with "
             "fewer than five rounds. The last column is the bare reference's own figure. `other cores` is how much else "
             f"ran meanwhile: {other_cores(results)}.", "", f"`{notes['command']}`", "",
             "| Measure | Must | Aim | Now | Reached | Reference |", "|---|---|---|---|---|---|"]
    lines += [row(goal, results, case) for case in cases for goal in case.goals]
    bad = failures(results)
    if bad:
        lines += ["", "Runs that failed:", "", *bad]
    return "\n".join(lines) + "\n"


def other_cores(results: dict) -> str:
    values = [v for kinds in results.values() for runs in kinds.values() for v in figures(runs, "other_cores")]
    return f"median {statistics.median(values):.2f}, most {max(values):.2f}" if values else "unknown"
