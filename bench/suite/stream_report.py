"""The table of bench/stream_run.py."""
import statistics

from . import report

# What is shown beside the goals.
FIGURES = (
    ("server_cores", "server, cores"), ("cpu_percent_per_stream", "a stream, % of a core"),
    ("megabits_per_second", "Mb/s"), ("requests_per_second", "requests/s"),
    ("part_latency_p50_ms", "a part, p50 ms"), ("part_latency_p99_ms", "p99 ms"),
    ("late_p99_ms", "sent late, p99 ms"), ("server_memory_mib", "memory, MiB"),
    ("load_cores", "load tool, cores"), ("other_cores", "others, cores"))
KINDS = {"strims": "Strims", "reference": "nginx-rtmp"}


def head_line(case, kind: str, result: dict) -> str:
    shown = [f"{name} {result[name]:g}" for name in ("cpu_percent_per_stream", "server_cores", "part_latency_p99_ms",
                                                     "origin_share", "other_cores") if name in result]
    return f"{case.name}, {KINDS[kind]}: " + ", ".join(shown) + ("" if result["passed"] else "  FAILED: " + "; ".join(result["failures"])[:200])


def details(cases: list, results: dict) -> list[str]:
    lines = ["| Run | " + " | ".join(text for _, text in FIGURES) + " |", "|---" * (len(FIGURES) + 1) + "|"]
    for case in cases:
        for kind, runs in results[case.name].items():
            cells = []
            for name, _ in FIGURES:
                values = report.figures(runs, name)
                cells.append(report.short(statistics.median(values)) if values else "")
            lines.append(f"| {case.text}: {KINDS[kind]} | " + " | ".join(cells) + " |")
    return lines


def to_markdown(notes: dict, cases: list, results: dict, rounds: int, remark: str) -> str:
    lines = ["# Live video: results", "",
             f"{notes['date']}, {notes['program']}. {notes['cores']} cores ({notes['cpu']}), {notes['memory_gib']} GiB, "
             f"Linux {notes['kernel']}, loopback, load tool on the same machine. Pinned: {notes['pinned']}; "
             f"priority raised by {notes['priority']}.", ""]
    lines += [f"**{remark}**", ""] if remark else []
    lines += ["Every publisher sends 720p30 H.264 of 2.5 Mb/s CBR, 2 s GOP, with AAC of 128 kb/s, in real time. Strims makes "
              "low-latency HLS in memory and an fMP4 recording of it; nginx-rtmp (Debian's, one worker) HLS of MPEG-TS and an "
              "FLV recording, both on disk. No thumbnails. CPU is user and system time of all processes of the server.", "",
              f"Medians of {rounds} interleaved rounds, with [least .. most]; ratios round by round. Other cores is how much "
              f"else ran meanwhile: {report.other_cores(results)}.", "", f"`{notes['command']}`", "",
              "| Measure | Must | Aim | Now | Reached | nginx-rtmp |", "|---|---|---|---|---|---|"]
    lines += [report.row(goal, results, case) for case in cases for goal in case.goals]
    lines += ["", "A part's time is from the end of its last frame (PROGRAM-DATE-TIME and position) until a viewer has all of "
              "it. nginx as a cache looks only every half second whether what it waits for has come (`proxy_cache_lock`); "
              "that is its time, not the server's.", ""]
    lines += details(cases, results)
    bad = report.failures(results)
    if bad:
        lines += ["", "Runs that failed (`reference` is nginx-rtmp):", "", *bad]
    return "\n".join(lines) + "\n"
