"""One process of the program: started, spoken to on the command line, stopped, killed, started again."""
import json
import os
import queue
import random
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import weakref
from pathlib import Path

from .timing import eventually, patience

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(r"^Strims is ready: (https?)://([^/:]+|\[[^\]]+\]):(\d+)/$")
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:")

# Limits that would only make tests slow. Tests of a limit set it themselves.
TEST_SETTINGS = {
    "server.shards": 2,
    "server.drain_seconds": 2,
    "auth.argon2_memory_kib": 8,
    "auth.argon2_passes": 1,
    "auth.login_attempts_per_minute": 0,
    "auth.login_attempts_per_address": 0,
    "auth.registrations_per_hour_per_address": 0,
    "auth.refreshes_per_minute_per_address": 0,
    "http.auth_requests_per_minute_per_address": 0,
    "chat.throttle_base_ms": 0,
    "chat.whisper_min_account_age_seconds": 0,
    "stream.rtmp_listen": [],
}
# Any test over the other engine: STRIMS_TEST_TRANSPORT=io_uring script/test e2e
if os.environ.get("STRIMS_TEST_TRANSPORT"):
    TEST_SETTINGS["server.transport"] = os.environ["STRIMS_TEST_TRANSPORT"]


def binary() -> str:
    return os.environ.get("STRIMS_BIN", str(ROOT / "build/release/strims"))


def environment_of(settings: dict) -> dict:
    def text(value):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (list, tuple)):
            return ",".join(str(v) for v in value)
        return str(value)

    return {"STRIMS_" + key.upper().replace(".", "__"): text(value) for key, value in settings.items()}


_ALL = weakref.WeakSet()


def logs_of_all() -> list:
    """(folder, last lines) of every server that is not done with, for the report of a test that failed."""
    def told(server):
        return "\n".join([line for line in server.log_text().splitlines() if '"event":"http.request"' not in line][-60:])

    return [(str(server.folder), told(server)) for server in _ALL]


class StartFailed(Exception):
    pass


class Server:
    """`settings` are configuration keys ("chat.throttle_base_ms": 0), given to the program as environment."""

    def __init__(self, folder, settings=None, config_file=None, before_exec=None):
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.log_path = self.folder / "log.jsonl"
        self.settings = {**TEST_SETTINGS, **(settings or {})}
        self.config_file = config_file
        self.before_exec = before_exec
        self.process = None
        self.scheme, self.host, self.port = "http", "127.0.0.1", 0
        self.exit_code = None
        self._lines = None
        _ALL.add(self)

    # --- life

    def environment(self) -> dict:
        inherited = {k: v for k, v in os.environ.items() if not (k.startswith("STRIMS_") and "__" in k)}
        return {**inherited, **environment_of(self.settings)}

    def start(self, timeout=20.0) -> "Server":
        assert self.process is None, "already running"
        self.port = self.port or free_port()
        args = [binary(), "serve", "--listen", f"127.0.0.1:{self.port}", "--data", str(self.data)]
        if self.config_file:
            args += ["--config", str(self.config_file)]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL,
                                            env=self.environment(), preexec_fn=self.before_exec)
        self._lines = queue.Queue()
        threading.Thread(target=self._read_stdout, args=(self.process, self._lines), daemon=True).start()
        try:
            line = self._lines.get(timeout=patience(timeout))
        except queue.Empty:
            line = None
        found = READY.match(line.strip()) if line else None
        if not found:
            self.process.kill()
            self.process.wait()
            self.exit_code, self.process = self.process.returncode, None
            raise StartFailed(f"first line {line!r}, exit {self.exit_code}, log:\n{self.log_text()[-2000:]}")
        self.scheme, self.host, self.port = found[1], found[2].strip("[]"), int(found[3])
        return self

    @staticmethod
    def _read_stdout(process, lines):
        for line in process.stdout:
            lines.put(line.decode())
        lines.put(None)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        return self.process.pid

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=15.0) -> int:
        code = self.process.wait(patience(timeout))
        self.exit_code, self.process = code, None
        return code

    def stop(self, timeout=15.0) -> int:
        """SIGTERM; the exit code. A program that does not go is killed and that is an error."""
        if self.process is None:
            return self.exit_code
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.wait()
            raise AssertionError(f"the server did not stop within {patience(timeout)} s of SIGTERM")

    def kill(self):
        self.process.kill()
        self.wait()

    def restart(self) -> "Server":
        self.stop()
        return self.start()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    # --- what it wrote

    def log_text(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def log(self, event=None) -> list:
        out = []
        for line in self.log_text().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if event is None or entry.get("event") == event:
                out.append(entry)
        return out

    def await_log(self, event, timeout=5.0, where=lambda entry: True):
        return eventually(lambda: [e for e in self.log(event) if where(e)], timeout)[-1]

    def check_log(self):
        """After the end: every line is JSON, and no sanitizer has complained."""
        text = self.log_text()
        found = SANITIZER.search(text)
        assert not found, "sanitizer:\n" + text[max(0, found.start() - 200):found.start() + 6000]
        for line in text.splitlines():
            entry = json.loads(line)
            assert isinstance(entry, dict) and "event" in entry, line

    # --- the command line, beside it

    def cli(self, *args, check=True, stdin="", timeout=30.0) -> subprocess.CompletedProcess:
        done = subprocess.run([binary(), *args], input=stdin, capture_output=True, text=True,
                              timeout=patience(timeout), env=self.environment())
        if check and done.returncode != 0:
            raise AssertionError(f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def create_user(self, name, password="correct horse", role="user", features=()):
        args = ["user", "create", "--data", str(self.data), "--name", name, "--password", password, "--role", role]
        for feature in features:
            args += ["--feature", feature]
        return self.cli(*args)

    def login_key(self, name) -> str:
        return self.cli("token", "login-key", "--data", str(self.data), "--user", name).stdout.strip()

    def stored(self, query, *values) -> set:
        """The first column of what the database has."""
        with sqlite3.connect(f"file:{next(self.data.glob('*.db'))}?mode=ro", uri=True) as db:
            return {row[0] for row in db.execute(query, values)}

    def stored_presence(self) -> set:
        """Numbers of the users who are stored as present, which happens about once a second."""
        return self.stored("SELECT user_id FROM presence")

    def stored_addresses(self, user) -> set:
        """From where he has connected, which is noted behind the answer."""
        return self.stored("SELECT address FROM user_addresses WHERE user_id = ?", user)

    def memory_bytes(self) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def free_port() -> int:
    """None that the system hands out by itself: somebody's connection could get it before it is used."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(10_000, max(lowest, 20_000))
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def wait_until_refused(port, timeout=5.0):
    def refused():
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return True
        return False

    eventually(refused, timeout)


__all__ = ["Server", "StartFailed", "binary", "environment_of", "free_port", "wait_until_refused", "time"]
