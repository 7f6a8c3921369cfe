"""`strims bench`: what it says about this server, and that it fails when a server does not do as it should."""
import json
import socket
import struct
import subprocess
import threading
from dataclasses import dataclass

import pytest
from rig.server import binary, free_port
from rig.timing import patience

ACCEPT = b"BACScCJPNqyz+UBoqMH89VmURoA="  # for the key that the tool always sends


@pytest.fixture(scope="module")
def server(make_server):
    # The speakers of one test quit before the next one counts frames.
    return make_server({"chat.quit_grace_ms": 0})


def bench(*args):
    done = subprocess.run([binary(), "bench", *map(str, args), "--json"], capture_output=True, text=True,
                          timeout=patience(60))
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        raise AssertionError(f"exit {done.returncode}\n{done.stdout}\n{done.stderr}")


def options_of(server):
    return ["--port", server.port, "--pid", server.pid, "--data", server.data]


@pytest.mark.smoke
def test_fanout_counts_and_passes(server):
    code, result = bench("fanout", *options_of(server), "--receivers", 50, "--rate", 50, "--seconds", 1, "--parse", 10)
    assert code == 0, result
    assert result["passed"] is True and result["failures"] == []
    assert result["connections"] == 51
    assert result["sent"] == result["accepted"] == 50
    assert result["deliveries"] == 50 * 51
    for name in ("missing", "uneven", "lost", "doubled", "reordered", "differing", "refused", "closed"):
        assert result[name] == 0, name
    assert result["cpu_us_per_delivery"] > 0 and result["bytes_per_delivery"] > 100
    assert 0 < result["first_receiver_p50_ms"] <= result["last_receiver_p99_ms"]


def test_several_processes_and_logged_in_receivers(server):
    # All read everything: those who only count cannot tell a JOIN that comes late from a message.
    code, result = bench("fanout", *options_of(server), "--receivers", 40, "--rate", 50, "--seconds", 1, "--parse", 42,
                         "--workers", 3, "--senders", 2, "--logged-in", "--deflate")
    assert code == 0, result
    assert result["deliveries"] == 50 * 42


def test_ingest_with_nonces(server):
    code, result = bench("ingest", *options_of(server), "--senders", 2, "--seconds", 1, "--window", 16, "--nonces")
    assert code == 0, result
    assert result["answered"] == result["sent"] > 0


def test_idle_churn_and_slow(server):
    for args in (["idle", *options_of(server), "--connections", 30, "--seconds", 0.2],
                 ["churn", *options_of(server), "--seconds", 0.5, "--ending", "frame"],
                 ["slow", *options_of(server), "--receivers", 30, "--seconds", 0.5, "--rounds", 1]):
        code, result = bench(*args)
        assert code == 0, result


def test_storm_kills_the_server_and_nothing_is_lost(tmp_path, server):
    port = free_port()
    command = f"{binary()} serve --listen 127.0.0.1:{port} --data {tmp_path} 2>>{tmp_path}/log"
    code, result = bench("storm", "--port", port, "--data", tmp_path, "--receivers", 20, "--rate", 50,
                         "--server-command", command)
    assert code == 0, result
    assert result["cycles"] == 1 and result["all_welcomed_seconds"] > 0
    assert result["acknowledged"] == result["accepted"] > 0


def test_a_wrong_command_line_is_2():
    done = subprocess.run([binary(), "bench", "fanout", "--port", "1", "--no-such-option"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "--no-such-option" in done.stderr


# --- a server that cheats


@dataclass
class Cheat:
    """Shows every line to everybody, but is not true to the second client when the fifth line comes."""

    how: str

    def __post_init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.clients, self.lock, self.seq, self.held = [], threading.Lock(), 0, b""
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        stream = client.makefile("rb")
        while stream.readline().strip():
            pass
        with self.lock:
            client.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           b"Sec-WebSocket-Accept: " + ACCEPT + b"\r\n\r\n" + frame(b"ME null"))
            self.clients.append(client)
        while head := stream.read(2):
            size = head[1] & 0x7F
            if size == 126:
                size = struct.unpack(">H", stream.read(2))[0]
            stream.read(4)
            line = stream.read(size)
            if head[0] & 0x0F == 1:
                self.publish(line)

    def publish(self, line):
        with self.lock:
            self.seq += 1
            shown = frame(line[:-1] + b',"seq":%d}' % self.seq)
            for i, client in enumerate(self.clients):
                client.sendall(self.bent(shown) if i == 1 else shown)

    def bent(self, shown):
        if self.how == "reordered" and self.seq == 6:
            return shown + self.held
        if self.seq != 5 or self.how == "none":
            return shown
        self.held = shown
        return shown * 2 if self.how == "doubled" else b""


def frame(payload):
    size = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + struct.pack(">H", len(payload))
    return b"\x81" + size + payload


@pytest.mark.parametrize("how, parse", [("none", 5), ("lost", 5), ("doubled", 5), ("reordered", 5), ("lost", 1)])
def test_a_server_that_cheats_is_found_out(how, parse):
    cheat = Cheat(how)
    code, result = bench("fanout", "--port", cheat.port, "--receivers", 5, "--rate", 40, "--seconds", 0.5,
                         "--parse", parse, "--connecting", 1, "--patience", 10 if how == "none" else patience(2),
                         "--warmup", 0)
    cheat.listener.close()
    if how == "none":
        assert code == 0, result
        return
    assert code == 1 and result["passed"] is False and result["failures"]
    # Whoever only counts cannot tell which message it is that lacks.
    assert result[how if parse == 5 else "missing"] > 0
