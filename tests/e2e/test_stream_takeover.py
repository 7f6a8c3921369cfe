"""Row 6: a second program with the same key takes over, unless the two only throw each other out."""
import time

import pytest
from rig.rtmp import Refused
from rig.stream import Channel, stream_settings
from rig.timing import eventually, patience


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings())


@pytest.fixture
def channel(people, request):
    channel = Channel(people, "tz" + request.node.name.split("_")[-1])
    yield channel
    channel.close()


def test_row_6_the_newer_publisher_wins(people, channel):
    first = channel.push()
    live = channel.await_live()
    hls = channel.hls()
    before = hls.until(lambda p: p.complete)
    with people.guest() as g:
        began = time.monotonic()
        second = channel.push()
        assert first.ended() != 0, "the old one is thrown out"
        assert time.monotonic() - began < patience(6)
        after = hls.until(lambda p: any(s.discontinuity and s.parts for s in p.segments))
        # The player's next reload goes on: same list, one discontinuity, dates of the wall clock.
        assert [s.uri for s in after.complete][:1] == [s.uri for s in before.complete][:1]
        assert [s.discontinuity for s in after.segments].count(True) == 1 and not after.gap_follows
        joint = next(s for s in after.segments if s.discontinuity)
        assert joint.parts[0].independent and joint.map == before.segments[0].map
        assert abs(joint.date - second.began) < patience(4)
        assert len(after.stretches()) == 2
        now = channel.show()
        assert (now["state"], now["broadcast_id"]) == ("live", live["broadcast_id"])
        assert channel.health()["reconnects"] == 1
        people.fence(g)
        for state in ("interrupted", "offline", "starting"):
            g.absent("STREAM", channel=channel.name, state=state)
        g.absent("BROADCAST")
    assert second.running()
    assert [v["id"] for v in channel.vods()] == [live["broadcast_id"]]


def test_row_6_storm(channel):
    """More than four takeovers in a minute are two programs that fight: who is there stays."""
    publishers = [channel.publish() for _ in range(5)]
    for old in publishers[:-1]:
        assert "Another program" in old.ended().sentence
    live = channel.await_live()
    with pytest.raises(Refused) as refused:
        channel.publisher().open()
    assert refused.value.code == "NetStream.Publish.Rejected" and "throw each other out" in refused.value.sentence
    now = channel.show()
    assert publishers[-1].is_alive() and (now["state"], now["broadcast_id"]) == ("live", live["broadcast_id"])
    sent = publishers[-1].sent_ms
    eventually(lambda: publishers[-1].sent_ms > sent + 500)
