"""Checks every #include under src/ against tools/layers.toml.

    check_layers.py [ROOT]      prints each breach as file:line: text; exits with 1 when there is one

The rules: folders include downwards only, siblings never (but for the listed exceptions), and so do the link
edges in src/CMakeLists.txt; a third-party header is included only by the files that own it, and by no header of
ours; nobody includes a .cc file; an include of ours is written as "folder/file.h" from src/ and the file exists;
private paths stay private; headers from outside src/ are for the files that are named with them; every exception is used.
"""

import re
import sys
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
TEST_FILE = re.compile(r"(^|[/_])(test|tests|testing|case|fake|fixture)(_\w+)?\.(cc|h)$")


@dataclass
class Rules:
    layer_of: dict[str, int]
    only: dict[str, list[str]]
    exceptions: list[dict[str, str]]
    third_party: dict[str, list[str]]
    system: dict[str, list[str]]
    private: dict[str, list[str]] = field(default_factory=dict)
    outside: dict[str, list[str]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    @staticmethod
    def load(text: str) -> "Rules":
        table = tomllib.loads(text)
        layer_of = {
            folder: int(number) for number, folders in table["layers"].items() for folder in folders
        }
        for name, lower in table.get("only", {}).items():
            for folder in lower:
                allowed = layer_of[folder] < layer_of[name]
                excepted = any(
                    e["from"] == name and e["to"].startswith(folder + "/")
                    for e in table.get("exception", [])
                )
                if not allowed and not excepted:
                    raise ValueError(f"layers.toml: only.{name} names {folder}, which is not below it")
        return Rules(
            layer_of=layer_of,
            only=table.get("only", {}),
            exceptions=table.get("exception", []),
            third_party=table.get("third_party", {}),
            system=table.get("system", {}),
            private=table.get("private", {}),
            outside=table.get("outside", {}),
        )

    def excepted(self, folder: str, target: str) -> bool:
        for i, exception in enumerate(self.exceptions):
            if exception["from"] == folder and fnmatchcase(target, exception["to"]):
                self.used.add(i)
                return True
        return False


def owners(table: dict[str, list[str]], header: str) -> list[str] | None:
    for pattern, files in table.items():
        if fnmatchcase(header, pattern):
            return files
    return None


def is_owner(file: str, patterns: list[str]) -> bool:
    """Whether the file is named by a pattern; the word "tests" names every test file."""
    return any(
        bool(TEST_FILE.search(file)) if pattern == "tests" else fnmatchcase(file, pattern)
        for pattern in patterns
    )


def check_own_include(rules: Rules, file: str, target: str, sources: set[str]) -> str | None:
    """What is wrong with `#include "target"` in src/<file>, or None."""
    folder, to = file.split("/")[0], target.split("/")[0]
    if target.endswith(".cc"):
        return "includes a .cc file"
    outside = owners(rules.outside, target)
    if outside is not None:
        return None if is_owner(file, outside) else f'"{target}" belongs to {", ".join(outside)}'
    if target not in sources:
        return f'"{target}" is no file under src/ (write the path from src/)'
    if TEST_FILE.search(target) and not TEST_FILE.search(file):
        return f'"{target}" is for tests only'
    private_to = owners(rules.private, target)
    if private_to is not None and not is_owner(file, private_to):
        return f'"{target}" is private to {", ".join(private_to)}'
    if folder == to:
        return None
    if folder not in rules.layer_of or to not in rules.layer_of:
        return f"{folder if folder not in rules.layer_of else to} is in no layer of tools/layers.toml"
    if rules.layer_of[to] >= rules.layer_of[folder]:
        if rules.excepted(folder, target):
            return None
        relation = "a sibling" if rules.layer_of[to] == rules.layer_of[folder] else "a higher layer"
        return f'{folder} (L{rules.layer_of[folder]}) may not include "{target}": {to} is {relation}'
    if folder in rules.only and to not in rules.only[folder]:
        if rules.excepted(folder, target):
            return None
        return f'{folder} may not include "{target}": it sees only {", ".join(rules.only[folder])}'
    return None


def check_system_include(rules: Rules, file: str, target: str) -> str | None:
    """What is wrong with `#include <target>` in src/<file>, or None."""
    files = owners(rules.third_party, target)
    if files is not None:
        if file.endswith(".h") and not TEST_FILE.search(file):
            return f"<{target}> is third-party: only .cc files may include it"
        if TEST_FILE.search(file):
            folders = {pattern.split("/")[0] for pattern in files}
            if file.split("/")[0] in folders or is_owner(file, files):
                return None
        elif is_owner(file, files):
            return None
        return f"<{target}> belongs to {', '.join(files)}"
    files = owners(rules.system, target)
    if files is not None and not TEST_FILE.search(file) and not is_owner(file, files):
        return f"<{target}> belongs to {', '.join(files)}"
    if files is None and ("/" in target or target.endswith((".hpp", ".hh"))):
        known = ("sys/", "netinet/", "arpa/", "linux/", "net/", "bits/")
        if not target.startswith(known):
            return f"<{target}> has no owner in tools/layers.toml"
    return None


def check_file(rules: Rules, file: str, text: str, sources: set[str]) -> list[str]:
    breaches = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, target = match.groups()
        if quote == '"':
            breach = check_own_include(rules, file, target, sources)
        else:
            breach = check_system_include(rules, file, target)
        if breach:
            breaches.append(f"src/{file}:{number}: {breach}")
    return breaches


MODULE = re.compile(r"^strims_module\((\w+)([^)]*)\)", re.MULTILINE)


def check_links(rules: Rules, cmake: str) -> list[str]:
    """What is wrong with the DEPS of the strims_module() lines."""
    breaches = []
    for name, rest in MODULE.findall(cmake):
        words = rest.split()
        deps = words[words.index("DEPS") + 1 :] if "DEPS" in words else []
        if "LIBS" in deps:
            deps = deps[: deps.index("LIBS")]
        for dep in deps:
            if name not in rules.layer_of or dep not in rules.layer_of:
                breaches.append(f"src/CMakeLists.txt: {name} or {dep} is in no layer of tools/layers.toml")
                continue
            below = rules.layer_of[dep] < rules.layer_of[name] and dep in rules.only.get(name, [dep])
            excepted = any(
                e["from"] == name and e["to"].startswith(dep + "/") for e in rules.exceptions
            )
            if not below and not excepted:
                breaches.append(f"src/CMakeLists.txt: {name} may not link {dep}")
    return breaches


def check_tree(root: Path) -> list[str]:
    src = root / "src"
    rules = Rules.load((root / "tools/layers.toml").read_text())
    files = sorted(p for p in src.rglob("*") if p.suffix in (".h", ".cc"))
    sources = {p.relative_to(src).as_posix() for p in files}
    breaches = []
    for path in files:
        breaches += check_file(rules, path.relative_to(src).as_posix(), path.read_text(), sources)
    cmake = src / "CMakeLists.txt"
    if cmake.exists():
        breaches += check_links(rules, cmake.read_text())
    for i, exception in enumerate(rules.exceptions):
        # Only once both folders have been begun: an exception may be written before its first use.
        both = all((src / exception[end].split("/")[0]).is_dir() for end in ("from", "to"))
        if both and i not in rules.used:
            breaches.append(
                f"tools/layers.toml: nobody uses the exception {exception['from']} -> {exception['to']}"
            )
    return breaches


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    breaches = check_tree(root)
    print("\n".join(breaches) if breaches else "layers: fine")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
