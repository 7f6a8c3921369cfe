"""Compiles every header of ours alone: a header must bring what it needs.

    check_headers.py [HEADER...]     all under src/ when none is named
"""

import os
import sys
from pathlib import Path

import source_tree

COMPILER = os.environ.get("CXX", "g++")
FLAGS = ["-std=c++23", "-fsyntax-only", "-Isrc", "-Wall", "-Wextra", "-Werror",
         "-Wno-missing-field-initializers", "-x", "c++", "-"]


def check(header: Path) -> list[str]:
    name = header.relative_to(source_tree.ROOT / "src").as_posix()
    # Twice: it must also be guarded.
    code, output = source_tree.run([COMPILER, *FLAGS], stdin=f'#include "{name}"\n#include "{name}"\n')
    return [] if code == 0 else [f"src/{name} does not compile alone:\n{output}"]


def main() -> int:
    named = [Path(word).resolve() for word in sys.argv[1:]]
    version = source_tree.run([COMPILER, "--version"])[1]
    return source_tree.check_all(
        "headers",
        named or source_tree.sources(".h"),
        "headers-cache",
        lambda path: source_tree.fingerprint(path, version, *FLAGS),
        check,
    )


if __name__ == "__main__":
    sys.exit(main())
