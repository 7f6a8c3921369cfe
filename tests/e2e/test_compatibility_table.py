"""docs/COMPATIBILITY.md names a test for every row, and every test it names exists."""
import ast
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLE = HERE.parents[1] / "docs" / "COMPATIBILITY.md"
WITHOUT_TEST = {"114", "115"}  # their notes say why


def rows():
    out = []
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"H?\d+", cells[0]):
            out.append(cells)
    return out


def existing_tests():
    names = set()
    for path in HERE.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                names.add(node.name)
    return names


def test_every_row_is_there_once():
    numbers = [row[0] for row in rows()]
    assert numbers == [str(n) for n in range(1, 119)] + [f"H{n}" for n in range(1, 18)]


def test_every_row_has_behaviour_tag_and_a_test_that_exists():
    existing = existing_tests()
    for number, behaviour, tag, named, note in rows():
        assert behaviour and re.fullmatch(r"[ROBLSN](, [ROBLSN])*", tag), number
        found = re.findall(r"`(test_\w+)`", named)
        if number in WITHOUT_TEST:
            assert not found and note, number
            continue
        assert found, f"row {number} has no test"
        for name in found:
            assert name in existing, f"row {number}: {name}"
            digits = [int(d) for d in re.findall(r"\d+", name)]
            assert int(number.lstrip("H")) in digits, f"row {number}: {name} is about another row"


def test_every_numbered_test_is_in_the_table():
    text = TABLE.read_text()
    for name in existing_tests():
        if re.match(r"test_(http_\d\d|\d\d\d)_", name):
            base = re.match(r"test_(http_\d\d|\d\d\d)_", name)[0]
            assert f"`{name}`" in text or f"`{base}" in text, name
