"""Runs clang-tidy over our sources, in parallel, skipping what passed before and has not changed since.

    tidy.py [--all | FILE...]     the program's .cc files under src/ and bench/ when none is named; --all: the tests, too

Needs build/tidy (the preset `tidy`): its compile commands, and its precompiled header, built here.
What passed is remembered in build/tidy-cache under a hash of the file, of all it includes, of .clang-tidy, of the
compile command and of clang-tidy's version.
"""

import json
import re
import sys
from pathlib import Path

import source_tree

TIDY = "clang-tidy-19"
BUILD = source_tree.ROOT / "build/tidy"
# Tests may be long tables of cases, look at what they moved from, count down in a condition, and be slow.
FOR_TESTS = "--checks=" + ",".join(
    (
        "-readability-function-size",
        "-performance-*",
        "-bugprone-use-after-move",
        "-bugprone-inc-dec-in-conditions",
        "-bugprone-string-constructor",
    )
)
FINDING = re.compile(r"^\S+:\d+:\d+: (warning|error):")
NOISE = re.compile(r"^(\d+ warnings? (generated|treated)|Suppressed|Use -header-filter|\d+ warnings? and )")


def commands() -> dict[Path, str]:
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    return {Path(entry["file"]).resolve(): entry["command"] for entry in entries}


def is_test(path: Path) -> bool:
    return path.stem.endswith("_test") or "tests" in path.relative_to(source_tree.ROOT).parts


def check(path: Path) -> list[str]:
    command = [TIDY, "--quiet", "-p", str(BUILD), str(path)]
    if is_test(path):
        command.insert(1, FOR_TESTS)
    code, output = source_tree.run(command)
    if code == 0:
        return []
    lines = [line for line in output.splitlines() if line and not NOISE.match(line)]
    # One item a finding, with its notes and its picture of the line: a header's finding must be told once.
    findings: list[str] = []
    for line in lines:
        line = line.replace(f"{source_tree.ROOT}/", "")
        if FINDING.match(line) or not findings:
            findings.append(line)
        else:
            findings[-1] += "\n" + line
    return findings or [f"{path}: clang-tidy ended with {code}"]


def main() -> int:
    known = commands()
    words = sys.argv[1:]
    named = [Path(word).resolve() for word in words if word != "--all"]
    paths = named or source_tree.sources(".cc", folders=("src", "tests", "bench"))
    if not words:
        paths = [path for path in paths if not is_test(path)]
    unknown = [path for path in paths if path not in known]
    if named and unknown:
        source_tree.die(f"not in {BUILD}/compile_commands.json: {unknown[0]}")
    # Files that this configuration does not build (fuzz targets have their own) are left out.
    paths = [path for path in paths if path in known]
    context = [source_tree.run([TIDY, "--version"])[1], FOR_TESTS]
    context += [(source_tree.ROOT / ".clang-tidy").read_text()]
    return source_tree.check_all(
        "clang-tidy",
        paths,
        "tidy-cache",
        lambda path: source_tree.fingerprint(path, *context, known[path]),
        check,
    )


if __name__ == "__main__":
    sys.exit(main())
