"""Rows 106 to 110: errors, slow readers, a crowd at once, and nothing that could become HTML."""
import asyncio
import base64
import os
import resource

import pytest
from rig.http import Http
from rig.timing import patience
from rig.ws import Closed, WsClient

CROWD = int(os.environ.get("STRIMS_CROWD", "1000"))


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"ws.ring_bytes": 65536, "ws.send_buffer_bytes": 8192, "ws.write_timeout_ms": 3000,
                        "server.trusted_proxies": [], "chat.max_connections_per_user": 50})


@pytest.mark.smoke
def test_106_every_err_is_an_object_or_a_bare_string(server, people):
    """The clients check each ERR they get, in every test; here many words come together in both dialects."""
    ada = people.user()
    for path, flavour in (("/ws", "dgg"), ("/strims/ws", "strims")):
        with ada.connect(path=path, flavour=flavour) as c:
            for event, data, word in (("MSG", {"data": ""}, "invalidmsg"), ("MSG", 5, "protocolerror"),
                                      ("MUTE", {"data": "x"}, "nopermission"),
                                      ("BROADCAST", {"data": "x"}, "nopermission"),
                                      ("PRIVMSG", {"nick": "NobodyHere", "data": "x"}, "notfound")):
                c.send(event, data)
                c.expect_err(word)
        with WsClient(server, path=path, flavour=flavour) as g:
            g.say("x")
            g.expect_err("needlogin")


@pytest.mark.smoke
def test_107_err_goes_only_to_the_connection_that_caused_it(people):
    ada = people.user()
    with ada.connect() as one, ada.connect() as two, people.guest() as g:
        one.say("")
        one.expect_err("invalidmsg")
        one.say("a line for all")
        for c in (two, g):
            c.expect("MSG", data="a line for all")
            assert [e for e in c.pending if e.name == "ERR"] == []


def test_108_a_slow_reader_delays_nobody_and_is_dropped(server, people):
    slow = WsClient(server, receive_buffer=2048)
    slow.welcome()
    lines = 1200
    with people.user(features=["bot"]).connect() as bot, people.guest() as reader:
        for n in range(lines):
            bot.say(f"line {n} " + "x" * 400)
            if n % 50 == 49:
                for c in (bot, reader):
                    c.expect("MSG", where=lambda e, n=n: e["data"].startswith(f"line {n} "))
        read = [int(e["data"].split()[1]) for e in reader.seen if e.name == "MSG"]
        assert read == list(range(lines)), "the others got every line, in order"
        # Far more than the ring holds waits for the slow one: he is let go, and comes back for the history.
        got = 0
        try:
            while slow.read_once(timeout=6):
                got = len([e for e in slow.seen if e.name == "MSG"])
            raise AssertionError("neither lines nor an end")
        except Closed as closed:
            assert closed.code in (None, 4008)
        assert got < lines
        numbers = [int(e["data"].split()[1]) for e in slow.seen if e.name == "MSG"]
        assert numbers == list(range(len(numbers))), "nothing is skipped before the end"
        bot.fence()


def raise_file_limit(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


async def one_of_the_crowd(port, n):
    """Connects and returns the event names it got, up to PAIDEVENTS."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.0.1.{n % 200 + 1}", 0))
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write((f"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in head, head
    names = []
    while "PAIDEVENTS" not in names:
        first, second = await reader.readexactly(2)
        length = second & 127
        if length == 126:
            length = int.from_bytes(await reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await reader.readexactly(8), "big")
        payload = await reader.readexactly(length)
        if first & 15 == 1:
            names.append(payload.split(b" ")[0].decode())
    return names, writer


def test_109_a_thousand_at_once_all_get_the_whole_sequence(server, people):
    raise_file_limit(2 * CROWD + 200)

    async def crowd():
        return await asyncio.wait_for(
            asyncio.gather(*(one_of_the_crowd(server.port, n) for n in range(CROWD))), patience(40))

    with people.user().connect() as c:
        async def everything():
            got = await crowd()
            for names, _ in got:
                assert names[:4] == ["ME", "NAMES", "HISTORY", "PAIDEVENTS"], names
            return got

        loop = asyncio.new_event_loop()
        got = loop.run_until_complete(everything())
        assert len(got) == CROWD
        c.say("hello crowd")
        c.expect("MSG", data="hello crowd")
        for _, writer in got:
            writer.transport.abort()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@pytest.mark.smoke
def test_110_nicks_and_features_can_never_hold_html(server, people):
    http = Http(server)
    for nick in ("<b>x</b>", "a&b", 'a"b', "a b", "ab", "x" * 21, "a'b", "Bö", "a\u0000b", "аda",
                 "a-b", "a.b", "@abc", "a\nb"):
        answer = http.post("/auth/register", {"username": nick, "password": "correct horse"})
        assert answer.status == 400 and answer.is_problem(), nick
    ada = people.user()
    for features in (["<b>"], ["flair1 onclick"], ["admin"], ["moderator"], ["Flair1"], ["flair65"], [""], [5]):
        answer = people.admin.put(f"/users/{ada.id}/permissions", {"role": "user", "features": features})
        assert answer.status == 400 and answer.is_problem(), features
