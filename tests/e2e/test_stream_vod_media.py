"""A recording as a player reads it: byte ranges of its files, and the chat that goes with it by the wall clock."""
import pytest
from rig.clips import VIDEO, is_keyframe, padded
from rig.hls import seconds_of_date
from rig.http import Http, open_socket, read_all
from rig.stream import Channel, patch, stream_settings


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(linger_seconds=0, max_kbps=1_000_000, grace_seconds=1))


@pytest.fixture(scope="module")
def channel(people):
    channel = Channel(people, "tzmedia")
    yield channel
    channel.close()


@pytest.fixture(scope="module")
def vod(channel):
    return channel.record(6)


@pytest.fixture(scope="module")
def data(channel, vod):
    """The bytes of its only file."""
    return (channel.folder(vod) / "part-0001.mp4").read_bytes()


@pytest.fixture
def hls(channel, vod):
    return channel.vod(vod)


def test_playlist_of_ranges(hls, vod, data):
    answer = hls.get("index.m3u8")
    assert answer.status == 200 and "#EXT-X-PLAYLIST-TYPE:VOD" in answer.text
    playlist = hls.playlist()
    assert playlist.ended and [round(s.seconds, 2) for s in playlist.segments] == [2.0, 2.0, 2.0]
    assert abs(playlist.segments[0].date - seconds_of_date(vod["started_at"])) < 1
    init = playlist.segments[0].map["BYTERANGE"]
    at = int(init.split("@")[0])
    for segment in playlist.segments:
        assert segment.range[0] == at, "one behind the other"
        at += segment.range[1]
    assert at == len(data) == vod["bytes"]
    assert hls.media(playlist.segments) == data


@pytest.mark.parametrize("header, first, last", [
    ("bytes=0-0", 0, 0), ("bytes=100-199", 100, 199), ("bytes=100-", 100, None), ("bytes=-10", -10, None),
    ("bytes=0-999999999", 0, None), ("bytes=-999999999", 0, None), ("BYTES=5-6", 5, 6),
])
def test_ranges(hls, data, header, first, last):
    answer = hls.get("file-1.mp4", Range=header)
    size = len(data)
    first = size + first if first < 0 else first
    last = size - 1 if last is None else last
    assert answer.status == 206 and answer.body == data[first:last + 1]
    assert answer.header("content-range") == f"bytes {first}-{last}/{size}"
    assert answer.header("accept-ranges") == "bytes" and answer.header("content-type") == "video/mp4"


def test_ranges_that_are_none(hls, data):
    for header in ("bytes=9999999999-", f"bytes={len(data)}-"):
        answer = hls.get("file-1.mp4", Range=header)
        assert answer.status == 416 and answer.header("content-range") == f"bytes */{len(data)}"
    for header in ("bytes=0-1,5-6", "bytes=x-", "bytes=5-1", "lines=1-2", "bytes", "bytes=-"):
        answer = hls.get("file-1.mp4", Range=header)
        assert answer.status == 200 and answer.body == data, header
    assert hls.get("file-1.mp4").body == data
    for name in ("file-2.mp4", "file-0.mp4", "file-01.mp4", "file-99999999999.mp4", "file-1.mp4x", "part-0001.mp4",
                 "part-0001.idx"):
        assert hls.get(name).status == 404, name
    assert hls.get("..%2fpart-0001.idx").status == 400


def test_if_range(hls, data):
    etag = hls.get("file-1.mp4", Range="bytes=0-9").header("etag")
    assert etag.startswith('"')
    same = hls.get("file-1.mp4", **{"Range": "bytes=5-9", "If-Range": etag})
    assert same.status == 206 and same.body == data[5:10]
    other = hls.get("file-1.mp4", **{"Range": "bytes=5-9", "If-Range": '"another"'})
    assert other.status == 200 and other.body == data


def test_caches(hls):
    answer = hls.get("file-1.mp4", Range="bytes=0-9", Origin="https://elsewhere.example")
    assert "immutable" in answer.header("cache-control") and answer.header("access-control-allow-origin") == "*"


@pytest.fixture(scope="module")
def large(channel):
    """A recording of more than is sent at once."""
    tags = [(kind, time, padded(body, 200_000) if kind == VIDEO and len(body) > 5 and body[1] == 1 else body)
            for kind, time, body in channel.publisher().clip_tags if time < 2000]
    assert any(is_keyframe(kind, body) for kind, _, body in tags)
    return channel.record(1.9, tags=tags)


def test_a_long_range(channel, large):
    size, hls = large["bytes"], channel.vod(large)
    assert size > 10_000_000
    data = (channel.folder(large) / "part-0001.mp4").read_bytes()
    for first, last in ((0, size - 1), (7, size - 3), (size - 5, size - 1)):
        answer = hls.get("file-1.mp4", Range=f"bytes={first}-{last if last < size - 1 else ''}")
        assert answer.status == 206
        assert answer.header("Content-Range") == f"bytes {first}-{last}/{size}"
        assert answer.body == data[first:last + 1]


def test_a_large_file_without_a_range(channel, large):
    answer = channel.vod(large).get("file-1.mp4")
    assert answer.status == 200
    assert answer.body == (channel.folder(large) / "part-0001.mp4").read_bytes()


class SlowDownload:
    """A file of a recording, of which only the beginning is read for now."""

    def __init__(self, channel, hls):
        self.socket = open_socket(channel.server.port, timeout=30)
        self.socket.sendall(f"GET {hls.folder}file-1.mp4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        self.head, _, self.body = self.socket.recv(65536).partition(b"\r\n\r\n")
        assert self.head.startswith(b"HTTP/1.1 200 "), self.head

    def rest(self) -> bytes:
        with self.socket:
            return self.body + read_all(self.socket)


def test_a_download_ends_with_the_right_to_it(people, channel, large):
    data = (channel.folder(large) / "part-0001.mp4").read_bytes()
    assert patch(channel.owner, large, visibility="subscribers").status == 200
    subscriber, other = people.user(features=["flair13"]), people.user(features=["flair13"])
    revoked, whole = (SlowDownload(channel, channel.vod(large, who)) for who in (subscriber, other))
    people.set_rights(subscriber)
    got = revoked.rest()
    assert len(got) < len(data) and data.startswith(got), "what the sockets held, and no more"
    assert whole.rest() == data
    deleted = SlowDownload(channel, channel.vod(large, other))
    assert channel.owner.delete(f"/vods/{large['id']}").status == 204
    assert len(deleted.rest()) < len(data)


def chat(who, vod, **query):
    answer = who.get(f"/vods/{vod['id']}/chat?" + "&".join(f"{k}={v}" for k, v in query.items()))
    assert answer.status == 200, answer
    return answer.json()


def texts(page) -> list:
    return [m["text"] for m in page["messages"]]


def test_chat_by_the_wall_clock(server, people, channel):
    talker, mod = people.user(features=["bot"]), people.moderator()
    with talker.connect() as t:
        t.say("before the stream")
        t.expect("MSG", data="before the stream")
        publisher = channel.publish(speed=4)
        live = channel.await_live()
        lines = [f"line {n}" for n in range(520)]
        for line in ["deleted by a moderator", *lines]:
            t.say(line)
        gone = t.expect("MSG", data="deleted by a moderator")
        t.expect("MSG", data=lines[-1], timeout=20)
        t.pending.clear()
        publisher.stop()
        channel.await_state("offline")
        found = Http(server).get("/chat/history?limit=200&before=%d" % (gone["seq"] + 1)).json()["messages"][-1]
        assert found["text"] == "deleted by a moderator"
        assert mod.delete(f"/chat/message/{found['id']}").status == 204
    vod = channel.await_vod(live["broadcast_id"])
    begin = int(seconds_of_date(vod["started_at"]) * 1000)
    page = chat(Http(server), vod)
    assert page["next"] and len(page["messages"]) == 500
    rest = chat(Http(server), vod, cursor=page["next"])
    assert rest["next"] is None
    seen = texts(page) + texts(rest)
    assert [t for t in seen if t.startswith("line")] == lines
    assert "before the stream" not in seen and "deleted by a moderator" not in seen
    assert f"{channel.name} is live." not in seen or seen.index(f"{channel.name} is live.") == 0
    at = {m["text"]: m["at"] for m in page["messages"] + rest["messages"]}
    assert all(seconds_of_date(a) * 1000 >= begin for a in at.values())
    assert chat(Http(server), vod, **{"from": begin - 60_000, "to": begin - 1})["messages"] == []
    middle = int(seconds_of_date(at["line 200"]) * 1000)
    assert texts(chat(Http(server), vod, **{"from": middle, "to": middle + 1000}))[0].startswith("line")
    for query in ({"from": 5, "to": 5}, {"from": 0, "to": 10 ** 9}, {"from": "x"}, {"cursor": -1}):
        answer = Http(server).get(f"/vods/{vod['id']}/chat?" + "&".join(f"{k}={v}" for k, v in query.items()))
        assert answer.status == 400, query
