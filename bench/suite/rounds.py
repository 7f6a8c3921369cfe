"""Strims and its reference in turn, round after round, with word of how far it is."""
import json
import subprocess
import time
from pathlib import Path

from .servers import say


def run_rounds(chosen: list, rounds: int, measure, head_line) -> dict:
    """`measure(case, kind)` gives the figures of one run, kind being "strims" or "reference"; `head_line(case, kind,
    result)` what is told of them. All results, by case and kind."""
    results: dict = {case.name: {} for case in chosen}
    total = rounds * sum(2 if case.reference else 1 for case in chosen)
    done, began = 0, time.monotonic()
    for number in range(rounds):
        for case in chosen:
            kinds = ["strims", "reference"] if case.reference else ["strims"]
            for kind in kinds if number % 2 == 0 else reversed(kinds):
                result = measure(case, kind)
                results[case.name].setdefault(kind, []).append(result)
                done += 1
                left = (time.monotonic() - began) / done * (total - done)
                say(f"[{done}/{total}, {left / 60:.0f} min left] round {number + 1}, {head_line(case, kind, result)}")
    return results


def result_of(process: subprocess.Popen, log: Path) -> dict:
    """What a load tool says at its end; when it says nothing, a failed run with the end of its log."""
    out, _ = process.communicate()
    try:
        return json.loads(out)
    except ValueError:
        tail = log.read_text(errors="replace")[-300:]
        return {"passed": False, "failures": [f"no result, exit {process.returncode}: {tail}"]}
