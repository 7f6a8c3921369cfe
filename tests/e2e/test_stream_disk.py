"""Row 13: the disk takes no more, or is not there, or too much waits for it. Live goes on and the recording says what
it lacks; once the disk is well again, it goes on too."""
import functools
import subprocess

import pytest
from rig.clips import VIDEO, is_keyframe, padded
from rig.people import People
from rig.stream import Channel, decode, first_is_key, stream_settings
from rig.timing import eventually

RETRY_S = 5  # after the disk refused it is asked again


class Trouble:
    """A server, a channel that is live on it, and what is wrong with the folder of the recordings."""

    def __init__(self, server, name, speed=1.0):
        self.server = server
        self.channel = Channel(People(server), name)
        self.publisher = self.channel.publish(speed=speed)
        self.live = self.channel.await_live()

    @property
    def vod(self) -> dict:
        return self.channel.vods()[0]

    def await_degraded(self, reason):
        assert self.server.await_log("recorder.refused", timeout=10)["reason"] == reason
        eventually(lambda: self.vod["degraded"])
        assert self.channel.health()["recording"]["state"] == "degraded"

    def plays_on(self):
        hls = self.channel.hls()
        last = hls.playlist().segments[-1].number
        hls.until(lambda p: p.segments[-1].number > last)
        shown = self.channel.show()
        assert (shown["state"], shown["broadcast_id"]) == ("live", self.live["broadcast_id"])

    def await_recovery(self):
        eventually(lambda: self.channel.health()["recording"]["state"] == "recording", RETRY_S + 5)
        self.plays_on()

    def end(self, state="ready") -> dict:
        self.publisher.stop()
        return self.channel.await_vod(self.live["broadcast_id"], state)

    def check_gap(self, vod, tmp_path):
        """One gap, and what lies behind it plays from its first frame."""
        hls = self.channel.vod(vod)
        playlist = hls.playlist()
        assert vod["degraded"] and len(playlist.stretches()) == 2
        assert decode(hls.url) == ""
        behind = next(n for n, s in enumerate(playlist.segments) if s.discontinuity)
        (tmp_path / "behind.mp4").write_bytes(hls.media(playlist.segments[behind:behind + 1]))
        assert decode(tmp_path / "behind.mp4") == ""
        assert first_is_key(tmp_path / "behind.mp4")


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A folder with a small disk of its own."""
    folder = tmp_path_factory.mktemp("disk")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True)
    yield folder if done.returncode == 0 else None
    if done.returncode == 0:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def full(make_server, disk):
    """Full since it is live."""
    if disk is None:
        return None
    trouble = Trouble(make_server(stream_settings(linger_seconds=0, record_dir=str(disk))), "tzfull")
    assert (trouble.vod["state"], trouble.vod["degraded"]) == ("recording", False)
    assert trouble.channel.health()["recording"]["state"] == "recording"
    eventually(lambda: [*disk.glob("*/*/*/part-*.mp4")])
    with open(disk / "ballast", "wb", buffering=0) as ballast, pytest.raises(OSError):
        while True:
            ballast.write(bytes(4096))
    return trouble


@pytest.fixture(scope="module")
def away(make_server):
    """The folder cannot be made: something else is in its place."""
    server = make_server(stream_settings(linger_seconds=0))
    (server.data / "rec").write_text("in the way")
    return Trouble(server, "tzaway")


@pytest.fixture(scope="module", autouse=True)
def both(full, away):
    """Both begin at once: the time that passes is the same."""


def test_row_13_live_goes_on_and_the_recording_says_so(full, away, disk):
    away.await_degraded("write_failed")
    away.plays_on()
    (away.server.data / "rec").unlink()
    if full is None:
        pytest.skip("no small disk can be mounted here")
    full.await_degraded("disk_full")
    full.plays_on()
    (disk / "ballast").unlink()


def test_row_13_more_waits_than_may(make_server, tmp_path):
    """A part that is larger than the recorder's queue is seen live and left out of the recording."""
    trouble = Trouble(make_server(stream_settings(linger_seconds=0, record_queue_bytes=2 ** 20, max_kbps=100_000)),
                      "tzqueue", speed=2)
    hls = trouble.channel.hls()
    frame = next(body for kind, _, body in trouble.publisher.clip_tags
                 if kind == VIDEO and body[1] == 1 and not is_keyframe(kind, body))
    trouble.publisher.send(VIDEO, padded(frame, 1_200_000))
    size = functools.cache(lambda uri: len(hls.fetch(uri)))
    # A playlist that comes late shows more than one segment behind it.
    seen = hls.until(lambda p: any(size(part.uri) > 2 ** 20 for s in p.segments[-4:] for part in s.parts))
    eventually(lambda: trouble.vod["degraded"])
    hls.until(lambda p: p.segments[-1].number > seen.segments[-1].number + 1)
    assert trouble.channel.health()["recording"]["state"] == "recording", "it goes on by itself"
    trouble.check_gap(trouble.end(), tmp_path)


def test_row_13_too_little_space(make_server):
    """Below the floor nothing is recorded, whatever would fit; the owner sees a recording that failed."""
    trouble = Trouble(make_server(stream_settings(linger_seconds=0, disk_floor_bytes=2 ** 50)), "tzfloor", speed=3)
    trouble.await_degraded("disk_full")
    trouble.plays_on()
    failed = trouble.end("failed")
    assert (failed["bytes"], failed["playback"], failed["degraded"]) == (0, None, True)
    assert trouble.channel.owner.delete(f"/vods/{failed['id']}").status == 204
    assert trouble.channel.vods() == []


def test_row_13_it_recovers(full, away, tmp_path):
    away.await_recovery()
    late = away.end()
    assert late["degraded"] and late["duration_ms"] > 1000 and decode(away.channel.vod(late).url) == ""
    if full is None:
        pytest.skip("no small disk can be mounted here")
    full.await_recovery()
    full.check_gap(full.end(), tmp_path)
