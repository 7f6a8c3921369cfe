"""Compressed feeds (permessage-deflate with one window for all readers), read by clients of several makes."""
import asyncio
import json
import random
import re

import pytest
import websockets
from rig.http import Http
from rig.people import People
from rig.ws import Closed, WsClient

OFFER = "permessage-deflate; client_max_window_bits"


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"ws.deflate_epoch_messages": 5})


@pytest.fixture(scope="module")
def bot(people):
    return people.user(features=["bot"])


def metric(server, name) -> float:
    text = Http(server).get("/metrics").text
    return float(re.search(rf"^{name} (\S+)$", text, re.M)[1])


@pytest.mark.smoke
@pytest.mark.parametrize("offer, answer, compressed", [
    (OFFER, "permessage-deflate; client_no_context_takeover", True),
    ("permessage-deflate", "permessage-deflate; client_no_context_takeover", True),
    ("permessage-deflate; server_max_window_bits=15",
     "permessage-deflate; client_no_context_takeover; server_max_window_bits=15", True),
    ("permessage-deflate; server_no_context_takeover",
     "permessage-deflate; client_no_context_takeover; server_no_context_takeover", False),
    ("permessage-deflate; server_max_window_bits=10",
     "permessage-deflate; client_no_context_takeover; server_no_context_takeover; server_max_window_bits=10", False),
])
def test_what_is_agreed_and_what_comes(people, bot, offer, answer, compressed):
    with people.guest(deflate=offer) as guest, bot.connect() as c:
        assert guest.headers["sec-websocket-extensions"] == answer
        packed = []
        for n in range(12):
            c.say(f"line {n} of a conversation, line {n}")
            while True:
                frame = guest.next_frame()
                guest._take(frame)
                if guest.pending and guest.pending[-1].name == "MSG":
                    packed.append(bool(frame.rsv & 4))
                    assert guest.pending.pop()["data"] == f"line {n} of a conversation, line {n}"
                    break
        assert packed[0] is False or compressed
        assert packed[-1] is compressed, packed


@pytest.mark.smoke
def test_private_frames_come_plain_between_compressed_ones(people, bot):
    with bot.connect(deflate=OFFER) as c:
        for n in range(20):
            c.say(f"with a receipt {n}", nonce=f"n{n}")
            c.expect("MSG", data=f"with a receipt {n}")
            c.expect("ACK", nonce=f"n{n}")


def test_compression_can_be_turned_off(own_server):
    server = own_server({"ws.deflate_level": 0})
    with WsClient(server, deflate=OFFER) as c:
        assert "server_no_context_takeover" in c.headers["sec-websocket-extensions"]
    own = own_server({"ws.deflate_in": False})
    with WsClient(own, deflate=OFFER) as c:
        assert "sec-websocket-extensions" not in c.headers


def speak(c, count, seed=5):
    words = "the quick brown stream of many live chat words and emotes like Wow NotLikeThis".split()
    choose = random.Random(seed)
    for n in range(count):
        c.say(f"{n} " + " ".join(choose.choice(words) for _ in range(choose.randrange(1, 30))))


def test_the_python_library_reads_it_whoever_comes_and_goes(server, bot):
    """Forty clients of the library `websockets` join and leave at random moments; each sees every number once."""
    total = 400

    async def viewer(n, finished):
        choose = random.Random(n)
        seen = 0
        while not finished.is_set():
            numbers = []
            async with websockets.connect(f"ws://127.0.0.1:{server.port}/ws", max_size=None) as ws:
                try:
                    for _ in range(choose.randrange(20, 300)):
                        text = await asyncio.wait_for(ws.recv(), 1)
                        if text.startswith("MSG "):
                            numbers.append(json.loads(text[4:])["seq"])
                except asyncio.TimeoutError:
                    pass
            if numbers:
                assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            seen += len(numbers)
        return seen

    async def speaker(finished):
        try:
            with bot.connect() as c:
                for n in range(total // 20):
                    await asyncio.to_thread(speak, c, 20, n)
                    await asyncio.to_thread(c.fence)
        finally:
            finished.set()

    async def run():
        finished = asyncio.Event()
        viewers = [asyncio.create_task(viewer(n, finished)) for n in range(40)]
        await speaker(finished)
        return await asyncio.gather(*viewers)

    before = metric(server, "strims_deflate_saved_bytes_total")
    seen = asyncio.run(run())
    assert sum(seen) > total
    assert metric(server, "strims_deflate_saved_bytes_total") > before


def say_many(c, mark):
    """Twenty long lines, all of them read again: who speaks must not fall behind himself."""
    for n in range(20):
        c.say("x" * 400 + f" {mark}.{n}")
    c.expect("MSG", data="x" * 400 + f" {mark}.19")
    c.pending.clear()


def test_a_reader_who_falls_behind_is_told_to_come_back(own_server):
    server = own_server({"ws.ring_bytes": 131072, "ws.lag_max_bytes": 32768, "ws.send_buffer_bytes": 4096})
    people = People(server)
    bot = people.user(features=["bot"])
    with people.guest(receive_buffer=4096) as slow, bot.connect() as c:
        for round_ in range(40):
            say_many(c, round_)
        with pytest.raises(Closed) as closed:
            for _ in range(10_000):
                assert slow.read_once()
        assert closed.value.code == 4008
        numbers = [e["seq"] for e in slow.seen if e.name == "MSG"]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "nothing is skipped in silence"
    assert metric(server, 'strims_connections_closed_total{cause="closed"}') >= 1


def test_a_reader_who_asked_for_it_is_told_what_he_misses(own_server):
    server = own_server({"ws.ring_bytes": 131072, "ws.lag_max_bytes": 32768, "ws.send_buffer_bytes": 4096})
    people = People(server)
    bot, ada, moderator, bad = people.user(features=["bot"]), people.user(), people.moderator(), people.user()
    with ada.connect(path="/ws?gaps=1", receive_buffer=4096) as slow, bot.connect() as c:
        for round_ in range(40):
            say_many(c, round_)
            if round_ == 20:
                c.say(f"psst {ada.nick.lower()}, read this")
                with moderator.connect() as m, ada.connect() as other:
                    other.say("my own words")
                    other.fence()
                    m.send("MUTE", {"data": bad.nick})
                    m.fence()
        # Perhaps the first of these is said while he is still being told of the gap.
        while not any(e.name == "MSG" and e["data"].startswith("after it all") for e in slow.seen):
            c.say(f"after it all {len(slow.seen)}")
            while slow.read_once(timeout=0.2):
                pass
        gaps = [e for e in slow.seen if e.name == "GAP"]
        assert gaps
        missed = {n for gap in gaps for n in range(gap["from"], gap["to"] + 1)}
        seen = [e["seq"] for e in slow.seen if e.get("seq")]
        assert seen == sorted(set(seen))
        assert set(range(seen[0], seen[-1] + 1)) - set(seen) <= missed, "nothing is skipped without a mark"
        said = [e["data"] for e in slow.seen if e.name == "MSG"]
        assert f"psst {ada.nick.lower()}, read this" in said and "my own words" in said
        assert [e["data"] for e in slow.seen if e.name == "MUTE"] == [bad.nick]
        gap = max(gaps, key=lambda g: g["to"] - g["from"])
        # The rest can be fetched.
        first = gap["from"]
        fetched = []
        while first <= gap["to"]:
            page = people.admin.get(f"/chat/history?after={first - 1}&limit=200").json()["messages"]
            fetched += [m["seq"] for m in page if m["seq"] <= gap["to"]]
            first = page[-1]["seq"] + 1
        others = {e["seq"] for e in slow.seen if e.get("seq") and e.name != "MSG"}
        assert fetched == sorted(set(fetched))
        assert set(range(gap["from"], gap["to"] + 1)) - set(fetched) <= others, "every chat line can be had"
