"""Publishing over TLS, with the certificate of the site."""
import socket
import ssl

import pytest
from rig.http import Http
from rig.people import People
from rig.server import free_port
from rig.stream import Channel, decode, probe, stream_settings
from rig.timing import eventually
from rig.tls import client_context, make_certificate


@pytest.fixture
def channel(own_server, tmp_path):
    cert, key = make_certificate(tmp_path, "live.test")
    port, plain = free_port(), free_port()
    server = own_server(stream_settings(rtmps_listen=[f"127.0.0.1:{port}"], **{
        "tls.cert": cert, "tls.key": key, "tls.listen": [f"127.0.0.1:{free_port()}"]}), start=False)
    server.port = plain
    server.start()
    server.scheme, server.port = "http", plain  # of the two that it may announce
    made = Channel(People(server), "tzsecure")
    made.rtmps, made.certificate = port, cert
    yield made
    made.close()


def push(channel, key=None):
    return channel.push_to(channel.rtmps, key or channel.key, server="rtmps://127.0.0.1")


@pytest.mark.smoke
def test_a_stream_over_tls(channel):
    ingest = channel.show()["ingest"]
    assert ingest["rtmps"].startswith("rtmps://") and ingest["rtmps"].endswith(f":{channel.rtmps}/live")
    assert ingest["rtmp"].startswith("rtmp://")
    pusher = push(channel)
    live = channel.await_live()
    channel.hls().until(lambda p: p.complete)
    seen = probe(channel.hls().url)
    assert seen["video"]["codec_name"] == "h264" and seen["audio"]["codec_name"] == "aac"
    pusher.stop()
    channel.owner.post("/stream/stop", {})
    assert decode(channel.vod(channel.await_vod(live["broadcast_id"])).url) == ""


def test_a_wrong_key_over_tls(channel):
    refused = push(channel, "sk_wrong")
    assert refused.ended() != 0
    assert channel.state == "offline"
    eventually(lambda: channel.vods() == [])


def test_the_certificate_is_the_sites(channel):
    context = client_context(channel.certificate)
    with context.wrap_socket(socket.create_connection(("127.0.0.1", channel.rtmps))) as tls:
        assert tls.version() in ("TLSv1.2", "TLSv1.3")
    stranger = ssl.create_default_context()
    stranger.check_hostname = False
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.wrap_socket(socket.create_connection(("127.0.0.1", channel.rtmps)))


def test_plain_rtmp_is_not_taken_for_it(channel):
    plain = channel.push_to(channel.rtmps, channel.key)
    assert plain.ended() != 0
    assert channel.state == "offline"
    push(channel)
    channel.await_live()
    assert Http(channel.server).get("/streams").json()["streams"][0]["state"] == "live"
