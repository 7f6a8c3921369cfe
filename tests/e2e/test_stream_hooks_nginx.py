"""Publishers of a real nginx with its RTMP module (libnginx-mod-rtmp)."""
import time
import urllib.request

import pytest
from rig.mediaserver import SECRET, Nginx
from rig.people import People
from rig.stream import Channel, Pusher, anybody, stream_settings, told
from rig.timing import eventually

CONVERGES = 15.0

pytestmark = pytest.mark.skipif(Nginx.missing(), reason="needs nginx and libnginx-mod-rtmp")


class Stage:
    """A server, its nginx, a channel and who publishes there."""

    def __init__(self, make_server, folder, name, **nginx):
        self.nginx = Nginx(folder, **nginx)
        self.server = make_server(stream_settings(
            rtmp_listen=[], linger_seconds=1, grace_seconds=20, hook_servers=[self.nginx.entry],
            **{"log.access": True, "log.level": "debug"}))
        self.channel = Channel(People(self.server), name)
        self.nginx.start(self.server)
        self.pushers = []

    def push(self, key=None, name=None) -> Pusher:
        pusher = Pusher(self.nginx.port, f"{name or self.channel.name}?key={self.channel.key if key is None else key}")
        self.pushers.append(pusher)
        return pusher

    def close(self):
        for pusher in self.pushers:
            pusher.kill()
        self.nginx.kill()


@pytest.fixture
def stage(own_server, tmp_path):
    stages = []

    def make(name, **nginx) -> Stage:
        stages.append(Stage(own_server, tmp_path / name, name, **nginx))
        return stages[-1]

    yield make
    for each in stages:
        each.close()


def test_push_through_nginx_goes_live_and_ends(stage):
    s = stage("tzedge")
    with s.channel.people.guest() as g:
        pusher = s.push()
        assert told(g, s.channel, "starting")["started_at"] is None
        live = told(g, s.channel, "live")
        assert live["started_at"] and live["thumbnail"] is None
        shown = anybody(s.server, f"/stream/{s.channel.name}").json()
        address = shown["playback"]["hls"]
        assert address == f"http://127.0.0.1:{s.nginx.api}/hls/{s.channel.name}.m3u8"
        # What viewers are sent to is nginx's own playlist.
        assert b"#EXTM3U" in eventually(lambda: fetched(address), 10)
        assert [c["channel"] for c in anybody(s.server, "/streams").json()["streams"]] == [s.channel.name]
        pusher.stop()
        told(g, s.channel, "interrupted")
        back = s.push()
        assert told(g, s.channel, "live")["started_at"] == live["started_at"], "the same broadcast"
        back.stop()
        told(g, s.channel, "interrupted")
        told(g, s.channel, "offline", timeout=30)
    assert s.channel.vods() == [], "nothing of it is recorded"
    written = s.server.log_text()
    assert SECRET not in written and s.channel.key not in written and "/hooks/..." in written


def fetched(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.read()
    except OSError:
        return None


def test_bad_keys_are_refused(stage):
    s = stage("tzbadkey")
    other = Channel(s.channel.people, "tzotherkey")
    for key, name in (("sk_" + "w" * 43, None), (other.key, None), (s.channel.key, "nobodyhere"), ("", None)):
        assert s.push(key, name).ended() != 0
    # A key as a name would stand in the addresses of what viewers fetch.
    assert Pusher(s.nginx.port, s.channel.key).ended() != 0
    assert s.channel.state == "offline" and other.state == "offline"
    assert not s.server.log("stream.state")


def test_a_second_publisher_and_what_he_makes_up_change_nothing(stage):
    s = stage("tzsecond")
    s.push()
    first = s.channel.await_live()
    with s.channel.people.guest() as g:
        # nginx asks, hears yes, finds the name busy, and tells of an end with the name of the stream.
        second = s.push(f"{s.channel.key}&clientid=1&call=publish_done&name={s.channel.name}")
        assert second.ended() != 0
        time.sleep(3)
        s.channel.people.fence(g)
        g.absent("STREAM", where=lambda e: e["state"] != "live")
    now = s.channel.show()
    assert (now["state"], now["broadcast_id"]) == ("live", first["broadcast_id"])
    assert len(s.server.log("stream.state")) == 2, "starting and live"


def test_the_owner_stops_and_rotates(stage):
    s = stage("tzkick")
    pusher = s.push()
    s.channel.await_live()
    assert s.channel.owner.post("/stream/stop", {"channel": s.channel.name}).status == 200
    assert pusher.ended(15) != 0, "nginx has thrown him out"
    assert s.channel.state == "offline"
    again = s.push()
    s.channel.await_live()
    assert s.channel.owner.post("/stream/key/rotate", {"channel": s.channel.name}).status == 200
    assert again.ended(15) != 0
    assert s.push().ended() != 0, "the old key is worth nothing"


def test_nginx_is_killed_and_starts_again(stage):
    s = stage("tzkill")
    pusher = s.push()
    first = s.channel.await_live()
    s.nginx.kill()
    pusher.ended()
    s.nginx.start(s.server)
    s.channel.await_state("interrupted", timeout=CONVERGES)
    assert s.channel.show()["broadcast_id"] == first["broadcast_id"]
    s.push()
    assert s.channel.await_live(CONVERGES)["broadcast_id"] == first["broadcast_id"]


def test_nginx_is_killed_and_the_publisher_is_there_first(stage):
    """His number is the same as before: what is live is found to be another session."""
    s = stage("tzkill2")
    s.push()
    first = s.channel.await_live()
    s.nginx.kill()
    s.nginx.start(s.server)
    s.push()
    eventually(lambda: len(s.server.log("hooks.server_restarted")) == 1, CONVERGES)
    s.channel.await_live(CONVERGES)
    time.sleep(4)
    now = s.channel.show()
    assert (now["state"], now["broadcast_id"]) == ("live", first["broadcast_id"])


@pytest.mark.parametrize("how", ["restart", "kill", "away"])
def test_strims_starts_again_beside_it(stage, how):
    s = stage("tzagain")
    pusher = s.push()
    first = s.channel.await_live()
    if how == "kill":
        s.server.kill()
    else:
        s.server.stop()
    if how == "away":  # for longer than nginx waits for an answer
        eventually(lambda: s.nginx.unheard() >= 3, CONVERGES)
    s.server.start()
    now = s.channel.await_live(CONVERGES)
    assert pusher.running() and now["broadcast_id"] == first["broadcast_id"]
    pusher.stop()
    s.channel.await_state("interrupted")


def test_nginx_takes_another_configuration(stage):
    """Its old process goes on with the publisher, and its updates are all that tells of him."""
    s = stage("tzreload", reloads=True)
    pusher = s.push()
    first = s.channel.await_live()
    s.nginx.reload()
    s.server.await_log("hooks.server_restarted", CONVERGES)
    for _ in range(3):
        now = s.channel.await_live(CONVERGES)
        assert now["broadcast_id"] == first["broadcast_id"]
        # Lists that do not have him change nothing.
        time.sleep(3)
    assert pusher.running() and s.channel.state == "live"
    pusher.stop()
    s.channel.await_state("interrupted")


def test_what_ended_while_strims_was_away(stage):
    s = stage("tzaway")
    pusher = s.push()
    s.channel.await_live()
    s.server.stop()
    pusher.stop()
    stranger = s.push()
    assert stranger.ended() != 0, "without us nobody is let in"
    s.server.start()
    s.channel.await_state("interrupted", timeout=CONVERGES)
