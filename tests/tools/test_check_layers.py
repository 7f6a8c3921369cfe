"""The include rule itself: a small tree is written for each case and checked."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import check_layers  # noqa: E402

RULES = """
[layers]
0 = ["base"]
1 = ["model", "text"]
2 = ["storage"]
3 = ["auth", "chat"]
[only]
text = ["base"]
chat = ["storage", "base"]
[[exception]]
from = "chat"
to = "auth/roles.h"
reason = "a table"
[private]
"storage/sqlite/*" = ["storage/*", "tests"]
[third_party]
"sqlite3.h" = ["storage/sqlite/*"]
"fmt/*" = ["*"]
"gtest/*" = ["tests"]
[system]
"sys/epoll.h" = ["storage/*"]
"""

BASE_FILES = {
    "base/error.h": "",
    "model/user.h": '#include "base/error.h"\n',
    "text/fold.h": "",
    "storage/sql.h": "",
    "storage/sqlite/driver.h": "",
    "auth/roles.h": "",
    "auth/password.h": "",
    "base/base_case.h": "",
    "chat/room.cc": '#include "auth/roles.h"\n',
}


def breaches(tmp_path: Path, files: dict[str, str], cmake: str = "") -> list[str]:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/layers.toml").write_text(RULES)
    for name, text in {**BASE_FILES, **files}.items():
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    if cmake:
        (tmp_path / "src/CMakeLists.txt").write_text(cmake)
    return check_layers.check_tree(tmp_path)


def test_downward_includes_are_fine(tmp_path):
    assert breaches(tmp_path, {"chat/a.cc": '#include "storage/sql.h"\n#include <vector>\n'}) == []


@pytest.mark.parametrize(
    ("file", "include", "words"),
    [
        ("base/a.cc", '"model/user.h"', "a higher layer"),
        ("model/a.cc", '"text/fold.h"', "a sibling"),
        ("chat/a.cc", '"auth/password.h"', "a sibling"),
        ("chat/a.cc", '"model/user.h"', "it sees only storage, base"),
        ("chat/a.cc", '"chat/room.cc"', "includes a .cc file"),
        ("auth/a.cc", '"base/base_case.h"', "is for tests only"),
        ("chat/a.cc", '"room.h"', "is no file under src/"),
        ("auth/a.cc", '"storage/sqlite/driver.h"', "is private to"),
        ("auth/a.cc", "<sqlite3.h>", "belongs to storage/sqlite/*"),
        ("storage/sqlite/a.h", "<sqlite3.h>", "only .cc files"),
        ("model/a.h", "<fmt/format.h>", "only .cc files"),
        ("model/a.cc", "<gtest/gtest.h>", "belongs to tests"),
        ("model/a.cc", "<curl/curl.h>", "has no owner"),
        ("model/a.cc", "<sys/epoll.h>", "belongs to storage/*"),
    ],
)
def test_breaches_are_found(tmp_path, file, include, words):
    found = breaches(tmp_path, {file: f"// first line\n#include {include}\n"})
    assert len(found) == 1
    assert found[0].startswith(f"src/{file}:2: ")
    assert words in found[0]


@pytest.mark.parametrize(
    ("file", "include"),
    [
        ("storage/sqlite/a.cc", "<sqlite3.h>"),
        ("storage/a_test.cc", "<sqlite3.h>"),  # a test may use what its module owns
        ("auth/a_test.cc", '"storage/sqlite/driver.h"'),
        ("model/a.cc", "<fmt/format.h>"),
        ("model/a_test.cc", "<gtest/gtest.h>"),
        ("model/test_user.h", "<gtest/gtest.h>"),
        ("model/a_test.cc", '"base/base_case.h"'),
        ("model/a.cc", "<sys/types.h>"),
    ],
)
def test_owners_may_include(tmp_path, file, include):
    assert breaches(tmp_path, {file: f"#include {include}\n"}) == []


def test_an_unused_exception_is_a_breach(tmp_path):
    found = breaches(tmp_path, {"chat/room.cc": ""})
    assert found == ["tools/layers.toml: nobody uses the exception chat -> auth/roles.h"]


def test_link_edges(tmp_path):
    cmake = (
        "strims_module(base LIBS fmt::fmt)\n"
        "strims_module(chat DEPS storage auth base LIBS fmt::fmt)\n"
        "strims_module(model DEPS text base)\n"
    )
    assert breaches(tmp_path, {}, cmake) == ["src/CMakeLists.txt: model may not link text"]


def test_only_must_name_lower_folders():
    with pytest.raises(ValueError, match="only.text names auth"):
        check_layers.Rules.load(RULES.replace('text = ["base"]', 'text = ["auth"]'))


def test_the_rules_of_this_tree_load():
    rules = check_layers.Rules.load((ROOT / "tools/layers.toml").read_text())
    assert rules.layer_of["base"] == 0
    assert all(exception["reason"] for exception in rules.exceptions)
