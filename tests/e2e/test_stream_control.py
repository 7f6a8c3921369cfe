"""What an owner, a moderator and everybody else may do with a channel."""
import itertools

import pytest
from rig.http import Http
from rig.rtmp import Refused
from rig.stream import Channel, anybody, rtmp_port, stream_settings, told


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(linger_seconds=0))


NAMES = (f"tzcontrol{n}" for n in itertools.count())


@pytest.fixture
def channel(people):
    channel = Channel(people, next(NAMES))
    yield channel
    channel.close()


def live(channel):
    publisher = channel.publish(speed=2)
    channel.await_live()
    return publisher


def thrown_out(publisher) -> str:
    """The server's sentence to a publisher whom it ended."""
    refusal = publisher.ended()
    assert refusal is not None and refusal.code == "NetStream.Publish.Rejected"
    return refusal.sentence


def test_channels_of_streamers(server, people, channel):
    assert channel.key.startswith("sk_") and len(channel.key) == 46
    own = channel.owner.get("/channels").json()["streams"]
    assert [c["channel"] for c in own] == [channel.name]
    assert own[0]["ingest"]["rtmp"] == f"rtmp://127.0.0.1:{rtmp_port(server)}/live" and own[0]["record"] is True
    assert channel.key not in str(own), "a key is shown once"
    taken = channel.owner.post("/channels", {"name": channel.name})
    assert taken.status == 409 and taken.is_problem("taken")
    for name in ("x", "Tz", "open", "start", "sk_something", "-x", "tz name", ""):
        assert channel.owner.post("/channels", {"name": name}).status == 400, name
    assert people.user().post("/channels", {"name": "tznot"}).is_problem("nopermission")
    assert Http(server).post("/channels", {"name": "tznot"}).status == 401
    assert people.admin.post("/channels", {"name": "tzadmins"}).status == 201


@pytest.mark.smoke
def test_start_arms_and_media_makes_it_live(people, channel):
    with people.guest() as g:
        answer = channel.owner.post("/stream/start",
                                    {"title": "Tonight", "category": "Cooking", "tags": ["soup", "soup"]})
        armed = answer.json()
        assert answer.status == 200 and armed["ingest"]["rtmp"].startswith("rtmp://")
        assert told(g, channel, "armed")["title"] == "Tonight"
        again = channel.owner.post("/stream/start", {"channel": channel.name}).json()
        assert again["broadcast_id"] == armed["broadcast_id"], "nothing changes when it is ready already"
        shown = channel.show()
        assert (shown["state"], shown["title"]) == ("armed", "Tonight")
        assert (shown["category"], shown["tags"]) == ("Cooking", ["soup"])
        assert shown["playback"] is None and shown["started_at"] is None
        live(channel)
        assert channel.show()["broadcast_id"] == armed["broadcast_id"]
        assert "Tonight" in g.expect("BROADCAST")["data"]


def test_stop_ends_it_and_tells_the_publisher(people, channel):
    publisher = live(channel)
    with people.guest() as g:
        answer = channel.owner.post("/stream/stop", {})
        assert answer.status == 200 and answer.json()["state"] == "offline"
        assert thrown_out(publisher) == "The stream was ended."
        g.expect("BROADCAST", where=lambda e: "ended" in e["data"])
        told(g, channel, "offline")
    publisher = live(channel)
    assert people.admin.post("/stream/stop", {"channel": channel.name}).status == 200
    assert "administrator" in thrown_out(publisher)
    assert channel.owner.post("/stream/stop", {}).json()["state"] == "offline", "nothing to stop is no error"


def test_metadata_while_live(people, channel):
    mod = people.moderator()
    with people.guest() as g:
        live(channel)
        told(g, channel, "live")
        g.expect("BROADCAST", where=lambda e: channel.name in e["data"])
        changed = channel.owner.put("/stream/metadata", {"title": "Another title", "language": "pt-br", "mature": True,
                                                         "tags": ["a", "b"], "category": "Chess", "record": False})
        assert changed.status == 200 and changed.json()["title"] == "Another title"
        assert told(g, channel, "live")["title"] == "Another title"
        shown = anybody(channel.server, f"/stream/{channel.name}").json()
        assert (shown["title"], shown["language"], shown["mature"]) == ("Another title", "pt-br", True)
        assert shown["tags"] == ["a", "b"]
        assert "ingest" not in shown and "record" not in shown
        assert mod.put("/stream/metadata", {"channel": channel.name, "title": "Moderated"}).status == 200
        assert told(g, channel, "live")["title"] == "Moderated"
        people.fence(g)
        g.absent("BROADCAST", where=lambda e: channel.name in e["data"])
    for change in ({"visibility": "private"}, {"record": True}):
        assert mod.put("/stream/metadata", {"channel": channel.name, **change}).is_problem("nopermission")
    assert channel.vods()[0]["title"] == "Moderated"


@pytest.mark.parametrize("change", [
    {"title": "x" * 141}, {"title": 7}, {"category": "x" * 61}, {"tags": "a"}, {"tags": ["x"] * 3 + ["y" * 31]},
    {"tags": [str(n) for n in range(11)]}, {"visibility": "secret"}, {"mature": "yes"}, {"language": "not a language"},
])
def test_metadata_refuses(people, channel, change):
    answer = channel.owner.put("/stream/metadata", change)
    assert answer.status == 400 and answer.is_problem(), answer
    assert channel.show()["title"] == ""


def test_rotating_the_key_throws_the_publisher_out(people, channel):
    old, publisher = channel.key, live(channel)
    answer = channel.owner.post("/stream/key/rotate", {"channel": channel.name})
    assert answer.status == 200 and answer.json()["channel"] == channel.name
    channel.key = answer.json()["key"]
    assert channel.key != old and channel.key.startswith("sk_")
    assert thrown_out(publisher) == "The stream key was changed."
    channel.await_state("offline")
    with pytest.raises(Refused) as refused:
        channel.publisher(old).open()
    assert refused.value.code == "NetStream.Publish.BadName"
    live(channel)
    armed = channel.owner.post("/stream/stop", {}) and channel.owner.post("/stream/start", {}).json()
    assert people.admin.post("/stream/key/rotate", {"channel": channel.name}).status == 200
    assert channel.show()["broadcast_id"] == armed["broadcast_id"], "what is only ready has no publisher to throw out"


def test_both_forms_of_the_key(channel):
    channel.push(f"{channel.name}?key={channel.key}")
    first = channel.await_live()
    for name in (channel.key, f"{channel.name}?x=1&key={channel.key}&key=sk_other"):
        publisher = channel.publish(name)
        assert publisher.is_alive() and channel.show()["broadcast_id"] == first["broadcast_id"]


def test_who_may(server, people, channel):
    other, mod, owner = people.user(role="streamer"), people.moderator(), channel.owner
    rows = [("POST", "/stream/start"), ("POST", "/stream/stop"), ("PUT", "/stream/metadata"),
            ("POST", "/stream/key/rotate"), ("GET", f"/stream/{channel.name}/health")]
    for method, path in rows:
        body = {"channel": channel.name} if method != "GET" else None
        assert Http(server).request(method, path, json=body).status == 401, path
        assert other.http.request(method, path, json=body, bearer=other.access_token).is_problem("nopermission"), path
        if path != "/stream/metadata":
            assert mod.http.request(method, path, json=body, bearer=mod.access_token).status == 403, path
        missing = {"channel": "nobodyhere"} if method != "GET" else None
        path = path.replace(channel.name, "nobodyhere")
        assert owner.http.request(method, path, json=missing, bearer=owner.access_token).is_problem("channel"), path
    assert other.post("/stream/start", {}).is_problem("channel"), "he has none"
    owner.post("/channels", {"name": channel.name + "2"})
    assert owner.post("/stream/start", {}).is_problem("which_channel")
    assert anybody(server, "/stream/nobodyhere").is_problem("channel")


def test_private_channel_is_not_there_for_others(server, people, channel):
    other, mod = people.user(), people.moderator()
    assert channel.owner.put("/stream/metadata", {"visibility": "private"}).status == 200
    with people.guest() as g:
        live(channel)
        for who, sees in ((channel.owner, True), (mod, True), (other, False), (Http(server), False)):
            assert who.get(f"/stream/{channel.name}").status == (200 if sees else 404)
            listed = [s["channel"] for s in who.get("/streams").json()["streams"]]
            assert (channel.name in listed) == sees
        assert other.post("/stream/stop", {"channel": channel.name}).status == 404
        assert channel.owner.put("/stream/metadata", {"visibility": "public"}).status == 200
        shown = told(g, channel, "live")
        assert shown["started_at"]
        told_of_it = [e for e in g.seen if e.get("channel") == channel.name
                      or e.name == "BROADCAST" and channel.name in e["data"]]
        assert told_of_it == [shown], "what was told before it went private no more comes before that"
        assert channel.owner.put("/stream/metadata", {"visibility": "private"}).status == 200
        told(g, channel, "offline")
