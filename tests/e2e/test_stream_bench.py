"""The load tool of live video: what it says about this server, and that it fails when a server does not do as it should."""
import contextlib
import json
import socket
import struct
import subprocess
import threading
from pathlib import Path

import pytest
from rig import clips
from rig.server import ROOT, binary
from rig.stream import Channel, rtmp_port, stream_settings
from rig.timing import patience

TOOL = Path(binary()).parent / "strims-stream-load"

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason="strims-stream-load is not built")


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings())


def load(*args):
    done = subprocess.run([TOOL, *map(str, args), "--json"], capture_output=True, text=True, timeout=patience(60))
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        raise AssertionError(f"exit {done.returncode}\n{done.stdout}\n{done.stderr}")


def publish(server, tmp_path, names, seconds=3.0):
    (tmp_path / "names").write_text("".join(name + "\n" for name in names))
    return load("publish", "--port", rtmp_port(server), "--pid", server.pid, "--file", clips.SMALL.path, "--names",
                tmp_path / "names", "--publishers", len(names), "--ramp", 0.1, "--warmup", 0.5, "--seconds", seconds)


def test_publishers_send_in_real_time(server, people, tmp_path):
    channels = [Channel(people, f"tzload{n}") for n in range(3)]
    code, result = publish(server, tmp_path, [f"{c.name}?key={c.key}" for c in channels])
    assert code == 0, result
    assert result["passed"] is True and result["publishing"] == 3
    rate = clips.SMALL.path.stat().st_size * 8 / clips.SMALL.seconds / 1e6
    assert 0.5 * 3 * rate < result["megabits_per_second"] < 2 * 3 * rate
    assert result["server_cores"] > 0 and result["cpu_percent_per_stream"] > 0
    assert channels[0].show()["state"] != "offline"  # it was on


def test_a_wrong_key_is_told(server, people, tmp_path):
    channel = Channel(people, "tzloadkey")
    code, result = publish(server, tmp_path, [f"{channel.name}?key=sk_wrong"], seconds=2.0)
    assert code == 1
    assert result["refused"] == 1 and result["publishing"] == 0
    assert any("NetStream.Publish.BadName" in text for text in result["failures"])
    assert "sk_wrong" not in json.dumps(result)


def test_viewers_get_every_part(server, people):
    channel = Channel(people, "tzwatch")
    channel.publish()
    channel.await_live()
    path = channel.show()["playback"]["hls"].rsplit("/", 1)[0] + "/live.m3u8"
    code, result = load("watch", "--port", server.port, "--pid", server.pid, "--path", path, "--viewers", 5, "--ramp", 0.2,
                        "--warmup", 0.5, "--seconds", 5)
    channel.close()
    assert code == 0, result
    assert result["playing"] == 5 and result["errors"] == result["skipped"] == 0
    assert 5 * 6 <= result["parts"] <= 5 * 14  # two a second
    assert result["part_latency_p50_ms"] < patience(500)  # may be nothing: it is told from when the first frame came


class Liar(threading.Thread):
    """Serves one playlist for ever, and parts that are none."""

    LIST = ("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"init-1.mp4\"\n"
            "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n#EXT-X-PART:DURATION=0.5,URI=\"a\",INDEPENDENT=YES\n")

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        init = b"".join(struct.pack(">I", 8) + name for name in (b"ftyp", b"moov"))
        with connection, contextlib.suppress(ConnectionError):
            while (request := connection.recv(4096)):
                body = self.LIST.encode() if b"m3u8" in request else init if b"init" in request else b"no part"
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def test_a_server_that_sends_no_parts_fails():
    liar = Liar()
    code, result = load("watch", "--port", liar.port, "--path", "/x/live.m3u8", "--viewers", 1, "--ramp", 0, "--warmup", 0,
                        "--seconds", 0.5)
    liar.socket.close()
    assert code == 1
    assert result["errors"] > 0 and "a part is none" in result["failures"]


def test_the_whole_comparison_in_small(tmp_path):
    """Strims and nginx-rtmp in turn, viewers, viewers by a cache."""
    done = subprocess.run([ROOT / "bench/stream_run.py", "--quick", "--no-pin", "--priority", "0", "--build", TOOL.parent],
                          capture_output=True, text=True, timeout=patience(120))
    if "not installed" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    for text in ("1 publishing: nginx-rtmp", "10 publishing: Strims", "by a cache: Strims"):
        assert text in done.stdout, done.stdout
