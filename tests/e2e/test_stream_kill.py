"""Row 5: kill -9 at random moments while a program publishes that starts again by itself.

STRIMS_TEST_LONG=1: fifty times instead of a few. STRIMS_SEED chooses the moments.
"""
import os
import random
import threading
import time

import pytest
from rig.hls import seconds_of_date
from rig.http import Http
from rig.people import People
from rig.stream import Channel, Restarting, decode, probe, stream_settings
from rig.timing import eventually, patience

KILLS = 50 if os.environ.get("STRIMS_TEST_LONG") else 3
SEED = int(os.environ.get("STRIMS_SEED", str(random.randrange(10**9))))
PART_S = 0.502


class Viewer(threading.Thread):
    """Plays along and writes down how far the live stream had come whenever it looked."""

    def __init__(self, channel):
        super().__init__(daemon=True)
        self.channel, self.over = channel, threading.Event()
        self.seen_end = 0.0       # wall clock of the last part in a playlist
        self.broadcasts = set()
        self.error = None

    def run(self):
        try:
            while not self.over.is_set():
                try:
                    self._watch()
                except OSError:
                    pass  # the server is down
                time.sleep(0.01)
        except Exception as e:  # noqa: BLE001: shown by the test
            self.error = e

    def _watch(self):
        shown = Http(self.channel.server).get(f"/stream/{self.channel.name}")
        if shown.status != 200 or shown.json()["state"] != "live":
            return
        self.broadcasts.add(shown.json()["broadcast_id"])
        hls = self.channel.hls()
        playlist = hls.playlist()
        while not self.over.is_set():
            self.seen_end = max(self.seen_end, playlist.end)
            playlist = hls.playlist(playlist.next)


def test_row_5_kill_and_restart(own_server):
    dice = random.Random(SEED)
    server = own_server(stream_settings())
    people = People(server)
    channel = Channel(people, "tzkill")
    publisher, viewer = Restarting(channel.port, channel.key), Viewer(channel)
    viewer.start()
    kills = []
    for n in range(KILLS):
        began = eventually(lambda: viewer.seen_end > (kills[-1][1] if kills else 0) and viewer.seen_end, 15)
        time.sleep(dice.uniform(0, 2.5))
        before = time.time()
        server.kill()
        kills.append((before, time.time(), viewer.seen_end))
        assert began and viewer.error is None, (SEED, viewer.error)
        server.start()
    eventually(lambda: viewer.seen_end > kills[-1][1] + 0.5, 15)
    viewer.over.set()
    publisher.stop()
    broadcast = channel.show()["broadcast_id"]
    assert viewer.broadcasts == {broadcast}, "it is one broadcast all the time"
    channel.owner.post("/stream/stop", {})
    vod = channel.await_vod(broadcast)
    viewer.join(patience(10))
    assert viewer.error is None, (SEED, viewer.error)
    check_recording(channel, vod, kills, publisher.starts)
    texts = [m["text"] for m in Http(server).get("/chat/history?kinds=broadcast").json()["messages"]]
    assert [t for t in texts if "tzkill is live" in t] == ["tzkill is live."], "told once"
    assert len([t for t in texts if "tzkill has ended" in t]) == 1
    assert [v["id"] for v in channel.vods()] == [broadcast]


def check_recording(channel, vod, kills, starts):
    hls = channel.vod(vod)
    playlist = hls.playlist()
    assert decode(hls.url) == "", f"seed {SEED}: it does not play from start to end"
    assert playlist.ended and abs(playlist.seconds - vod["duration_ms"] / 1000) < 0.01
    runs = playlist.stretches()
    assert len(runs) == starts == len(kills) + 1
    assert [s.discontinuity for s in playlist.segments].count(True) == len(kills)
    frames = int(probe(hls.url, "-count_frames", "-select_streams", "v")["video"]["nb_read_frames"])
    assert abs(frames - playlist.seconds * 30) <= 2 * len(runs)
    for (_, end), (begin, _), (before, dead_at, seen_end) in zip(runs, runs[1:], kills):
        assert seen_end - end <= PART_S, f"seed {SEED}: more is lost than one part"
        assert before - end < PART_S + patience(1), f"seed {SEED}: what came last is missing"
        # What came first may have been on its way a little longer than what came last.
        assert end < dead_at + patience(1), f"seed {SEED}: the dates"
        assert before < begin < dead_at + patience(6), f"seed {SEED}: the dates"


@pytest.mark.smoke
def test_a_broadcast_that_nobody_continues_ends(own_server):
    """Killed, and the publisher does not come back: the recording is finished all the same."""
    server = own_server(stream_settings(grace_seconds=1))
    channel = Channel(People(server), "tzalone")
    publisher = channel.publish(speed=4)
    live = channel.await_live()
    eventually(lambda: publisher.sent_ms > 3000)
    server.kill()
    publisher.ended()
    server.start()
    assert channel.show()["broadcast_id"] in (live["broadcast_id"], None)
    channel.await_state("offline")
    vod = channel.await_vod(live["broadcast_id"])
    assert vod["duration_ms"] > 2000
    length = seconds_of_date(vod["ended_at"]) - seconds_of_date(vod["started_at"])
    assert abs(length - vod["duration_ms"] / 1000) < 1.5, "the end is that of the last frame"
    assert decode(channel.vod(vod).url) == ""


def test_planned_restart(own_server):
    """SIGTERM takes nothing with it: what had come is in the recording, and the broadcast goes on."""
    server = own_server(stream_settings())
    channel = Channel(People(server), "tzplanned")
    publisher = Restarting(channel.port, channel.key)
    live = channel.await_live()
    channel.hls().until(lambda p: p.seconds > 1)
    stopped_at = time.time()
    assert server.stop() == 0
    gone_at = time.time()
    server.start()
    channel.await_live()
    channel.hls().until(lambda p: p.seconds > 1)
    publisher.stop()
    assert channel.show()["broadcast_id"] == live["broadcast_id"]
    channel.owner.post("/stream/stop", {})
    vod = channel.await_vod(live["broadcast_id"])
    (_, end), (begin, _) = channel.vod(vod).playlist().stretches()
    assert stopped_at - patience(1) < end < gone_at + patience(1) and begin > stopped_at
    assert decode(channel.vod(vod).url) == ""
