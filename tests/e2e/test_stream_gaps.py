"""Rows 7 and 8: the publisher falters, comes back, or does not. All at once, on channels of their own."""
import signal
import time

import pytest
from rig.hls import seconds_of_date
from rig.stream import Channel, decode, stream_settings, told
from rig.timing import patience

GRACE_S = int(patience(5))  # a publisher of ours must be back within it
PART_S = 0.55


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(grace_seconds=GRACE_S, linger_seconds=1, idle_seconds=90))


class Lost:
    """What was seen of a channel whose publisher was cut off."""

    def __init__(self, channel, client, publisher):
        self.channel, self.client = channel, client
        self.live = channel.await_live()
        self.before = channel.hls().until(lambda p: p.complete)
        self.cut_at = time.time()
        publisher.cut()


@pytest.fixture(scope="module")
def channels(people):
    made = {name: Channel(people, "tzgap" + name) for name in ("stopped", "back", "gone", "goodbye")}
    yield made
    for channel in made.values():
        channel.close()


@pytest.fixture(scope="module")
def scene(people, channels):
    """Four publishers: one stands still, one is cut off and returns, one is cut off for good, one says goodbye."""
    pushers = {name: channels[name].push() for name in ("stopped", "goodbye")}
    publishers = {name: channels[name].publish() for name in ("back", "gone")}
    pushers["stopped-live"] = channels["stopped"].await_live()
    pushers["stopped"].signal(signal.SIGSTOP)
    pushers["stopped-at"] = time.time()
    lost = {name: Lost(channels[name], people.guest(), publishers[name]) for name in ("gone", "back")}
    yield pushers, lost
    for each in lost.values():
        each.client.close()


def test_row_7_cut_and_return(channels, scene):
    channel, lost = channels["back"], scene[1]["back"]
    with lost.client as g:
        assert channel.await_state("interrupted")["broadcast_id"] == lost.live["broadcast_id"]
        hls = channel.hls()
        waiting = hls.playlist()
        assert waiting.gap_follows and waiting.hint is None and not waiting.ended, "a player is told what is to come"
        told(g, channel, "interrupted")
        g.clear()  # a change of the viewers says "live", too
        again_at = time.time()
        channel.publish()
        told(g, channel, "live")
        channel.people.fence(g)
        g.absent("BROADCAST")
        after = hls.until(lambda p: p.segments[-1].number > waiting.segments[-1].number + 1)
        seen_at = time.time()
    assert channel.show()["broadcast_id"] == lost.live["broadcast_id"]
    assert channel.show()["started_at"] == lost.live["started_at"]
    first, second = after.stretches()
    assert abs(first[1] - lost.cut_at) < PART_S + patience(1)
    assert again_at < second[0] < again_at + patience(2)
    assert abs(seen_at - second[1]) < PART_S + patience(1.5)
    assert channel.health()["reconnects"] == 1
    channel.owner.post("/stream/stop", {})
    vod = channel.await_vod(lost.live["broadcast_id"])
    recorded = channel.vod(vod).playlist()
    assert [round(s, 2) for s, _ in recorded.stretches()] == [round(first[0], 2), round(second[0], 2)]
    assert abs(recorded.seconds - vod["duration_ms"] / 1000) < 0.01
    assert decode(channel.vod(vod).url) == ""


def test_row_7_publisher_stands_still(channels, scene):
    channel, pushers = channels["stopped"], scene[0]
    time.sleep(max(0, pushers["stopped-at"] + 5 - time.time()))
    assert channel.state == "live", "shorter than what counts as lost"
    pushers["stopped"].signal(signal.SIGCONT)
    hls = channel.hls()
    after = hls.until(lambda p: p.end > time.time() - 1)
    assert len(after.stretches()) == 1, "its media goes on where it was"
    assert channel.show()["broadcast_id"] == pushers["stopped-live"]["broadcast_id"]
    assert channel.health()["reconnects"] == 0


def test_row_8_gap_longer_than_grace(channels, scene):
    channel, lost = channels["gone"], scene[1]["gone"]
    with lost.client as g:
        told(g, channel, "interrupted")
        told(g, channel, "offline", timeout=GRACE_S + 5)
        g.expect("BROADCAST", where=lambda e: e["data"] == f"{channel.name} has ended its stream.")
        after = channel.show()
        assert (after["broadcast_id"], after["playback"]) == (None, None)
        vod = channel.await_vod(lost.live["broadcast_id"])
        ended = seconds_of_date(vod["ended_at"])
        assert abs(ended - lost.cut_at) < PART_S + patience(1), "of the last frame, not of the grace's end"
        g.clear()
        channel.publish()
        again = channel.await_live()
        told(g, channel, "live")
        assert again["broadcast_id"] != lost.live["broadcast_id"]
        channel.people.fence(g)
        g.absent("BROADCAST")  # so soon after the end that nobody is told again


def test_goodbye_lingers_shortly(channels, scene):
    channel = channels["goodbye"]
    live = channel.await_live()
    with channel.people.guest() as g:
        began = time.monotonic()
        scene[0]["goodbye"].stop()
        told(g, channel, "interrupted")
        told(g, channel, "offline")
        assert time.monotonic() - began < GRACE_S, "who says goodbye is not waited for"
    assert decode(channel.vod(channel.await_vod(live["broadcast_id"])).url) == ""
