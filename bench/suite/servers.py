"""Starting the server and the reference, each in a folder of its own, on a core and with a priority of its own."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETTINGS = {
    "chat.throttle_base_ms": 0,
    "auth.login_attempts_per_minute": 0,
    "auth.login_attempts_per_address": 0,
    "auth.registrations_per_hour_per_address": 0,
    "http.auth_requests_per_minute_per_address": 0,
    "log.level": "warn",
    "stream.rtmp_listen": "",
}


class Machine:
    """Where processes run: `pin` is (core of the servers, core of the load tool) or None."""

    def __init__(self, build: Path, pin, priority: int):
        self.build, self.pin, self.priority = build, pin, priority

    def popen(self, args, role: int | None, **kw) -> subprocess.Popen:
        """`role`: which of the two cores; None: every core."""
        def before_exec():
            # A session of its own has a share of the processor of its own (sched_autogroup); raised where it may be.
            os.setsid()
            if self.pin and role is not None:
                os.sched_setaffinity(0, {self.pin[role]})
            if self.priority:
                try:
                    os.nice(-self.priority)
                    Path("/proc/self/autogroup").write_text(str(-self.priority))
                except OSError:
                    pass

        return subprocess.Popen([str(a) for a in args], preexec_fn=before_exec, **kw)


def environment(shards: int, extra: dict) -> dict:
    settings = {**SETTINGS, "server.shards": shards, **extra}
    mine = {"STRIMS_" + key.upper().replace(".", "__"): str(value) for key, value in settings.items()}
    return {**{k: v for k, v in os.environ.items() if not k.startswith("STRIMS_")}, **mine}


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def await_port(port: int, process: subprocess.Popen) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"nothing listens on port {port}")


class Target:
    """A server to be measured, for one run."""

    def __init__(self, machine: Machine, case, kind: str, shards: int, extra: dict):
        self.machine, self.case, self.kind = machine, case, kind
        self.folder = Path(tempfile.mkdtemp(prefix="strims-bench-"))
        self.port = free_port()
        self.env = environment(shards, {**extra, **self.tls_settings()})
        self.process = None

    def tls_settings(self) -> dict:
        if not self.case.tls or self.kind != "strims":
            return {}
        cert, key = self.folder / "cert.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-subj", "/CN=localhost", "-days", "2", "-keyout", key, "-out", cert],
                       check=True, capture_output=True)
        return {"tls.cert": cert, "tls.key": key}

    def command(self) -> list:
        if self.kind == "reference":
            return [self.machine.build / "strims-reference", self.port]
        return [self.machine.build / "strims", "serve", "--listen", f"127.0.0.1:{self.port}", "--data", self.folder]

    def __enter__(self):
        if not self.case.storm:
            with open(self.folder / "log", "ab") as log:
                self.process = self.machine.popen(self.command(), None if self.case.spread else 0, env=self.env, stdout=subprocess.DEVNULL, stderr=log)
            await_port(self.port, self.process)
            if self.case.spread and self.machine.pin:
                self.pin_shard()
        return self

    def pin_shard(self):
        """Its shard has a core of its own; its other threads take what the load tool leaves of the other."""
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            if (task / "comm").read_text().strip() == "shard-0":
                os.sched_setaffinity(int(task.name), {self.machine.pin[0]})

    def load_options(self) -> list:
        options = ["--port", self.port]
        if self.kind == "strims":
            options += ["--data", self.folder]
        if self.process:
            return options + ["--pid", self.process.pid]
        pin = f"taskset -c {self.machine.pin[0]} " if self.machine.pin else ""
        words = " ".join(str(word) for word in self.command())
        return options + ["--server-command", f"{pin}{words} 2>>{self.folder}/log"]

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
