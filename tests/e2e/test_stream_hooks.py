"""SRS and MediaMTX, by stand-ins that speak as the captured servers do; and who may send hooks at all."""
import time

import pytest
from rig.http import Http
from rig.mediaserver import SECRET, FakeApi, Hooks, entry
from rig.people import People
from rig.stream import Channel, anybody, stream_settings, told
from rig.timing import eventually, patience

STREAMS, PATHS = "/api/v1/streams/", "/v3/paths/list"


class Srs:
    """What SRS would say of its sessions."""

    def __init__(self, server, api, channel, service="zvro5r5f"):
        self.hooks, self.api, self.channel, self.service = Hooks(server, "srs1", "srs"), api, channel, service
        self.bytes = 0
        self.published(None)

    def hook(self, action, client, param=None, **more):
        return self.hooks.json("event", {
            "server_id": "vid-2792o41", "service_id": self.service, "action": action, "client_id": client,
            "ip": "127.0.0.1", "vhost": "__defaultVhost__", "app": "live", "tcUrl": "rtmp://127.0.0.1:19362/live",
            "stream": self.channel.name, "param": f"?key={self.channel.key}" if param is None else param,
            "stream_url": f"/live/{self.channel.name}", "stream_id": "vid-67h8klu", **more})

    def published(self, client):
        self.bytes += 10_000
        stream = {"id": "vid-1", "name": self.channel.name, "vhost": "vid-v", "app": "live", "recv_bytes": self.bytes,
                  "publish": {"active": True, "cid": client}}
        self.api.answers[STREAMS] = {"code": 0, "server": "vid-2792o41", "service": self.service, "pid": "1",
                                     "streams": [stream] if client else []}


class Mtx:
    def __init__(self, server, api, channel):
        self.hooks, self.api, self.channel = Hooks(server, "mtx1", "mediamtx"), api, channel
        self.path = f"live/{channel.name}"
        self.published(None)

    def auth(self, session, action="publish", query=None, password="", protocol="rtmp"):
        return self.hooks.json("auth", {
            "ip": "127.0.0.1", "user": "", "password": password, "token": "", "action": action, "path": self.path,
            "protocol": protocol, "id": session, "query": f"key={self.channel.key}" if query is None else query,
            "userAgent": ""})

    def command(self, event, session):
        return self.hooks.form(event, [("id", session), ("type", "rtmpConn"), ("path", self.path),
                                       ("query", f"key={self.channel.key}")])

    def published(self, session):
        item = {"name": self.path, "available": True, "online": True, "inboundBytes": 1, "readers": [],
                "source": {"type": "rtmpConn", "id": session}}
        self.api.answers[PATHS] = {"itemCount": 1, "pageCount": 1, "items": [item] if session else []}


@pytest.fixture(scope="module")
def apis():
    made = {"srs": FakeApi(), "mtx": FakeApi(), "far": FakeApi()}
    yield made
    for api in made.values():
        api.close()


@pytest.fixture(scope="module")
def server(make_server, apis):
    return make_server(stream_settings(rtmp_listen=[], grace_seconds=2, linger_seconds=1, first_media_seconds=8, hook_servers=[
        entry("srs1", "srs", apis["srs"].port), entry("mtx1", "mediamtx", apis["mtx"].port),
        entry("far", "srs", apis["far"].port, allow="192.0.2.0/24")]))


@pytest.fixture
def srs(server, people, apis, request):
    return Srs(server, apis["srs"], Channel(people, "srs" + str(abs(hash(request.node.name)) % 10**8)))


@pytest.fixture
def mtx(server, people, apis, request):
    return Mtx(server, apis["mtx"], Channel(people, "mtx" + str(abs(hash(request.node.name)) % 10**8)))


def test_srs_goes_live_by_on_hls_and_ends(server, srs):
    with srs.channel.people.guest() as g:
        began = time.monotonic()
        assert srs.hook("on_publish", "c1").json() == {"code": 0}
        assert time.monotonic() - began < patience(2)
        told(g, srs.channel, "starting")
        srs.published("c1")
        assert srs.hook("on_hls", "c1", duration=2.0, seq_no=1, file="x.ts").json() == {"code": 0}
        told(g, srs.channel, "live")
        playback = anybody(server, f"/stream/{srs.channel.name}").json()["playback"]
        assert playback == {"hls": f"https://cdn.example/hls/{srs.channel.name}.m3u8", "expires_at": None}
        srs.published(None)
        srs.hook("on_unpublish", "c1")
        srs.hook("on_close", "c1")
        told(g, srs.channel, "interrupted")
        told(g, srs.channel, "offline")


def test_srs_refuses_with_its_own_answer(srs):
    for param in ("?key=sk_" + "w" * 43, "", "?token=abc", f"?x&key=&key={srs.channel.key}"):
        answer = srs.hook("on_publish", "c1", param=param)
        assert (answer.status, answer.json()) == (200, {"code": 403}), param
    assert srs.channel.state == "offline"
    assert srs.hook("on_play", "viewer").json() == {"code": 0}


def test_srs_busy_and_late_ends_change_nothing(srs):
    srs.hook("on_publish", "c1")
    srs.published("c1")
    srs.hook("on_hls", "c1")
    first = srs.channel.await_live()
    # A second publisher: let in by us, found busy by SRS, and its end is only on_close.
    assert srs.hook("on_publish", "c2").json() == {"code": 0}
    srs.hook("on_close", "c2")
    srs.hook("on_unpublish", "c0")
    for each in ("on_unpublish", "on_close"):
        srs.hook(each, "c1", service_id="another-run")
    assert srs.channel.show()["broadcast_id"] == first["broadcast_id"] and srs.channel.state == "live"
    srs.published(None)
    srs.channel.await_state("interrupted", "offline", timeout=15)


def test_srs_by_its_list_alone(srs, server):
    srs.hook("on_publish", "c1")
    srs.published("c1")

    def live():
        srs.published("c1")
        return srs.channel.state == "live"

    eventually(live, 10, pause=0.3)
    srs.service = "run-two"  # it was killed, and nobody publishes to the new one
    srs.published(None)
    srs.channel.await_state("interrupted", "offline", timeout=15)
    assert server.log("hooks.server_restarted")


def test_srs_is_told_to_throw_out(srs, apis):
    srs.hook("on_publish", "c9")
    srs.published("c9")
    srs.hook("on_hls", "c9")
    srs.channel.await_live()
    assert srs.channel.owner.post("/stream/stop", {"channel": srs.channel.name}).status == 200
    eventually(lambda: ("DELETE", "/api/v1/clients/c9") in apis["srs"].asked)
    time.sleep(2)
    assert srs.channel.state == "offline", "what its list says does not bring it back"
    srs.published(None)


def test_without_media_nothing_was(srs, apis):
    with srs.channel.people.guest() as g:
        srs.published("c8")  # the same number of bytes again and again
        srs.hook("on_publish", "c8")
        told(g, srs.channel, "starting")
        told(g, srs.channel, "offline", timeout=15)
        srs.channel.people.fence(g)
        assert not [e for e in g.seen if e.name == "BROADCAST" and srs.channel.name in e["data"]]
    eventually(lambda: ("DELETE", "/api/v1/clients/c8") in apis["srs"].asked)
    srs.published(None)


def test_mediamtx_goes_live_takes_over_and_ends(mtx, apis):
    assert mtx.auth("u-1").status == 204
    assert mtx.channel.state == "starting"
    mtx.published("u-1")
    assert mtx.command("available", "u-1").status == 204
    first = mtx.channel.await_live()
    # overridePublisher: another publisher replaces him, and the two commands come in either order.
    assert mtx.auth("u-2").status == 204
    mtx.published("u-2")
    mtx.command("available", "u-2")
    eventually(lambda: ("POST", "/v3/rtmpconns/kick/u-1") in apis["mtx"].asked, 10)
    mtx.command("unavailable", "u-1")
    assert mtx.channel.show()["broadcast_id"] == first["broadcast_id"] and mtx.channel.state == "live"
    mtx.published(None)
    mtx.command("unavailable", "u-2")
    mtx.channel.await_state("interrupted", "offline")


def test_mediamtx_unavailable_before_available(mtx):
    assert mtx.auth("u-5").status == 204
    mtx.command("unavailable", "u-5")
    mtx.command("available", "u-5")
    assert mtx.channel.state == "offline"


def test_mediamtx_asks_for_all_kinds(mtx):
    assert mtx.auth("u-1", query="").status == 401, "an RTSP client is asked for his password then"
    assert mtx.auth("u-1", query="key=sk_" + "w" * 43).status == 401
    assert mtx.auth(None).status == 204 and mtx.channel.state == "offline"
    assert mtx.auth(None, action="read", query="").status == 204
    for action in ("api", "metrics", "pprof", "playback"):
        assert mtx.auth(None, action=action).status == 401
    assert mtx.auth("u-3", query="", password=mtx.channel.key).status == 204
    assert mtx.channel.state == "starting"


def test_a_server_that_does_not_answer_is_not_offline(srs, apis):
    srs.hook("on_publish", "c3")
    srs.published("c3")
    srs.hook("on_hls", "c3")
    srs.channel.await_live()
    apis["srs"].down = True
    try:
        time.sleep(12)
        assert srs.channel.state == "live"
    finally:
        apis["srs"].down = False
    srs.published(None)
    srs.channel.await_state("interrupted", "offline", timeout=15)


def test_who_may_send_hooks(server, srs):
    body = {"service_id": "z", "action": "on_publish", "client_id": "c1", "app": "live", "stream": srs.channel.name,
            "param": f"?key={srs.channel.key}"}
    absent = Http(server).post("/nothing/here", body)
    wrong = [Hooks(server, "srs1", "srs").json("event", body, secret="x" * len(SECRET)),
             Hooks(server, "srs1", "srs").json("event", body, secret=SECRET[:-1]),
             Hooks(server, "nobody", "srs").json("event", body), Hooks(server, "srs1", "nginx").json("event", body),
             Hooks(server, "far", "srs").json("event", body)]
    for answer in wrong:
        same = [{k: v for k, v in a.json().items() if k != "request_id"} for a in (answer, absent)]
        assert answer.status == 404 and same[0] == same[1]
    hooks = Hooks(server, "srs1", "srs")
    assert hooks.send("event", b"{" + b" " * 70_000, "application/json").status == 413
    assert hooks.send("event", b"{", "application/json").status == 400
    assert Http(server).get(f"/hooks/srs/srs1/{SECRET}/event").json() == {"code": 0}, "on_hls_notify"
    assert srs.channel.state == "offline"


def test_our_page_may_play_them(server):
    policy = Http(server).get("/").header("content-security-policy")
    assert "connect-src 'self' https://cdn.example ws:" in policy and "media-src 'self' https://cdn.example " in policy


def test_own_publishers_and_external_ones_take_turns(own_server, apis):
    server = own_server(stream_settings(linger_seconds=1, hook_servers=[entry("srs1", "srs", apis["srs"].port)]))
    srs = Srs(server, apis["srs"], Channel(People(server), "tzboth"))
    srs.hook("on_publish", "b1")
    srs.published("b1")
    srs.hook("on_hls", "b1")
    first = srs.channel.await_live()
    srs.channel.push()
    eventually(lambda: ("DELETE", "/api/v1/clients/b1") in apis["srs"].asked)
    srs.published(None)
    srs.hook("on_unpublish", "b1")

    def by_cdn():
        """None: nothing is played just now."""
        playback = srs.channel.show()["playback"]
        return playback and "cdn" in playback["hls"]

    eventually(lambda: by_cdn() is False, 10)
    own = srs.channel.show()
    assert own["broadcast_id"] == first["broadcast_id"]
    srs.channel.hls().until(lambda p: p.complete)
    # And back: he takes over with media, not by asking.
    srs.hook("on_publish", "b2")
    time.sleep(1)
    assert by_cdn() is False

    def back():
        srs.published("b2")
        return by_cdn()

    eventually(back, 10, pause=0.3)
    assert srs.channel.show()["broadcast_id"] == first["broadcast_id"]
    assert srs.channel.pushers[0].ended(10) != 0
    srs.published(None)
    srs.hook("on_unpublish", "b2")
    srs.channel.await_state("interrupted")
    srs.channel.close()
