"""script/bootstrap on made-up machines: a PATH that holds the few real commands it uses, and fakes that keep a log."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Machine:
    def __init__(self, folder: Path):
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        self.log = folder / "log"
        self.log.touch()
        for real in ("bash", "cat", "dirname", "env"):
            (self.bin / real).symlink_to(shutil.which(real))
        wanted = (ROOT / "script/packages.txt").read_text() + (ROOT / "script/packages-test.txt").read_text()
        self.installed = {line for line in wanted.splitlines() if line and not line.startswith("#")}
        self.uid = 0
        self.fake("id", 'echo "${FAKE_UID}"')
        self.fake("apt-get", 'echo "apt-get $*" >> "$LOG"; [[ $1 != install || ! -s $FAIL_ONCE ]] || { : > "$FAIL_ONCE"; exit 100; }')

    def fake(self, name: str, body: str) -> None:
        path = self.bin / name
        path.write_text(f"#!{shutil.which('bash')}\n{body}\n")
        path.chmod(0o755)

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, list[str]]:
        lines = "\n".join(f"{name} installed" for name in sorted(self.installed))
        (self.folder / "status").write_text(lines + "\n")
        self.fake("dpkg-query", f'cat "{self.folder}/status"')
        done = subprocess.run(
            [str(ROOT / "script/bootstrap"), *arguments],
            env={
                "PATH": str(self.bin),
                "LOG": str(self.log),
                "FAKE_UID": str(self.uid),
                "FAIL_ONCE": str(self.folder / "fail-once"),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
        )
        # The words of each call that name packages or commands; options are not looked at.
        calls = [
            " ".join(word for word in line.split() if not word.startswith(("-", "DPkg", "Dpkg")))
            for line in self.log.read_text().splitlines()
        ]
        return done.returncode, done.stderr, calls


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def installs(calls: list[str]) -> list[str]:
    return [call for call in calls if call.startswith("apt-get install")]


def test_nothing_to_do_is_silent(machine):
    assert machine.run() == (0, "", [])
    assert machine.run("--test") == (0, "", [])


def test_missing_packages_are_installed_by_root(machine):
    machine.installed -= {"mold", "ccache"}
    code, said, calls = machine.run()
    assert code == 0
    assert "2 of" in said
    assert installs(calls) == ["apt-get install ccache mold"]


def test_test_packages_only_when_asked_for(machine):
    machine.installed.discard("shellcheck")
    assert machine.run()[2] == []
    assert installs(machine.run("--test")[2]) == ["apt-get install shellcheck"]


def test_npm_is_left_alone_where_the_command_exists(machine):
    machine.installed -= {"npm", "nodejs"}
    machine.fake("node", "")
    machine.fake("npm", "")
    assert machine.run("--test") == (0, "", [])


def test_npm_comes_after_nodejs_and_only_if_that_did_not_bring_it(machine):
    machine.installed -= {"npm", "nodejs"}
    assert installs(machine.run("--test")[2]) == ["apt-get install nodejs", "apt-get install npm"]
    machine.log.write_text("")
    machine.fake("apt-get", f'echo "apt-get $*" >> "$LOG"; : > "{machine.bin}/npm"; {shutil.which("chmod")} +x "{machine.bin}/npm"')
    assert installs(machine.run("--test")[2]) == ["apt-get install nodejs"]


@pytest.mark.skipif(not list(Path("/var/lib/apt/lists").glob("*_Packages*")), reason="no package index here")
def test_a_failed_install_is_tried_again_with_a_fresh_index(machine):
    machine.installed.discard("mold")
    (machine.folder / "fail-once").write_text("once")
    code, _, calls = machine.run()
    assert code == 0
    assert calls == ["apt-get install mold", "apt-get update", "apt-get install mold"]


def test_without_root_and_sudo_it_says_what_to_do(machine):
    machine.installed.discard("mold")
    machine.uid = 1000
    code, said, calls = machine.run()
    assert code == 1
    assert calls == []
    assert "apt-get install -y --no-install-recommends mold" in said


def test_sudo_is_used_when_there(machine):
    machine.installed.discard("mold")
    machine.uid = 1000
    machine.fake("sudo", 'echo "sudo" >> "$LOG"; shift; exec "$@"')
    code, _, calls = machine.run()
    assert code == 0
    assert calls[0] == "sudo"
    assert calls[-1] == "apt-get install mold"


def test_it_can_be_kept_from_installing(machine):
    machine.installed.discard("mold")
    code, said, calls = machine.run(STRIMS_NO_INSTALL="1")
    assert (code, calls) == (1, [])
    assert "mold" in said


def test_another_system_is_left_alone(machine):
    os.unlink(machine.bin / "apt-get")
    code, said, _ = machine.run()
    assert code == 0
    assert "no Debian system" in said


def test_a_wrong_argument_is_refused(machine):
    assert machine.run("--everything")[0] == 2
