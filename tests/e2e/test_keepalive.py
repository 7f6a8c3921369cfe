"""Rows 42 to 47: pings in both directions, and who counts as gone."""
import base64
import time

import pytest
from rig.timing import FACTOR
from rig.ws import PING, Closed, WsClient

PONG_TIMEOUT_S = 3


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"ws.ping_interval_ms": 1000, "ws.pong_timeout_ms": PONG_TIMEOUT_S * 1000})


def read_for(client, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        client.read_once((until - time.monotonic()) / FACTOR)


def test_042_the_server_sends_pings(server):
    with WsClient(server) as c:
        while len(c.pings) < 2:
            assert c.read_once(timeout=4), "no ping"
        assert all(len(payload) <= 125 for _, payload in c.pings)


def test_043_a_client_that_answers_no_ping_is_dropped(server, people):
    quiet = WsClient(server, answer_pings=False)
    began = time.monotonic()
    with people.guest() as other:
        while quiet.closed is None:
            read_for(other, 0.2)
            try:
                quiet.read_once(timeout=0.1)
            except Closed:
                pass
            assert time.monotonic() - began < (PONG_TIMEOUT_S + 5) * FACTOR, "still open"
        assert time.monotonic() - began >= PONG_TIMEOUT_S - 1
        other.fence()


def test_044_a_silent_client_that_answers_pings_stays(server):
    with WsClient(server) as c:
        read_for(c, PONG_TIMEOUT_S + 3)
        assert c.closed is None
        c.fence()


@pytest.mark.smoke
def test_045_client_ping_gets_a_pong_with_its_payload(server):
    with WsClient(server) as c:
        for payload in (b"abc", b"", b"\x00\xff" * 62):
            c.send_frame(PING, payload)
            c.fence()
            assert c.frames[-1].payload == payload


@pytest.mark.smoke
def test_046_pong_is_accepted_silently(server):
    with WsClient(server) as c:
        for text in ('PONG {"timestamp":1}', "PONG x", "PONG "):
            c.send_text(text)
        c.absent("PONG")
        assert [e for e in c.pending if e.name == "ERR"] == []


@pytest.mark.smoke
def test_047_ping_is_answered_with_base64_of_its_json(server):
    with WsClient(server) as c:
        c.send_text('PING {"timestamp":1}')
        assert c.expect("PONG").raw == 'PONG "eyJ0aW1lc3RhbXAiOjF9"'
        c.send_text('PING  {"a" : [1 ]}')
        assert base64.b64decode(c.expect("PONG").data) == b' {"a" : [1 ]}', "the bytes as received"
