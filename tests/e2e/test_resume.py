"""Coming back: with ?since=SEQ the gap and nothing but the gap, then live (rest.md section 2); with nothing but the
pongs of before, a HISTORY that covers the gap."""
import json
import random
import threading
import time

import pytest
from rig.http import Http
from rig.people import People
from rig.timing import eventually, patience
from rig.ws import Closed, Refused, WsClient

KEPT = 40  # entries that can be asked for


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"chat.resume_max_entries": KEPT, "chat.history_lines": KEPT // 2})


def back(server, since, cookie=None):
    c = WsClient(server, path=f"/ws?since={since}", cookie=cookie)
    c.me, c.names = c.expect("ME"), c.expect("NAMES")
    c.expect("PAIDEVENTS")
    return c


def told(client):
    return [(e["seq"], e["data"]) for e in client.seen if e.name == "MSG"]


@pytest.mark.smoke
def test_the_gap_comes_in_order_and_then_what_is_live(server, people):
    with people.user(features=["bot"]).connect() as c:
        for n in range(10):
            c.say(f"gap {n}")
        lines = [c.expect("MSG", data=f"gap {n}") for n in range(10)]
        with back(server, lines[3]["seq"], "sid=" + c.person.sid) as b:
            assert b.me["nick"] == c.person.nick
            assert [e.raw for e in b.seen if e.name == "MSG"] == [line.raw for line in lines[4:]], "byte for byte"
            names = [e.name for e in b.seen]
            assert names[:2] == ["ME", "NAMES"] and "HISTORY" not in names and "RESUME" not in names
            c.say("live again")
            assert b.expect("MSG", data="live again")["seq"] == lines[-1]["seq"] + 1
        with back(server, lines[-1]["seq"] + 1) as b:
            assert told(b) == [], "nothing was missed"


def test_moderation_is_part_of_the_gap(server, people):
    mod, ada = people.moderator(), people.user()
    with mod.connect() as m, ada.connect() as a:
        a.say("before")
        since = a.expect("MSG", data="before")["seq"]
        m.send("MUTE", {"data": ada.nick})
        m.send("UNMUTE", {"data": ada.nick})
        m.expect("UNMUTE")
        with back(server, since) as b:
            assert [e.name for e in b.seen if e.name in ("MUTE", "UNMUTE")] == ["MUTE", "UNMUTE"]


def test_too_long_a_gap_is_said_first_and_the_history_follows(server, people):
    with people.user(features=["bot"]).connect() as c:
        c.say("long ago")
        since = c.expect("MSG", data="long ago")["seq"]
        for n in range(KEPT + 5):
            c.say(f"too many {n}")
        c.expect("MSG", data=f"too many {KEPT + 4}")
        with back(server, since) as b:
            resume = b.expect("RESUME")
            assert resume["recovered"] is False and resume["from"] > since
            names = [e.name for e in b.seen]
            assert names[2:4] == ["RESUME", "HISTORY"]
            assert resume["from"] <= min(
                json.loads(l.split(" ", 1)[1])["seq"] for l in b.expect("HISTORY").data)


def test_numbers_that_cannot_be(server, people):
    with people.user().connect() as c:
        c.say("the newest")
        newest = c.expect("MSG", data="the newest")["seq"]
    with back(server, newest + 1000) as b:
        assert b.expect("RESUME")["recovered"] is False, "another journal, perhaps a restored backup"
        b.expect("HISTORY")
    for nonsense in ("", "x", "-1", "1e3", "99999999999999999999999"):
        with back(server, nonsense) as b:
            b.expect("HISTORY")


def test_what_was_deleted_is_not_sent_again(server, people):
    ada = people.user()
    with ada.connect() as c:
        c.say("first of all")
        since = c.expect("MSG", data="first of all")["seq"]
        c.say("to be deleted", nonce="d-1")
        entry = c.expect("ACK", nonce="d-1")["id"]
        assert ada.delete(f"/chat/message/{entry}").status == 204
        tomb = c.expect("DELETE", data=entry)
        c.say("after it")
        c.expect("MSG", data="after it")
        with back(server, since) as b:
            assert [text for _, text in told(b)] == ["after it"]
            assert b.expect("DELETE").raw == tomb.raw, "who saw it learns that it is gone"


@pytest.mark.parametrize("how", ["SIGTERM", "kill -9"])
def test_across_a_restart(own_server, how):
    server = own_server()
    people = People(server)
    bot = people.user(features=["bot"])
    with bot.connect() as c:
        for n in range(20):
            c.say(f"line {n}")
        lines = [c.expect("MSG", data=f"line {n}") for n in range(20)]
    server.stop() if how == "SIGTERM" else server.kill()
    server.start()
    with back(server, lines[7]["seq"]) as b:
        assert [e.raw for e in b.seen if e.name == "MSG"] == [line.raw for line in lines[8:]]


def test_the_strims_dialect_has_no_history_to_resume(server, people):
    with WsClient(server, path="/strims/ws?since=1", flavour="strims") as c:
        c.expect("NAMES")
        c.fence()
        assert {e.name for e in c.seen} <= {"NAMES", "ERR", "JOIN", "QUIT"}


class Returner(threading.Thread):
    """Reads, is cut off at random moments, comes back with its last number: `got` is its transcript."""

    def __init__(self, server, seed, cookie):
        super().__init__(daemon=True)
        self.server, self.dice, self.cookie = server, random.Random(seed), cookie
        self.got, self.cuts, self.lost = [], 0, 0
        self.until = None  # the number to stop at
        self.error = None

    def run(self):
        try:
            while not self._done():
                self._one_connection()
        except Exception as e:  # noqa: BLE001: shown by the test
            self.error = e

    def _done(self):
        return self.until is not None and self.got and self.got[-1] >= self.until

    def _one_connection(self):
        since = self.got[-1] if self.got else 0
        try:
            c = WsClient(self.server, path=f"/ws?since={since}", cookie=self.cookie)
        except (OSError, Refused, Closed):
            time.sleep(0.02)
            return
        end = time.monotonic() + self.dice.uniform(0, 0.25)
        try:
            while not self._done() and (self.until is not None or time.monotonic() < end):
                c.read_once(0.05)
                for e in c.pending:
                    self.lost += e.name == "RESUME"
                    if e.name == "MSG":
                        self.got.append(e["seq"])
                c.pending.clear()
        except (Closed, OSError):
            pass
        self.cuts += 1
        c.close()


@pytest.mark.parametrize("kills", [0, 2], ids=["cuts", "cuts and kill -9"])
def test_a_transcript_over_many_cuts_is_the_journal(own_server, kills):
    """Every number once and in order, while two others speak all the time."""
    server = own_server({"chat.max_connections_per_user": 100})
    people = People(server)
    bots = [people.user(features=["bot"]) for _ in range(2)]
    returners = [Returner(server, n, "sid=" + bots[0].sid if n % 2 else None) for n in range(4)]
    for r in returners:
        r.start()
    said, too_late = 0, time.monotonic() + patience(30)

    def enough():
        return said > 50 and all(r.cuts > 3 or r.error for r in returners)

    for part in range(kills + 1):
        speakers = [bot.connect() for bot in bots]
        end = time.monotonic() + patience(1.5)
        while time.monotonic() < end or (part == kills and not enough()):
            assert time.monotonic() < too_late, (said, [r.cuts for r in returners])
            for c in speakers:
                c.say(f"line {said}", nonce=f"n{said}")
                said += 1
            for c in speakers:
                c.expect("ACK")
                c.pending.clear()
        if part < kills:
            server.kill()
            server.start()
        for c in speakers:
            c.close()
    journal, after = [], 0
    while after is not None:
        page = Http(server).get(f"/chat/history?limit=200&after={after}").json()
        journal += [m["seq"] for m in page["messages"]]
        after = page["next"]
    assert len(journal) == said > 50
    for r in returners:
        r.until = journal[-1]
    for r in returners:
        r.join(patience(20))
        assert not r.is_alive() and r.error is None, r.error
        assert r.lost == 0 and r.cuts > 3
        assert r.got == journal, f"after {r.cuts} cuts"


class TestEcho:
    """A client that knows nothing of all this: it answers pings, and that says what it has."""

    LINES = 5

    @pytest.fixture(scope="class")
    def server(self, make_server):
        return make_server({"ws.ping_interval_ms": 1000, "chat.history_lines": self.LINES})

    @pytest.fixture(scope="class")
    def people(self, server):
        return People(server)

    @staticmethod
    def lines(client):
        return [json.loads(line.split(" ", 1)[1]) for line in client.history.data if line.startswith("MSG ")]

    @staticmethod
    def speak(bot, count):
        with bot.connect() as b:
            for n in range(count):
                b.say(f"said {n}")
            return b.expect("MSG", data=f"said {count - 1}")["seq"]

    @staticmethod
    def echo(client, seq):
        """Reads until a ping that carries the number has been answered, and the next one, too: by then it is known."""
        def number(payload):
            return int(payload) >= seq

        deadline = time.monotonic() + patience(10)
        while sum(number(payload) for _, payload in client.pings) < 3:
            assert time.monotonic() < deadline, client.pings
            client.read_once(1)

    @pytest.mark.parametrize("old", ["gone", "not yet noticed dead"])
    def test_the_history_covers_the_gap(self, server, people, old):
        ada, bot = people.user(), people.user(features=["bot"])
        first = self.speak(bot, 3)
        c = ada.connect()
        self.echo(c, first)
        if old == "gone":
            c.close()
        last = self.speak(bot, 20)
        with ada.connect() as again:
            seqs = [line["seq"] for line in self.lines(again)]
            assert seqs == sorted(set(seqs)), "each once"
            assert set(range(last - 19, last + 1)) <= set(seqs), "all that was missed"
        with people.guest() as g:
            assert len(self.lines(g)) == self.LINES, "others get what everybody gets"
        c.close()

    def test_never_more_lines_than_the_client_keeps(self, server, people):
        ada, bot = people.user(), people.user(features=["bot"])
        first = self.speak(bot, 1)
        with ada.connect() as c:
            self.echo(c, first)
        last = self.speak(bot, 300)
        with ada.connect() as again:
            assert [line["seq"] for line in self.lines(again)] == list(range(last - 249, last + 1))

    def test_numbers_that_were_never_sent_count_for_nothing(self, server, people):
        ada, bot = people.user(), people.user(features=["bot"])
        first = self.speak(bot, 1)
        with ada.connect() as c:
            self.echo(c, first)
            for nonsense in (b"", b"x", b"-1", b"99999999", b"18446744073709551616", b"\xff" * 125):
                c.send_frame(10, nonsense)
            c.fence()
        last = self.speak(bot, 20)
        with ada.connect() as again:
            assert set(range(last - 19, last + 1)) <= {line["seq"] for line in self.lines(again)}

    @pytest.mark.parametrize("how", ["SIGTERM", "kill -9"])
    def test_across_a_restart(self, own_server, how):
        """Whoever was here is shown all that the last pings may have left unanswered."""
        server = own_server({"chat.history_lines": self.LINES})
        people = People(server)
        ada, bot = people.user(), people.user(features=["bot"])
        with ada.connect(), people.moderator().connect() as m:
            last = self.speak(bot, 20)
            m.expect("MSG", where=lambda e: e["seq"] == last)
            eventually(lambda: server.stored_presence() >= {ada.id, m.person.id})
            server.stop() if how == "SIGTERM" else server.kill()
        server.start()
        with ada.connect() as again:
            assert {line["seq"] for line in self.lines(again)} >= set(range(last - 19, last + 1))
        with people.guest() as g:
            assert len(self.lines(g)) == self.LINES
