"""The database is away: the sockets stay, people are told, nothing accepted is lost, doubled or reordered."""
import os
import resource
import sqlite3
import time

import pytest
from rig.http import Http
from rig.people import People
from rig.timing import eventually

NOTICE_S = 6  # as long as the lines of the long lock may take


@pytest.fixture
def lock():
    """Holds the database's write lock, as a backup or a careless administrator would."""
    held = []

    def take(server):
        connection = sqlite3.connect(server.data / "strims.db", timeout=5, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        held.append(connection)
        return connection

    yield take
    for connection in held:
        connection.close()


def ready(server):
    return Http(server).get("/readyz").status == 200


@pytest.mark.smoke
def test_short_lock_is_not_noticed_but_as_a_delay(own_server, lock):
    server = own_server({"storage.stall_notice_ms": 60_000})
    people = People(server)
    with people.user().connect() as c, people.guest() as g:
        connection = lock(server)
        c.say("waits for the lock", nonce="s-1")
        c.fence()
        c.absent("ACK")
        connection.execute("ROLLBACK")
        c.expect("ACK", nonce="s-1")
        g.expect("MSG", data="waits for the lock")
        g.absent("BROADCAST")


def test_long_lock_notice_refusal_then_everything_in_order(own_server, lock):
    server = own_server({"storage.stall_notice_ms": NOTICE_S * 1000})
    people = People(server)
    users = [people.user(features=["bot"]) for _ in range(3)]
    clients = [u.connect() for u in users]
    with people.guest() as g:
        assert ready(server)
        connection = lock(server)
        began = time.monotonic()
        accepted = []
        for n in range(30):
            clients[n % 3].say(f"held {n}", nonce=f"h{n}")
            clients[n % 3].fence()
            accepted.append(f"held {n}")
        assert time.monotonic() - began < NOTICE_S, "the machine is too slow for this test"
        notice = g.expect("BROADCAST", timeout=NOTICE_S + 6)
        assert notice["user"]["id"] == -1 and notice["data"]
        eventually(lambda: not ready(server), 15)
        not_ready = Http(server).get("/readyz")
        assert not_ready.status == 503 and not_ready.json()["ready"] is False
        assert Http(server).get("/healthz").status == 200, "not ready, but alive"
        for n, c in enumerate(clients):
            c.say(f"refused {n}", nonce=f"x{n}")
            c.expect("ERR", description="unavailable", nonce=f"x{n}")
        answer = users[0].post("/chat/message", {"text": "by REST"})
        assert answer.status == 503 and answer.is_problem() and answer.header("retry-after")
        assert people.guest().history.data == Http(server).get("/api/chat/history").json(), "guests may still join"
        g.absent("MSG")
        connection.execute("ROLLBACK")
        shown = [g.expect("MSG", timeout=10)["data"] for _ in accepted]
        assert shown == accepted, "in the order in which they were accepted"
        g.expect("BROADCAST", where=lambda e: e["uuid"] != notice["uuid"])
        eventually(lambda: ready(server), 5)
        for n in range(30):
            clients[n % 3].expect("ACK", nonce=f"h{n}")
        for n, c in enumerate(clients):
            c.say(f"refused {n}", nonce=f"x{n}")
            c.expect("ACK", nonce=f"x{n}")
        texts = [m["text"] for m in Http(server).get("/chat/history?limit=200").json()["messages"]]
        assert texts[:30] == accepted and sorted(texts[30:]) == [f"refused {n}" for n in range(3)]


def test_kill_while_the_database_is_away(own_server, lock):
    """What was never acknowledged or shown may be gone, but the senders' retries bring it in exactly once."""
    server = own_server()
    people = People(server)
    bot = people.user(features=["bot"])
    with bot.connect() as c:
        c.say("stored before", nonce="k-0")
        c.expect("ACK", nonce="k-0")
        connection = lock(server)
        for n in range(1, 5):
            c.say(f"in flight {n}", nonce=f"k-{n}")
        c.fence()
        c.absent("ACK")
        server.kill()
        connection.execute("ROLLBACK")
    server.start()
    with bot.connect() as c:
        for n in range(5):
            c.say("stored before" if n == 0 else f"in flight {n}", nonce=f"k-{n}")
            c.expect("ACK", nonce=f"k-{n}")
    texts = [m["text"] for m in Http(server).get("/chat/history").json()["messages"]]
    assert texts == ["stored before"] + [f"in flight {n}" for n in range(1, 5)]


def test_full_disk_refuses_and_recovers(own_server):
    """A limit on the size of files stands in for the disk: writes past it fail as on a full one."""
    server = own_server({"log.level": "error"})
    people = People(server)
    bot = people.user(features=["bot"])
    c = bot.connect()
    c.say("before", nonce="f-0")
    c.expect("ACK", nonce="f-0")
    size = max(os.path.getsize(p) for p in server.data.iterdir() if p.is_file())
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        for n in range(400):
            c.say(f"filling {n} " + "x" * 400, nonce=f"f-{n + 1}")
        eventually(lambda: not ready(server), 15)
        assert server.running()
        c.say("refused", nonce="f-r")
        c.expect("ERR", description="unavailable", nonce="f-r", timeout=10)
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    eventually(lambda: ready(server), 15)
    answered = {}
    while len(answered) < 400:
        assert c.read_once(timeout=10), f"only {len(answered)} answers"
        for e in c.pending:
            if e.name in ("ACK", "ERR") and e.get("nonce", "").startswith("f-"):
                answered[e["nonce"]] = e.name
        c.pending.clear()
    texts, after = [], 0
    while after is not None:
        page = Http(server).get(f"/chat/history?limit=200&after={after}").json()
        texts += [m["text"].split(" x")[0] for m in page["messages"]]
        after = page["next"]
    stored = [f"filling {n}" for n in range(400) if answered[f"f-{n + 1}"] == "ACK"]
    assert texts == ["before"] + stored
    c.close()


def test_readonly_database_is_refused_at_the_start(own_server):
    from rig.server import StartFailed
    server = own_server()
    server.stop()
    broken = own_server(start=False)
    broken.data.mkdir()
    (broken.data / "strims.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StartFailed) as failed:
        broken.start()
    assert "strims:" in str(failed.value)
    broken.log_path.unlink()
