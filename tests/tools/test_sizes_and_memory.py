"""check_sizes.py finds copied code; source_tree.py notices every change that matters."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import check_sizes  # noqa: E402
import source_tree  # noqa: E402


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setattr(source_tree, "ROOT", tmp_path)
    (tmp_path / "src/a").mkdir(parents=True)
    source_tree._own_includes.cache_clear()
    source_tree._digest.cache_clear()
    yield tmp_path
    source_tree._own_includes.cache_clear()
    source_tree._digest.cache_clear()


def lines(n: int, word: str = "value") -> str:
    return "".join(f"  {word}_{i} = compute({i});\n" for i in range(n))


def copies(tree: Path, **files: str) -> list[str]:
    paths = []
    for name, text in files.items():
        paths.append(tree / "src/a" / f"{name}.cc")
        paths[-1].write_text(text)
    return check_sizes.copies(paths)


def test_a_copy_is_found_once(tree):
    found = copies(tree, one=lines(15), two="// another file\nint x;\n" + lines(15))
    assert found == ["src/a/one.cc:1 and src/a/two.cc:3 hold the same 12 lines or more"]


def test_comments_and_white_space_do_not_hide_a_copy(tree):
    moved = lines(12).replace("  ", "      ").replace(";\n", ";  // why\n\n")
    assert len(copies(tree, one=lines(12), two=moved)) == 1


def test_short_runs_and_includes_are_no_copies(tree):
    head = "".join(f'#include "base/h{i}.h"\n' for i in range(20))
    assert copies(tree, one=head + lines(11), two=head + lines(11)) == []


def test_a_table_of_equal_lines_is_no_copy(tree):
    assert copies(tree, one="  {nullptr, nullptr},\n" * 15) == []


def fingerprint(tree: Path) -> str:
    source_tree._own_includes.cache_clear()
    source_tree._digest.cache_clear()
    return source_tree.fingerprint(tree / "src/a/one.cc", "version 1")


def test_fingerprint_follows_includes(tree):
    (tree / "src/a/one.cc").write_text('#include "a/one.h"\n')
    (tree / "src/a/one.h").write_text('#include "a/two.h"\n')
    (tree / "src/a/two.h").write_text("int a;\n")
    (tree / "src/a/other.h").write_text("int b;\n")
    before = fingerprint(tree)
    (tree / "src/a/other.h").write_text("int c;\n")
    assert fingerprint(tree) == before
    (tree / "src/a/two.h").write_text("long a;\n")
    assert fingerprint(tree) != before
    assert source_tree.fingerprint(tree / "src/a/one.cc", "version 2") != fingerprint(tree)


def test_what_passed_is_skipped_and_what_failed_is_not(tree, capsys):
    paths = [tree / "src/a/good.cc", tree / "src/a/bad.cc"]
    for path in paths:
        path.write_text(path.stem)
    looked_at = []

    def check(path: Path) -> list[str]:
        looked_at.append(path.stem)
        return ["complaint"] if path.stem == "bad" else []

    def run() -> int:
        return source_tree.check_all("test", paths, "cache", source_tree.fingerprint, check)

    assert run() == 1
    assert sorted(looked_at) == ["bad", "good"]
    assert run() == 1
    assert looked_at[2:] == ["bad"]
    assert capsys.readouterr().out.count("complaint\n") == 2
