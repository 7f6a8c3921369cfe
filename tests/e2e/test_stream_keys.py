"""Who has no good key does not publish, and no key is ever written down."""
import threading

import pytest
from rig.http import Http
from rig.rtmp import Refused
from rig.stream import Channel, anybody, stream_settings, told
from rig.timing import eventually

BAD_NAME, REJECTED = "NetStream.Publish.BadName", "NetStream.Publish.Rejected"
WRONG = "sk_" + "w" * 43


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(**{"log.level": "debug", "log.access": True,
                                          "wrong_keys_per_minute_per_address": 10}))


@pytest.fixture(scope="module")
def channels(people):
    made = [Channel(people, f"tzkeys{n}") for n in range(3)]
    yield made
    for channel in made:
        channel.close()


def refusal(channel, name, source=None) -> Refused:
    with pytest.raises(Refused) as refused:
        channel.publisher(name, source=source).open()
    return refused.value


def written(server) -> bytes:
    """All that the server keeps: its log and its data folder."""
    files = [p for p in server.data.rglob("*") if p.is_file()]
    assert any(p.name == "strims.db" for p in files)
    return server.log_path.read_bytes() + b"".join(p.read_bytes() for p in files)


def test_row_2_bad_keys_are_refused(server, people, channels):
    one, two, banned = channels
    names = {"wrong": WRONG, "none": one.name, "slug and wrong": f"{one.name}?key={WRONG}",
             "slug and another's": f"{one.name}?key={two.key}", "unknown slug": f"nobodyhere?key={one.key}",
             "key cut short": one.key[:-1]}
    ban = {"nick": banned.owner.nick, "duration": 3600, "reason": "x"}
    assert people.admin.post("/moderation/ban", ban).status == 201
    with people.guest() as g:
        pushers = [one.push(name) for name in names.values()]
        told = {}
        sources = [f"127.0.2.{n}" for n in range(1, len(names) + 2)]
        asking = [threading.Thread(target=lambda w=what, n=name, s=source: told.update({w: refusal(one, n, s)}))
                  for (what, name), source in zip([*names.items(), ("banned", banned.key)], sources)]
        for each in asking:
            each.start()
        for each in asking:
            each.join()
        for what, pusher in zip(names, pushers):
            assert pusher.ended() != 0, what
            assert "BadName" in pusher.said or "Operation not permitted" in pusher.said, pusher.said
        assert (told.pop("banned").code, len(told)) == (REJECTED, len(names))
        assert {r.code for r in told.values()} == {BAD_NAME}
        assert len({r.sentence for r in told.values()}) == 1, "nothing tells a wrong key from an unknown channel"
        people.fence(g)
        g.absent("STREAM")
        g.absent("BROADCAST")
    assert [c.state for c in channels] == ["offline"] * 3
    assert anybody(server, "/streams").json() == {"streams": []}
    assert one.vods() == []
    kept = written(server)
    for secret in (one.key, two.key, banned.key, WRONG, "w" * 43):
        assert secret.encode() not in kept


def test_a_ban_ends_what_is_live(people):
    channel = Channel(people, "tzbanned")
    publisher = channel.publish(speed=2)
    live = channel.await_live()
    ban = {"nick": channel.owner.nick, "duration": 3600, "reason": "x"}
    with people.guest() as g:
        assert people.admin.post("/moderation/ban", ban).status == 201
        told(g, channel, "offline")
        g.expect("BROADCAST", where=lambda e: e["data"] == f"{channel.name} has ended its stream.")
    assert publisher.ended().sentence == "The owner of this channel was banned."
    assert refusal(channel, channel.key).code == REJECTED
    eventually(lambda: Http(channel.server).get(f"/vods/{live['broadcast_id']}").json()["state"] == "ready")


def test_a_good_key_is_not_written_down_either(server, channels):
    one, two, _ = channels
    one.publish(speed=4)
    two.publish(f"{two.name}?key={two.key}", speed=4)
    one.await_live()
    two.await_live()
    assert Http(server).get("/metrics").status == 200
    kept = written(server) + Http(server).get("/metrics").body
    assert one.key.encode() not in kept and two.key.encode() not in kept
    assert b"ingest.publish" in kept


@pytest.mark.smoke
def test_wrong_keys_are_throttled_per_address(server, channels):
    one, here, there = channels[0], "127.0.3.1", "127.0.3.2"
    told = []
    asking = [threading.Thread(target=lambda: told.append(refusal(one, WRONG, here).code)) for _ in range(10)]
    for each in asking:
        each.start()
    eventually(lambda: len([e for e in server.log("ingest.refused") if e["peer"].startswith(here)]) == 10)
    for each in asking:
        each.join()
    assert told == [BAD_NAME] * 10, "all of them were told"
    for name in (WRONG, one.key):
        with pytest.raises(ConnectionError):
            one.publisher(name, source=here).open()
    one.publish(source=there)
    one.await_live()
