"""Our sources, what they include, and a memory of what has been checked already. Shared by the checks in tools/."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def sources(*suffixes: str, folders: Iterable[str] = ("src",)) -> list[Path]:
    """Files below the folders, by suffix, in a stable order."""
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes and path.is_file()
    )


@cache
def _own_includes(path: Path) -> tuple[Path, ...]:
    found = []
    for name in INCLUDE.findall(path.read_text(errors="replace")):
        for base in (ROOT / "src", path.parent, ROOT):
            if (base / name).is_file():
                found.append((base / name).resolve())
                break
    return tuple(found)


def closure(path: Path) -> list[Path]:
    """The file and every file of ours that it includes, directly or not."""
    seen, todo = set(), [path.resolve()]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(_own_includes(current))
    return sorted(seen)


@cache
def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def fingerprint(path: Path, *context: str) -> str:
    """Changes with the file, with what it includes and with the context (tool version, settings)."""
    total = hashlib.sha256("\0".join(context).encode())
    for part in closure(path):
        total.update(str(part.relative_to(ROOT)).encode() + b"\0" + _digest(part))
    return total.hexdigest()


class CheckedBefore:
    """Remembers fingerprints that passed, as empty files."""

    def __init__(self, name: str):
        self._folder = ROOT / "build" / name
        self._folder.mkdir(parents=True, exist_ok=True)

    def has(self, key: str) -> bool:
        try:
            os.utime(self._folder / key)
            return True
        except FileNotFoundError:
            return False

    def add(self, key: str) -> None:
        (self._folder / key).touch()


def run(command: list[str], stdin: str | None = None) -> tuple[int, str]:
    done = subprocess.run(
        command, cwd=ROOT, text=True, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.returncode, done.stdout


def check_all(
    what: str,
    paths: list[Path],
    cache_name: str,
    key_of: Callable[[Path], str],
    check: Callable[[Path], list[str]],
) -> int:
    """Runs `check` over the paths that did not pass before; prints its complaints; gives the exit code."""
    memory = CheckedBefore(cache_name)
    keys = {path: key_of(path) for path in paths}
    todo = [path for path in paths if not memory.has(keys[path])]
    # Big files first, so that the last worker does not start on one when all others are done.
    todo.sort(key=lambda path: -path.stat().st_size)
    shown: set[str] = set()
    bad = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for path, complaints in zip(todo, pool.map(check, todo)):
            if not complaints:
                memory.add(keys[path])
                continue
            bad += 1
            # A finding in a header comes back from each file that includes it: shown once.
            for complaint in complaints:
                if complaint not in shown:
                    shown.add(complaint)
                    print(complaint.rstrip(), flush=True)
    print(f"{what}: {len(paths)} files, {len(todo)} looked at, {bad} with complaints", flush=True)
    return 1 if bad else 0


def die(text: str) -> None:
    print(text, file=sys.stderr)
    sys.exit(2)
