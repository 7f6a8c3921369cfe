"""The command line: channels to stream on, beside a running server and without one."""
import hashlib
import re
import sqlite3

import pytest
from rig.server import Server

KEY = re.compile(r"^stream key: (sk_[A-Za-z0-9_-]{43})$", re.MULTILINE)
ADDRESS = re.compile(r"^server: +(rtmp://\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


@pytest.fixture
def idle(tmp_path):
    """A data folder with an administrator and no server."""
    server = Server(tmp_path, {"stream.rtmp_listen": ["0.0.0.0:1935"]})
    server.create_user("Tzowner", role="admin")
    return server


def channel(server, verb, *args, check=True):
    return server.cli("channel", verb, "--data", str(server.data), *args, check=check)


def create(server, name, owner="Tzowner"):
    return channel(server, "create", "--name", name, "--owner", owner)


def stored(server):
    with sqlite3.connect(f"file:{server.data / 'strims.db'}?mode=ro", uri=True) as db:
        return dict(db.execute("SELECT c.slug, s.key_hash FROM stream_channels s JOIN channels c ON c.id = s.channel"))


@pytest.mark.smoke
def test_create_beside_a_running_server(server, people):
    ada = people.user()
    done = create(server, "tzbeside", ada.nick)
    assert "tzbeside" in done.stdout and ada.nick in done.stdout
    key = KEY.search(done.stdout)[1]
    assert stored(server)["tzbeside"] == hashlib.sha256(key.encode()).hexdigest()
    assert ["tzbeside", ada.nick, "public"] in [line.split("\t")[1:4] for line in
                                                channel(server, "list").stdout.splitlines()]
    assert key not in server.log_text()
    assert f"{ada.nick} is a streamer now" in done.stdout
    assert "is a streamer now" not in create(server, "tzsecond", ada.nick).stdout
    assert people.admin.get(f"/users/{ada.id}").json()["role"] == "streamer"


def test_the_key_is_stored_as_a_hash_only(idle):
    key = KEY.search(create(idle, "tzhash").stdout)[1]
    assert all(key.encode() not in path.read_bytes() for path in idle.data.glob("strims.db*"))
    assert key not in channel(idle, "list").stdout


def test_the_address_is_what_a_publisher_types(idle, tmp_path):
    assert ADDRESS.search(create(idle, "tzaddress").stdout)[1] == "rtmp://localhost/live"
    for number, (settings, address) in enumerate([
        ({"stream.rtmp_listen": ["127.0.0.1:1936"]}, "rtmp://127.0.0.1:1936/live"),
        ({"server.public_url": "https://chat.example:8443", "stream.rtmp_listen": ["0.0.0.0:1935"]},
         "rtmp://chat.example/live"),
        ({"stream.public_rtmp_url": "rtmp://in.example/live"}, "rtmp://in.example/live"),
    ]):
        other = Server(tmp_path, settings)
        assert ADDRESS.search(create(other, f"tzaddress{number}").stdout)[1] == address
    off = Server(tmp_path, {"stream.rtmp_listen": []})
    done = create(off, "tzoff")
    assert KEY.search(done.stdout) and not ADDRESS.search(done.stdout)


def test_rotated_key_is_another_one(idle):
    first = KEY.search(create(idle, "tzrotate").stdout)[1]
    second = KEY.search(channel(idle, "rotate-key", "--name", "tzrotate").stdout)[1]
    assert first != second
    assert stored(idle)["tzrotate"] == hashlib.sha256(second.encode()).hexdigest()
    done = channel(idle, "rotate-key", "--name", "nobodyhere", check=False)
    assert done.returncode == 1 and "nobodyhere" in done.stderr and "sk_" not in done.stdout


@pytest.mark.parametrize("args, word", [
    (["--name", "Tz", "--owner", "Tzowner"], "name"),
    (["--name", "t", "--owner", "Tzowner"], "name"),
    (["--name", "open", "--owner", "Tzowner"], "reserved"),
    (["--name", "sk_abc", "--owner", "Tzowner"], "sk_"),
    (["--name", "tzfine", "--owner", "NobodyHere"], "NobodyHere"),
    (["--name", "tzfine", "--owner", "Tzowner", "--title", "x" * 141], "title"),
    (["--name", "tzfine"], "--owner"),
])
def test_create_refuses(idle, args, word):
    done = channel(idle, "create", *args, check=False)
    assert done.returncode != 0 and word in done.stderr + done.stdout
    assert "stream key" not in done.stdout
    assert channel(idle, "list").stdout == ""


def test_taken_and_too_many(idle):
    create(idle, "tzone")
    done = channel(idle, "create", "--name", "tzone", "--owner", "tzOWNER", check=False)
    assert done.returncode == 1 and "name" in done.stderr
    idle.settings["stream.channels_per_owner"] = 1
    done = channel(idle, "create", "--name", "tztwo", "--owner", "Tzowner", check=False)
    assert done.returncode == 1 and "channels" in done.stderr
    assert len(channel(idle, "list").stdout.splitlines()) == 1
