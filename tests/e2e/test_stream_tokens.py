"""Row 15: what an address for watching is good for, and what it is not."""
import base64
import hashlib
import hmac
import struct
import time

import pytest
from rig.hls import Hls
from rig.http import Http
from rig.stream import Channel, patch, stream_settings

LIVE, VOD = 1, 2  # scopes


def plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def token_of(address) -> str:
    return address.split("/")[2]


def address(kind, token, name, file) -> str:
    return f"/{kind}/{token}/{name}/{file}"


def made(server, name, scope, seconds, account=0, flags=0) -> str:
    """A token as the server would make it, with the key that it has (stream/grant.cc)."""
    key = (server.data / "stream-grants.key").read_bytes()
    body = (bytes([2, hashlib.sha256(key).digest()[0]]) + struct.pack(">IB", int(time.time() + seconds), scope)
            + hashlib.sha256(name.encode()).digest()[:8] + b"playback" + struct.pack(">QB", account, flags))
    return plain(body) + "." + plain(hmac.new(key, body, "sha256").digest()[:16])


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(linger_seconds=0, **{"log.access": True, "log.level": "debug"}))


@pytest.fixture(scope="module")
def channels(people):
    """Two that are live, each with a recording of before."""
    made = [Channel(people, f"tztoken{n}") for n in range(2)]
    for channel in made:
        channel.vod_of_before = channel.record(2)
        channel.publish()
    for channel in made:
        channel.await_live()
    yield made
    for channel in made:
        channel.close()


@pytest.fixture
def private(channels):
    """The first channel, while only its owner may look."""
    channel = channels[0]
    assert channel.owner.put("/stream/metadata", {"visibility": "private"}).status == 200
    yield channel
    assert channel.owner.put("/stream/metadata", {"visibility": "public"}).status == 200


def status(server, path) -> int:
    answer = Http(server).get(path)
    assert answer.status == 200 or answer.is_problem(), answer
    return answer.status


def test_row_15_forged_and_foreign_live(server, channels, private):
    one, two = channels
    good, others = token_of(one.hls().address), token_of(two.hls().address)
    vods = token_of(one.vod_of_before["playback"]["hls"])

    def at(token):
        return {status(server, address("hls", token, one.name, file))
                for file in ("master.m3u8", "live.m3u8", one.hls().playlist().segments[-1].map["URI"])}

    assert at(good) == {200}
    body, mac = good.split(".")
    flipped = bytearray(bytes_of(body))
    flipped[2] ^= 1  # the time of its end
    for bad in (others, vods, "garbage", f"{plain(bytes(flipped))}.{mac}", f"{body}.{plain(bytes(16))}",
                f"{body}.{mac[:-2]}", body, f".{mac}", f"{body}.{mac}.{mac}", "A" * 4000):
        assert at(bad) == {403}, bad[:80]
    assert at("open") == {404}
    me = one.owner.id
    assert at(made(server, one.name, LIVE, 600, me)) == {200}
    assert at(made(server, one.name, LIVE, -600, me)) == {410}
    assert at(made(server, one.name, LIVE, -60, me)) == {200}, "clocks may differ by two minutes"
    assert at(made(server, one.name, VOD, 600, me)) == {403}
    assert at(made(server, one.name[:-1], LIVE, 600, me)) == {403}
    for nobody in (0, two.owner.id, 10 ** 15, 2 ** 64 - 1):
        assert at(made(server, one.name, LIVE, 600, nobody)) == {403}, "whose it is counts, not that it is genuine"


def test_row_15_forged_and_foreign_recordings(server, channels):
    one, two = channels
    vod, other = one.vod_of_before, two.vod_of_before
    assert patch(one.owner, vod, visibility="private").status == 200
    good = token_of(one.owner.get(f"/vods/{vod['id']}").json()["playback"]["hls"])

    def at(token, ident=vod["id"]):
        return {status(server, address("vod", token, ident, file)) for file in ("index.m3u8", "file-1.mp4")}

    assert at(good) == {200}
    for bad in (token_of(vod["playback"]["hls"]), token_of(other["playback"]["hls"]), token_of(two.hls().address),
                "garbage", made(server, vod["id"], LIVE, 600), made(server, other["id"], VOD, 600),
                made(server, vod["id"], VOD, 600), made(server, vod["id"], VOD, 600, two.owner.id)):
        assert at(bad) == {403}, bad
    assert at("open") == {404}
    assert at(made(server, vod["id"], VOD, 600, one.owner.id)) == {200}
    assert at(made(server, vod["id"], VOD, -600, one.owner.id)) == {410}
    for nothing in ("1", "x"):
        assert at(good, nothing) == {403} and at("open", nothing) == {404}
    assert Http(server).get(f"/vods/{vod['id']}").status == 404
    assert at("open", other["id"]) == {200}, "a public recording has an open address"


def test_a_hidden_channel_looks_like_one_that_is_not(server, channels, private):
    for token in ("open", "garbage", token_of(channels[1].hls().address)):
        hidden, absent = (Http(server).get(address("hls", token, name, "live.m3u8")) for name in (private.name, "nobody"))
        assert hidden.status == absent.status and hidden.json()["code"] == absent.json()["code"], token


def test_row_15_private_while_somebody_watches(server, people, channels):
    channel = channels[1]
    watcher, own = people.user(), channel.hls()
    hls, opened = channel.hls(watcher), Hls(server, f"/hls/open/{channel.name}/live.m3u8")
    playlist = hls.playlist()
    assert opened.playlist().segments
    channel.owner.put("/stream/metadata", {"visibility": "private"})
    assert hls.get("live.m3u8?_HLS_msn=%d&_HLS_part=%d" % playlist.next).status == 403, "at the next reload"
    assert hls.get(playlist.segments[-1].map["URI"]).status == 403
    assert opened.get("live.m3u8").status == 404
    assert own.get("live.m3u8").status == 403, "even what the owner had: it was given while everybody could look"
    assert channel.hls().playlist().segments, "he gets another one"
    channel.owner.put("/stream/metadata", {"visibility": "public"})
    assert channel.hls(watcher).playlist().segments


def test_row_15_for_subscribers(server, people, channels):
    channel = channels[0]
    subscriber, other = people.user(features=["flair13"]), people.user()
    channel.owner.put("/stream/metadata", {"visibility": "subscribers"})
    for who, may in ((channel.owner, True), (people.moderator(), True), (subscriber, True), (other, False),
                     (Http(server), False)):
        answer = who.get(f"/stream/{channel.name}")
        assert answer.status == 200 and answer.json()["state"] == "live", "that it is on is no secret"
        assert (answer.json()["playback"] is not None) == may
        assert answer.json()["thumbnail"] is None
    hls = channel.hls(subscriber)
    playlist = hls.playlist()
    channel.owner.put("/stream/metadata", {"visibility": "private"})
    assert hls.get("live.m3u8?_HLS_msn=%d&_HLS_part=%d" % playlist.next).status == 403, "subscribers no more"
    channel.owner.put("/stream/metadata", {"visibility": "public"})


def test_addresses_are_not_logged(server, channels):
    token, name = token_of(channels[1].hls().address), channels[1].name
    assert status(server, address("hls", token, name, "live.m3u8")) == 200
    server.await_log("http.request", where=lambda e: e["path"].endswith(f"{name}/live.m3u8"))
    assert token not in server.log_text()
