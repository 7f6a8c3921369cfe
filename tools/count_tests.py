"""Adds up test results.

    count_tests.py DIR      prints "PASSED FAILED" for what one part of script/test left in DIR

DIR may hold, each optional:
  ctest.xml   ctest's JUnit file: one case per test program
  gtest/*.xml GoogleTest's files: one case per TEST; they replace the program's single case in ctest.xml
  pytest.xml  pytest's JUnit file
  node.log    the output of `node --test`, whose summary has the lines "pass N" and "fail N"
"""

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def count_junit(path: Path) -> tuple[int, int]:
    """Passed and failed cases of a JUnit file; skipped ones count as neither."""
    passed = failed = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.get("status") in ("fail", "notrun", "disabled") or case.find("skipped") is not None:
            failed += case.get("status") == "fail"
        else:
            passed += 1
    return passed, failed


def count_ctest(directory: Path) -> tuple[int, int]:
    passed, failed = count_junit(directory / "ctest.xml")
    for path in sorted((directory / "gtest").glob("*.xml")):
        cases_passed, cases_failed = count_junit(path)
        # The program itself was one case. A program that fails although its cases pass stays one failure.
        if cases_failed:
            failed += cases_failed - 1
            passed += cases_passed
        else:
            passed += max(cases_passed - 1, 0)
    return passed, failed


def count_node(path: Path) -> tuple[int, int]:
    text = re.sub(r"\x1b\[[0-9;]*m", "", path.read_text(encoding="utf-8", errors="replace"))

    def total(word: str) -> int:
        return sum(int(n) for n in re.findall(rf"^(?:\S )?{word} (\d+)\s*$", text, re.MULTILINE))

    return total("pass"), total("fail")


def count(directory: Path) -> tuple[int, int]:
    passed = failed = 0
    for name, counter in (
        ("ctest.xml", lambda p: count_ctest(p.parent)),
        ("pytest.xml", count_junit),
        ("node.log", count_node),
    ):
        path = directory / name
        if path.exists():
            more_passed, more_failed = counter(path)
            passed += more_passed
            failed += more_failed
    return passed, failed


if __name__ == "__main__":
    print(*count(Path(sys.argv[1])))
