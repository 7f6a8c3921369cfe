"""The port for publishers meets people who publish nothing."""
import os
import random
import socket
import struct
import time

import pytest
from rig.http import open_socket, read_all
from rig.rtmp import Chunks, amf, message, read_values, shake_hands
from rig.stream import Channel, rtmp_port, stream_settings
from rig.timing import patience

HANDSHAKE_S = 5
SEED = int(os.environ.get("STRIMS_SEED", str(random.randrange(10**9))))


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(linger_seconds=0, handshake_seconds=HANDSHAKE_S))


@pytest.fixture(scope="module")
def port(server):
    return rtmp_port(server)


@pytest.fixture(scope="module")
def bystander(people):
    """Somebody who publishes all the time, and must not notice anything."""
    channel = Channel(people, "tzbystander")
    channel.publish()
    channel.live = channel.await_live()
    yield channel
    channel.close()


@pytest.fixture(autouse=True)
def undisturbed(bystander):
    before = bystander.hls().playlist()
    yield
    after = bystander.hls().playlist(before.next)
    assert after.end > before.end and len(after.stretches()) == 1
    assert bystander.show()["broadcast_id"] == bystander.live["broadcast_id"]
    assert bystander.health()["reconnects"] == 0


@pytest.fixture(scope="module")
def idle(port):
    """A hundred that connect and say nothing or half of something, from the begin of the tests on."""
    began = time.monotonic()
    sockets = [open_socket(port) for _ in range(100)]
    for number, s in enumerate(sockets):
        s.sendall(b"\x03" * (number % 2) + b"x" * (number // 2))
    return began, sockets


def greeted(port) -> socket.socket:
    """A connection behind the handshake."""
    s = open_socket(port)
    shake_hands(s)
    return s


def connected(port) -> socket.socket:
    s = greeted(port)
    s.sendall(message(20, amf("connect") + amf(1) + amf({"app": "live"})))
    await_answer(s, lambda v: v[0] == "_result")
    return s


def await_answer(s, fits):
    chunks = Chunks()
    while True:
        data = s.recv(65536)
        assert data, "closed"
        for kind, body in chunks.feed(data):
            if kind == 20 and fits(values := read_values(body)):
                return values


def closed_soon(s, seconds=4):
    began = time.monotonic()
    with s:
        read_all(s)
    assert time.monotonic() - began < patience(seconds)


@pytest.mark.smoke
def test_bytes_of_no_protocol(port, idle):
    dice = random.Random(SEED)
    for first in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00", b"\x06", dice.randbytes(5000)):
        if first[0] == 3:
            continue
        s = open_socket(port)
        s.sendall(first)
        closed_soon(s)
    for n in range(30):
        s = greeted(port)
        try:
            s.sendall(dice.randbytes(dice.randrange(1, 20_000)))
            s.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        closed_soon(s, 6), SEED


def test_messages_that_are_too_large(port):
    for kind, size in ((20, 65 * 1024), (18, 65 * 1024), (9, 5 << 20), (8, 0xffffff)):
        s = connected(port)
        head = b"\x03\x00\x00\x00" + size.to_bytes(3, "big") + bytes([kind]) + bytes(4)
        try:
            s.sendall(head + bytes(128))
        except OSError:
            pass
        closed_soon(s)
    s = connected(port)
    s.sendall(message(1, struct.pack(">I", 0x7fffffff), channel=2))
    closed_soon(s)


def test_commands_out_of_place(port):
    s = greeted(port)
    s.sendall(message(20, amf("publish") + amf(1) + amf(None) + amf("x"), stream=1))
    closed_soon(s)  # before connect
    s = connected(port)
    s.sendall(message(20, amf("connect") + amf(2) + amf({"app": "live"})))
    closed_soon(s)
    s = connected(port)
    s.sendall(message(20, b"\x03" + b"\x00\x01a\x03" * 200))
    closed_soon(s)  # objects in objects in objects
    s = connected(port)
    s.sendall(message(20, amf("play") + amf(2) + amf(None) + amf("tzbystander"), stream=1))
    assert await_answer(s, lambda v: v[0] == "onStatus")[3]["code"] == "NetStream.Play.StreamNotFound"
    s.close()


def test_media_without_a_publish(port, bystander):
    s = connected(port)
    for n in range(50):
        s.sendall(message(9, b"\x17\x01\x00\x00\x00" + bytes(1000), n * 33, stream=1))
    s.close()


def test_who_is_too_fast_is_closed(make_server):
    from rig.people import People
    server = make_server(stream_settings(linger_seconds=0, max_kbps=1000))
    channel = Channel(People(server), "tzfast")
    publisher = channel.publish(speed=0)
    refusal = publisher.ended()
    assert refusal is not None and "bitrate" in refusal.sentence
    channel.await_state("interrupted", "offline")


def test_slow_handshakes_end_after_five_seconds(server, port, idle):
    opened, sockets = idle
    began = time.monotonic()
    still = [s for s in sockets if s.fileno() >= 0]
    for s in still:
        closed_soon(s, HANDSHAKE_S + 2)
    now = time.monotonic()
    assert now - opened >= HANDSHAKE_S - 0.5 and now - began < patience(HANDSHAKE_S + 3)
    assert server.running()
