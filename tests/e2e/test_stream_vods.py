"""Recordings: what is kept, who sees it, and who may change or delete it."""
import pytest
from rig.hls import seconds_of_date
from rig.http import Http
from rig.stream import Channel, decode, patch, stream_settings
from rig.timing import eventually

MIN_S = 10


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(linger_seconds=0, record_min_seconds=MIN_S))


@pytest.fixture(scope="module")
def channel(people):
    channel = Channel(people, "tzvods")
    yield channel
    channel.close()


@pytest.fixture(scope="module")
def vods(channel):
    """Four of them, newest first."""
    return [channel.record(MIN_S + 1) for _ in range(4)][::-1]


@pytest.mark.smoke
def test_a_broadcast_becomes_a_recording(channel):
    channel.owner.put("/stream/metadata", {"title": "The first", "category": "Chess"})
    publisher = channel.publish(speed=2, seconds=MIN_S + 2)
    live = channel.await_live()
    now = channel.vods()[0]
    assert (now["id"], now["state"]) == (live["broadcast_id"], "recording")
    assert (now["ended_at"], now["duration_ms"]) == (None, 0)
    assert channel.owner.delete(f"/vods/{now['id']}").status == 409, "it is still being made"
    publisher.ended(20)
    vod = channel.await_vod(now["id"])
    assert (vod["channel"], vod["title"], vod["category"], vod["pinned"]) == (channel.name, "The first", "Chess", False)
    assert vod["visibility"] == "public" and not vod["degraded"]
    assert abs(vod["duration_ms"] - (MIN_S + 2) * 1000) < 100
    assert vod["started_at"] == live["started_at"]
    assert abs(seconds_of_date(vod["ended_at"]) - seconds_of_date(vod["started_at"]) - MIN_S - 2) <= 1
    assert vod["bytes"] == sum(p.stat().st_size for p in channel.folder(vod).glob("*.mp4"))
    assert decode(channel.vod(vod).url) == ""


def test_what_is_too_short_is_not_kept(channel):
    publisher = channel.publish(speed=0, seconds=MIN_S - 2)
    assert publisher.ended() is None
    channel.await_state("offline")
    log = channel.server.await_log("recording.finished", where=lambda e: e["seconds"] < MIN_S)
    eventually(lambda: channel.folder({"id": log["broadcast"]}) is None)
    eventually(lambda: channel.owner.get(f"/vods/{log['broadcast']}").status == 404)
    assert log["broadcast"] not in [v["id"] for v in channel.vods()]


def test_channel_that_is_not_recorded(people):
    channel = Channel(people, "tzunrecorded")
    channel.owner.put("/stream/metadata", {"record": False})
    channel.publish(speed=4)
    live = channel.await_live()
    assert channel.vods() == [] and channel.folder({"id": live["broadcast_id"]}) is None
    assert channel.health()["recording"]["state"] == "none"
    channel.close()


def test_list_in_pages(server, channel, vods):
    newest, before = [v["id"] for v in vods], None
    seen = []
    while before != 0:
        answer = Http(server).get(f"/vods?channel={channel.name}&limit=2" + (f"&before={before}" if before else ""))
        page = answer.json()
        assert answer.status == 200 and 1 <= len(page["vods"]) <= 2
        seen += [v["id"] for v in page["vods"]]
        before = page["next"] or 0
    assert seen[:4] == newest and seen == sorted(set(seen), key=int, reverse=True)
    assert [v["id"] for v in Http(server).get("/vods?limit=4").json()["vods"]] == newest
    for query in ("limit=0", "limit=x", "before=-1", "limit=101"):
        assert Http(server).get("/vods?" + query).status == 400, query
    assert Http(server).get("/vods?channel=nobodyhere").is_problem("channel")


def test_change_and_pin(server, people, channel, vods):
    vod = vods[0]
    changed = patch(channel.owner, vod, title="Another title", pinned=True)
    assert changed.status == 200 and (changed.json()["title"], changed.json()["pinned"]) == ("Another title", True)
    assert Http(server).get(f"/vods/{vod['id']}").json()["title"] == "Another title"
    assert patch(people.admin, vod, pinned=False).json()["pinned"] is False
    for bad in ({"title": "x" * 141}, {"title": 5}, {"pinned": "yes"}, {"visibility": "secret"}):
        assert patch(channel.owner, vod, **bad).status == 400, bad
    for who, status in ((people.user(role="streamer"), 403), (people.moderator(), 403), (people.user(), 403)):
        assert patch(who, vod, title="Mine").is_problem("nopermission")
        assert who.delete(f"/vods/{vod['id']}").status == status
    assert Http(server).request("PATCH", f"/vods/{vod['id']}", json={"title": "x"}).status == 401
    assert Http(server).delete(f"/vods/{vod['id']}").status == 401
    for missing in ("1", "x", "99999999999999999999"):
        assert channel.owner.get(f"/vods/{missing}").status == 404
        assert channel.owner.delete(f"/vods/{missing}").status == 404


def test_who_sees_what(server, people, channel, vods):
    private, subscribers = vods[1], vods[2]
    assert patch(channel.owner, private, visibility="private").status == 200
    assert patch(channel.owner, subscribers, visibility="subscribers").status == 200
    viewers = [(channel.owner, True, True), (people.moderator(), True, True),
               (people.user(features=["flair13"]), False, True), (people.user(), False, False),
               (Http(server), False, False)]
    for who, sees_private, plays in viewers:
        listed = [v["id"] for v in who.get(f"/vods?channel={channel.name}").json()["vods"]]
        assert (private["id"] in listed) == sees_private and (subscribers["id"] in listed) == plays
        assert who.get(f"/vods/{private['id']}").status == (200 if sees_private else 404)
        assert who.get(f"/vods/{private['id']}/chat").status == (200 if sees_private else 404)
        shown = who.get(f"/vods/{subscribers['id']}")
        assert shown.status == 200 and (shown.json()["playback"] is not None) == plays
        assert who.get(f"/vods/{subscribers['id']}/chat").status == (200 if plays else 403)
    for vod in (private, subscribers):
        patch(channel.owner, vod, visibility="public")


def test_delete_takes_the_files(server, people, channel, vods):
    mine, admins = vods[3], vods[2]
    folder, hls = channel.folder(mine), channel.vod(mine)
    assert [*folder.glob("*.mp4")] and hls.playlist().segments
    assert channel.owner.delete(f"/vods/{mine['id']}").status == 204
    assert not folder.exists()
    assert channel.owner.get(f"/vods/{mine['id']}").status == 404
    assert hls.get("index.m3u8").status == 404 and hls.get("file-1.mp4").status == 404
    assert channel.owner.delete(f"/vods/{mine['id']}").status == 404
    assert mine["id"] not in [v["id"] for v in channel.vods()]
    assert people.admin.delete(f"/vods/{admins['id']}").status == 204 and channel.folder(admins) is None
    assert channel.folder(vods[0]).exists(), "nobody else's"
