"""A viewer who sends on while his request is held does a publisher on the same shard no harm."""
import socket

from rig.people import People
from rig.stream import Channel, stream_settings
from rig.timing import patience

KEEPS = 12  # requests that are held, one behind the other
PADDING = b"X-Padding: " + b"3" * 7000 + b"\r\n"


def held(hls, number, part) -> bytes:
    path = hls.address.rsplit("/", 1)[0] + f"/live.m3u8?_HLS_msn={number}&_HLS_part={part}"
    return b"GET " + path.encode() + b" HTTP/1.1\r\nHost: a\r\n" + PADDING + b"\r\n"


def test_input_behind_a_held_request(own_server):
    server = own_server(stream_settings(**{"server.shards": 1}))
    channel = Channel(People(server), "tzpipe")
    publisher = channel.publish(speed=2)
    live = channel.await_live()
    hls = channel.hls()
    playlist = hls.until(lambda p: p.complete)
    viewers = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(4)]
    for viewer in viewers:
        viewer.settimeout(patience(10))
        number, part = playlist.next
        viewer.sendall(held(hls, number, part))
        # What comes behind it lies in the socket until the answer, which is given while a tag is parsed.
        viewer.sendall(b"".join(held(hls, number + n, 0) for n in range(1, KEEPS // 4)) * 2)
    for _ in range(KEEPS):
        playlist = hls.playlist(playlist.next)
    for viewer in viewers:
        assert viewer.recv(100).startswith(b"HTTP/1.1 200")
        viewer.close()
    hls.until(lambda p: p.segments[-1].number > playlist.segments[-1].number + 1)
    assert publisher.is_alive(), "nobody took the viewers' bytes for its own"
    assert channel.show()["broadcast_id"] == live["broadcast_id"] and channel.health()["reconnects"] == 0
    assert not server.log("ingest.protocol_error")
    channel.close()
