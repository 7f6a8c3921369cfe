"""kill -9 in a loop under load: what was acknowledged or seen is there afterwards, once, and in the same order.

STRIMS_KILLS sets how often (default 5).
"""
import os
import random
import threading
import time

from rig.http import Http
from rig.people import People
from rig.timing import patience
from rig.ws import Closed, Refused

KILLS = int(os.environ.get("STRIMS_KILLS", "5"))
WRITERS = 4
SEED = int(os.environ.get("STRIMS_SEED", str(random.randrange(10**9))))


class Chatter(threading.Thread):
    """Speaks with a nonce per line, says it again after a reconnect until it is acknowledged, and writes down all
    that it is shown."""

    def __init__(self, person, number):
        super().__init__(daemon=True)
        self.person, self.number = person, number
        self.acked = {}        # text -> seq
        self.shown = []        # connection by connection: [(seq, text)] of MSG lines, in order
        self.stop_asked = threading.Event()
        self.error = None
        self.reconnects = 0

    def run(self):
        try:
            self._run()
        except Exception as e:  # noqa: BLE001: shown by the test
            self.error = e

    def _connect(self):
        while True:
            try:
                return self.person.connect(timeout=5)
            except (OSError, Refused, Closed, AssertionError):
                self.reconnects += 1
                time.sleep(0.02)

    def _run(self):
        next_line, waiting = 0, {}
        client = self._connect()
        transcript = []
        self.shown.append(transcript)
        for text in waiting:
            client.say(text, nonce=text)
        while True:
            try:
                if self.stop_asked.is_set() and not waiting:
                    client.close()
                    return
                while len(waiting) < 20 and not self.stop_asked.is_set():
                    text = f"w{self.number}-{next_line}"
                    next_line += 1
                    waiting[text] = True
                    client.say(text, nonce=text)
                client.read_once(timeout=5)
                for event in client.pending:
                    if event.name == "MSG":
                        transcript.append((event["seq"], event["data"]))
                    elif event.name == "ACK":
                        if event["nonce"] in self.acked:
                            assert self.acked[event["nonce"]] == event["seq"], "a nonce with two numbers"
                        self.acked[event["nonce"]] = event["seq"]
                        waiting.pop(event["nonce"], None)
                    elif event.name == "ERR":
                        raise AssertionError(f"refused: {event}")
                client.pending.clear()
            except (OSError, Closed):
                client.close()
                client = self._connect()
                client.pending.clear()
                transcript = []
                self.shown.append(transcript)
                for text in waiting:
                    client.say(text, nonce=text)


def whole_history(server):
    out, after = [], 0
    while after is not None:
        page = Http(server).get(f"/chat/history?limit=200&after={after}").json()
        out += [(m["seq"], m["text"]) for m in page["messages"]]
        after = page["next"]
    return out


def test_kill_in_a_loop_loses_doubles_and_reorders_nothing(own_server):
    dice = random.Random(SEED)
    server = own_server({"chat.max_connections_per_user": 100})
    people = People(server)
    chatters = [Chatter(people.user(features=["bot"]), n) for n in range(WRITERS)]
    for c in chatters:
        c.start()
    for _ in range(KILLS):
        before = sum(len(c.acked) for c in chatters)
        deadline = time.monotonic() + patience(10)
        while sum(len(c.acked) for c in chatters) < before + 50:
            assert time.monotonic() < deadline, "nothing is acknowledged any more"
            assert all(c.error is None for c in chatters), [c.error for c in chatters]
            time.sleep(0.01)
        time.sleep(dice.uniform(0, 0.3))
        server.kill()
        server.start()
    for c in chatters:
        c.stop_asked.set()
    for c in chatters:
        c.join(patience(20))
        assert c.error is None, f"seed {SEED}: {c.error!r}"
        assert not c.is_alive(), f"seed {SEED}: still waiting for acknowledgements"

    history = whole_history(server)
    seqs = [seq for seq, _ in history]
    texts = [text for _, text in history]
    assert seqs == sorted(set(seqs)), f"seed {SEED}: the numbers"
    assert len(set(texts)) == len(texts), f"seed {SEED}: doubled"
    where = {text: seq for seq, text in history}
    for c in chatters:
        for text, seq in c.acked.items():
            assert where.get(text) == seq, f"seed {SEED}: {text} was acknowledged as {seq}, is {where.get(text)}"
        for transcript in c.shown:
            shown = [seq for seq, _ in transcript]
            assert shown == sorted(set(shown)), f"seed {SEED}: shown out of order"
            for seq, text in transcript:
                assert where.get(text) == seq, f"seed {SEED}: {text} was shown as {seq}, is {where.get(text)}"
        mine = [int(t.split("-")[1]) for t in texts if t.startswith(f"w{c.number}-")]
        assert len(mine) == len(set(mine)) and set(mine) == set(range(len(mine))), f"seed {SEED}: a writer's own lines"
    assert sum(len(c.acked) for c in chatters) == len(texts)
