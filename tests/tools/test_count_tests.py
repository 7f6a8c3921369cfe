"""The sum that script/test prints."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import count_tests  # noqa: E402

CTEST = """<testsuite tests="3" failures="1">
<testcase name="base" status="run"/>
<testcase name="net" status="fail"><failure message=""/></testcase>
<testcase name="fuzz_replay_ws" status="run"/>
</testsuite>"""


def gtest(passed: int, failed: int) -> str:
    good = '<testcase name="a" status="run"/>' * passed
    bad = '<testcase name="b" status="run"><failure message="x"/></testcase>' * failed
    return f"<testsuites><testsuite>{good}{bad}</testsuite></testsuites>"


def test_programs_are_counted_by_their_cases(tmp_path):
    (tmp_path / "gtest").mkdir()
    (tmp_path / "ctest.xml").write_text(CTEST)
    (tmp_path / "gtest/base_test.xml").write_text(gtest(10, 0))
    (tmp_path / "gtest/net_test.xml").write_text(gtest(5, 2))
    assert count_tests.count(tmp_path) == (10 + 5 + 1, 2)


def test_a_crashed_program_counts_as_one_failure(tmp_path):
    (tmp_path / "ctest.xml").write_text(CTEST)
    assert count_tests.count(tmp_path) == (2, 1)


def test_pytest_skips_count_as_neither(tmp_path):
    (tmp_path / "pytest.xml").write_text(
        '<testsuites><testsuite><testcase name="a"/><testcase name="b"><skipped/></testcase>'
        '<testcase name="c"><error message="x"/></testcase></testsuite></testsuites>'
    )
    assert count_tests.count(tmp_path) == (1, 1)


def test_node_summary_plain_and_coloured(tmp_path):
    (tmp_path / "node.log").write_text("# tests 5\n# pass 4\n# fail 1\n")
    assert count_tests.count(tmp_path) == (4, 1)
    (tmp_path / "node.log").write_text("\x1b[34m\u2139 pass 7\x1b[39m\n\u2139 fail 0\n")
    assert count_tests.count(tmp_path) == (7, 0)


def test_nothing_there(tmp_path):
    assert count_tests.count(tmp_path) == (0, 0)
