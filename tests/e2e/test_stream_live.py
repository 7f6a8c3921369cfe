"""A push becomes a live stream that plays."""
import time

import pytest
from rig.clips import PLAIN
from rig.http import Http
from rig.stream import Channel, anybody, probe, stream_settings, told
from rig.timing import patience


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(linger_seconds=0))


@pytest.fixture(scope="module")
def channel(people):
    channel = Channel(people, "tzlive")
    yield channel
    channel.close()


@pytest.fixture(scope="module")
def live(channel):
    """It is live all the time."""
    channel.push()
    channel.await_live()
    return channel


@pytest.mark.smoke
def test_row_1_push_goes_live_and_ends(server, people, channel):
    with people.guest() as g:
        began = time.monotonic()
        pusher = channel.push()
        starting = told(g, channel, "starting")
        assert starting["started_at"] is None
        live = told(g, channel, "live")
        notice = g.expect("BROADCAST", where=lambda e: channel.name in e["data"])
        assert time.monotonic() - began < patience(3)
        order = [e for e in g.seen if e.name in ("STREAM", "BROADCAST")]
        assert order == [starting, notice, live] and "is live" in notice["data"]
        shown = anybody(server, f"/stream/{channel.name}").json()
        assert (shown["state"], shown["owner"]) == ("live", channel.owner.nick)
        assert shown["started_at"] == live["started_at"] and shown["broadcast_id"]
        listed = anybody(server, "/streams").json()["streams"]
        assert [(s["channel"], s["broadcast_id"]) for s in listed] == [(channel.name, shown["broadcast_id"])]
        pusher.stop()
        assert told(g, channel, "interrupted")["started_at"] == live["started_at"]
        told(g, channel, "offline")
        assert "ended" in g.expect("BROADCAST")["data"]
        people.fence(g)
        g.absent("BROADCAST")
        g.absent("STREAM")
    after = anybody(server, f"/stream/{channel.name}").json()
    assert (after["state"], after["broadcast_id"], after["playback"]) == ("offline", None, None)
    assert anybody(server, "/streams").json() == {"streams": []}
    assert channel.name in [s["channel"] for s in anybody(server, "/streams?all=1").json()["streams"]]


def test_row_1_ffprobe_of_the_playlist(live):
    hls = live.hls()
    variant = hls.master()
    assert variant["RESOLUTION"] == PLAIN.size and variant["CODECS"].startswith("avc1.")
    assert variant["CODECS"].endswith(",mp4a.40.2") and float(variant["FRAME-RATE"]) == 30
    assert 300_000 < int(variant["AVERAGE-BANDWIDTH"]) <= int(variant["BANDWIDTH"]) < 3_000_000
    hls.until(lambda p: p.complete)
    seen = probe(hls.url)
    assert (seen["video"]["codec_name"], seen["audio"]["codec_name"]) == ("h264", "aac")
    assert (seen["video"]["width"], seen["video"]["height"]) == (PLAIN.width, PLAIN.height)
    assert seen["audio"]["sample_rate"] == "48000"


def test_parts_come_as_they_are_made(live):
    """Low latency: every half second one more part, which a player is told of at once."""
    hls = live.hls()
    playlist = hls.playlist()
    ends = []
    for _ in range(4):
        playlist = hls.playlist(playlist.next)
        ends.append(playlist.end)
        assert abs(time.time() - playlist.end) < patience(2), "the dates are the wall clock's"
        assert hls.fetch(playlist.hint)[4:8] == b"prft", "held until it is there"
    assert ends == sorted(set(ends))
    assert playlist.part_target <= 0.502 and playlist.target <= 4


def test_segments_are_their_parts(live, tmp_path):
    hls = live.hls()
    playlist = hls.until(lambda p: any(s.complete and s.parts for s in p.segments))
    segment = next(s for s in playlist.segments if s.complete and s.parts)
    assert b"".join(hls.fetch(part.uri) for part in segment.parts) == hls.fetch(segment.uri)
    assert segment.parts[0].independent and not segment.discontinuity
    (tmp_path / "segment.mp4").write_bytes(hls.media([segment]))
    seen = probe(tmp_path / "segment.mp4", "-count_frames")
    assert int(seen["video"]["nb_read_frames"]) == round(segment.seconds * 30)


def test_what_is_not_there(live):
    hls = live.hls()
    last = hls.playlist().segments[-1].number
    assert hls.get(f"live.m3u8?_HLS_msn={last + 10}").status == 400
    for uri in ("live.m3u8?_HLS_part=1", "live.m3u8?_HLS_msn=x", "live.m3u8?_HLS_msn=-1"):
        assert hls.get(uri).status == 400, uri
    kind, series, number = hls.playlist().segments[-1].map["URI"].split("-")
    assert hls.get(f"{kind}-{series}-{number}").status == 200
    for uri in (f"part-{series}-{last + 1}.7.m4s", f"seg-{series}-{last + 5}.m4s", f"init-{series}-77.mp4",
                f"{kind}-{number}", f"{kind}-{series}x-{number}", f"seg-{series}-x.m4s", f"seg-{series}", "seg-", "other",
                f"seg-{series}-1.m4s.mp4"):
        assert hls.get(uri).status == 404, uri
    assert Http(live.server).get("/hls/open/nobodyhere/live.m3u8").status == 404


def test_caches_and_other_sites(live):
    hls = live.hls()
    playlist = hls.playlist()
    assert hls.get("live.m3u8").header("cache-control") == "max-age=1"
    init = hls.get(playlist.segments[-1].map["URI"], Origin="https://elsewhere.example")
    assert "immutable" in init.header("cache-control")
    assert init.header("access-control-allow-origin") == "*" and init.header("set-cookie") is None
    assert Http(live.server).get(f"/hls/open/{live.name}/live.m3u8").status == 200, "open, as the channel is public"
