"""Compressed messages from clients (permessage-deflate, RFC 7692)."""
import os
import zlib

import pytest
from rig.ws import CONTINUATION, TEXT

OFFER = "permessage-deflate; client_max_window_bits"


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


def raw_deflate(data: bytes, level=6) -> bytes:
    c = zlib.compressobj(level, zlib.DEFLATED, -15)
    return (c.compress(data) + c.flush(zlib.Z_SYNC_FLUSH))[:-4]


@pytest.mark.smoke
def test_offer_is_taken_without_context_takeover(people):
    with people.user().connect(deflate=OFFER) as c:
        answer = c.headers["sec-websocket-extensions"]
        assert answer.startswith("permessage-deflate") and "client_no_context_takeover" in answer
        for n in range(5):
            c.send_deflated('MSG {"data":"compressed %d, compressed, compressed \U0001f600"}' % n)
            c.expect("MSG", data=f"compressed {n}, compressed, compressed \U0001f600")
        c.say("plain beside it")
        c.expect("MSG", data="plain beside it")


def test_without_the_extension_compressed_frames_are_an_error(people):
    with people.user().connect() as c:
        assert "sec-websocket-extensions" not in c.headers
        c.send_frame(TEXT, raw_deflate(b'MSG {"data":"x"}'), rsv=4)
        assert c.expect_closed().code == 1002


@pytest.mark.smoke
def test_fragments_of_a_compressed_message(people):
    with people.user().connect(deflate=OFFER) as c:
        data = raw_deflate(b'MSG {"data":"in three pieces, in three pieces"}')
        c.send_frame(TEXT, data[:5], fin=False, rsv=4)
        c.send_frame(CONTINUATION, data[5:12], fin=False)
        c.send_frame(CONTINUATION, data[12:])
        c.expect("MSG", data="in three pieces, in three pieces")
        for level in (0, 1, 9):
            c.send_frame(TEXT, raw_deflate(b'MSG {"data":"level %d"}' % level, level), rsv=4)
            c.expect("MSG", data=f"level {level}")


@pytest.mark.smoke
def test_a_bomb_closes_with_1009_and_costs_no_memory(server, people):
    bomb = raw_deflate(b"MSG " + b"\0" * 3_000_000, 9)  # about 3 KB on the wire
    assert len(bomb) < 6656
    before = server.memory_bytes()
    for _ in range(20):
        with people.user().connect(deflate=OFFER) as c:
            c.send_frame(TEXT, bomb, rsv=4)
            assert c.expect_closed().code == 1009
    assert server.memory_bytes() - before < 40 * 2**20
    limit = raw_deflate(b"FOO " + b"x" * (6656 - 4))
    with people.user().connect(deflate=OFFER) as c:
        c.send_frame(TEXT, limit, rsv=4)
        c.fence()
        c.send_frame(TEXT, raw_deflate(b"FOO " + b"x" * (6657 - 4)), rsv=4)
        assert c.expect_closed().code == 1009


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\x06", os.urandom(100), b"\x00\x05\x00\x00\x00hello"],
                         ids=["bad-block", "cut", "noise", "bad-stored"])
def test_damaged_data_closes(people, data):
    with people.user().connect(deflate=OFFER) as c:
        c.send_frame(TEXT, data, rsv=4)
        c.send_frame(TEXT, b"no frame of this form")  # noise may inflate to something harmless: this ends it
        assert c.expect_closed().code in (1002, 1003, 1007, 1008)


def test_compressed_text_must_be_utf8(people):
    with people.user().connect(deflate=OFFER) as c:
        c.send_frame(TEXT, raw_deflate(b'MSG {"data":"\xff\xfe"}'), rsv=4)
        assert c.expect_closed().code == 1007


def test_reserved_bit_on_a_later_fragment_is_an_error(people):
    with people.user().connect(deflate=OFFER) as c:
        data = raw_deflate(b'MSG {"data":"x"}')
        c.send_frame(TEXT, data[:4], fin=False, rsv=4)
        c.send_frame(CONTINUATION, data[4:], rsv=4)
        assert c.expect_closed().code == 1002


def test_switched_off_the_offer_is_declined(make_server):
    from rig.people import People
    people = People(make_server({"ws.deflate_in": False}))
    with people.user().connect(deflate=OFFER) as c:
        assert "sec-websocket-extensions" not in c.headers
        c.say("plain")
        c.expect("MSG", data="plain")


def test_echo_sends_back_what_came(make_server):
    """The conformance door, which runs the same code as chat."""
    from rig.ws import BINARY, WsClient
    server = make_server({"ws.debug_echo": True})
    for deflate in (None, OFFER):
        with WsClient(server, path="/debug/echo", deflate=deflate, flavour=None) as c:
            c.send_frame(BINARY, b"\x00\x01")
            frame = c.next_frame()
            assert (frame.opcode, frame.payload) == (BINARY, b"\x00\x01")
            if deflate:
                c.send_deflated("ECHO \U0001f600")
            else:
                c.send_text("ECHO \U0001f600")
            c.expect("ECHO")
