"""Row 7 on a real network: the publisher's cable is pulled for five seconds, and nobody is told of an end."""
import time

import pytest
from rig.network import Cable, may_make_networks
from rig.people import People
from rig.server import free_port
from rig.stream import Channel, decode, stream_settings
from rig.timing import patience

DROP_S = 5


@pytest.fixture
def cable():
    if not may_make_networks():
        pytest.skip("makes a network namespace, for which one must be root")
    made = Cable()
    yield made
    made.remove()


def test_row_7_network_drop(own_server, cable):
    server = own_server(stream_settings(rtmp_listen=[f"0.0.0.0:{free_port()}"]))
    channel = Channel(People(server), "tzcable")
    with channel.people.guest() as g:
        pusher = channel.push(server=f"rtmp://{cable.address}", within=cable.within)
        live = channel.await_live()
        hls = channel.hls()
        hls.until(lambda p: p.complete)
        cable.unplug()
        down_at = time.time()
        before = hls.playlist()
        time.sleep(DROP_S)  # the length of the drop is what is tested
        assert channel.state == "live", "shorter than what counts as lost"
        stood_at = hls.playlist().end
        assert stood_at < down_at + patience(1), "nothing came"
        cable.plug()
        after = hls.until(lambda p: p.end > max(time.time() - 1, down_at + DROP_S + 1), timeout=20)
        assert pusher.running(), "the same connection goes on"
        assert after.segments[-1].number > before.segments[-1].number
        assert len(after.stretches()) == 1, "all that was sent meanwhile came later: no gap"
        assert channel.show()["broadcast_id"] == live["broadcast_id"]
        assert channel.health()["reconnects"] == 0
        channel.people.fence(g)
        g.absent("STREAM", channel=channel.name, state="interrupted")
        g.absent("STREAM", channel=channel.name, state="offline")
    channel.owner.post("/stream/stop", {})
    channel.close()
    vod = channel.await_vod(live["broadcast_id"])
    playlist = channel.vod(vod).playlist()
    assert len(playlist.stretches()) == 1
    begin, end = playlist.stretches()[0]
    assert begin < down_at < down_at + DROP_S < end
    assert abs(playlist.seconds - (end - begin)) < 0.1
    assert decode(channel.vod(vod).url) == ""
