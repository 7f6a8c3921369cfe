"""File sizes and copied code.

A source over 400 lines fails; one over 300 is named as a note. A run of lines that stands in two places fails:
white space, comments, braces and includes do not count as lines.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

import source_tree

LIMIT = 400
NOTE = 300
# So many lines of substance in a row, the same in two places, are a copy.
COPY_LINES = 12
FOLDERS = ("src", "tests", "bench", "tools")
SUFFIXES = (".h", ".cc", ".py", ".js", ".mjs", ".ts")


def substance(path: Path) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    kept = []
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
        line = re.sub(r"\s+", " ", re.sub(r"(^|\s)(//|#(?!include|define)).*$", "", line)).strip()
        if len(line) > 3 and not line.startswith(("#include", "import ", "from ", "namespace ", "using ")):
            kept.append((number, line))
    return kept


def copies(paths: list[Path]) -> list[str]:
    places: dict[tuple[str, ...], list[tuple[Path, int]]] = defaultdict(list)
    lines_of = {path: substance(path) for path in paths}
    for path, lines in lines_of.items():
        for i in range(len(lines) - COPY_LINES + 1):
            window = tuple(line for _, line in lines[i : i + COPY_LINES])
            places[window].append((path, lines[i][0]))
    found = []
    told: set[tuple[Path, Path]] = set()
    for where in places.values():
        # Two windows of one file that overlap are a repeated pattern (a table), not a copy.
        first = where[0]
        for other in where[1:]:
            pair = (first[0], other[0])
            if pair in told or (first[0] == other[0] and other[1] - first[1] < COPY_LINES):
                continue
            told.add(pair)
            found.append(f"{show(*first)} and {show(*other)} hold the same {COPY_LINES} lines or more")
    return found


def show(path: Path, line: int) -> str:
    return f"{path.relative_to(source_tree.ROOT)}:{line}"


def main() -> int:
    paths = [
        path
        for path in source_tree.sources(*SUFFIXES, folders=FOLDERS)
        if not {"node_modules", "vendor", "dist", "fixtures"} & set(path.parts)
    ]
    bad = 0
    for path in paths:
        count = len(path.read_text(errors="replace").splitlines())
        if count > LIMIT:
            bad += 1
            print(f"{path.relative_to(source_tree.ROOT)}: {count} lines, the limit is {LIMIT}")
        elif count > NOTE:
            print(f"note: {path.relative_to(source_tree.ROOT)} has {count} lines")
    for complaint in copies(paths):
        bad += 1
        print(complaint)
    print(f"sizes: {len(paths)} files, {bad} complaints")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
