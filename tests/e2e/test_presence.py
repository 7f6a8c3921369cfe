"""Who is here, in the storms of real life: short cuts of the wire, restarts, more people than a list can hold."""
import time

import pytest
from rig.people import People
from rig.timing import FACTOR, eventually, patience
from rig.ws import WsClient

GRACE_S = 3.0


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"chat.quit_grace_ms": round(1000 * GRACE_S * FACTOR)})


def moves(client, *people):
    """The JOINs and QUITs of these people that have come so far."""
    ids = {p.id for p in people}
    return [(e.name, e["nick"]) for e in client.seen if e.name in ("JOIN", "QUIT") and e["id"] in ids]


def users(client):
    return {u["nick"] for u in client.names["users"]}


@pytest.mark.smoke
def test_who_is_back_within_the_grace_was_never_away(server, people):
    ada, bo = people.user(), people.user()
    with people.guest() as g:
        other = bo.connect()
        for _ in range(3):
            ada.connect().close()
        with ada.connect() as c:
            other.close()
            # Bo's grace began after all of Ada's: hers would be over by now.
            g.expect("QUIT", nick=bo.nick, timeout=GRACE_S + 5)
            g.fence()
            assert moves(g, ada) == [("JOIN", ada.nick)]
            c.absent("QUIT", nick=ada.nick)


@pytest.mark.smoke
def test_who_leaves_quits_once_after_the_grace(server, people):
    ada, bo = people.user(), people.user()
    with people.guest() as g:
        c = ada.connect()
        g.expect("JOIN", nick=ada.nick)
        left = time.monotonic()
        c.close()
        with people.guest() as late:
            assert ada.nick in users(late), "still in the list"
        g.expect("QUIT", nick=ada.nick, timeout=GRACE_S + 5)
        assert time.monotonic() - left >= patience(GRACE_S) * 0.9
        with people.guest() as late:
            assert ada.nick not in users(late)
        bo.connect().close()
        g.expect("QUIT", nick=bo.nick, timeout=GRACE_S + 5)
        assert moves(g, ada) == [("JOIN", ada.nick), ("QUIT", ada.nick)]


def test_who_is_in_grace_is_no_connection(make_server):
    people = People(make_server({"chat.quit_grace_ms": 60_000}))
    ada = people.user()
    ada.connect().close()

    def count():
        with people.guest() as g:
            return g.names["connectioncount"] == 1 and users(g) == {ada.nick}

    eventually(count)


def test_the_banned_quit_at_once(make_server):
    people = People(make_server({"chat.quit_grace_ms": 60_000}))
    ada, bo = people.user(), people.user()
    with people.moderator().connect() as m, ada.connect() as a:
        bo.connect().close()  # he is in grace
        for person in (ada, bo):
            m.expect("JOIN", nick=person.nick)
            m.send("BAN", {"nick": person.nick, "reason": "out", "duration": 60 * 10**9})
            m.expect("BAN", data=person.nick)
        m.expect("QUIT", nick=bo.nick)
        a.expect_closed()
        m.expect("QUIT", nick=ada.nick)


def test_guests_make_no_event(server, people):
    with people.guest() as g, people.user().connect():
        for _ in range(3):
            people.guest().close()
        with people.user().connect() as c:
            g.expect("JOIN", nick=c.person.nick)
        assert [e for e in g.seen if e.name in ("JOIN", "QUIT") and e["id"] < 1] == []


@pytest.mark.parametrize("how", ["SIGTERM", "kill -9"])
def test_a_restart_makes_nobody_join_and_only_the_missing_quit(own_server, how):
    grace_s = 4 * FACTOR
    server = own_server({"chat.quit_grace_ms": 300, "chat.restart_grace_ms": round(1000 * grace_s)})
    people = People(server)
    ada, bo, cy, dee = (people.user() for _ in range(4))
    with people.guest() as g:
        connections = [p.connect() for p in (ada, bo, cy, dee)]
        connections.pop().close()
        g.expect("QUIT", nick=dee.nick)
        if how == "SIGTERM":
            assert server.stop() == 0
            assert g.expect_closed().code == 1001
            assert moves(g, ada, bo, cy) == [("JOIN", p.nick) for p in (ada, bo, cy)], "nobody quits by a restart"
        else:
            eventually(lambda: server.stored_presence() == {ada.id, bo.id, cy.id}, 10)
            server.kill()
        for c in connections:
            c.close()
    server.start()
    began = time.monotonic()
    with people.guest() as g:
        assert users(g) == {ada.nick, bo.nick, cy.nick}, "all who were here, and nobody else"
        assert g.names["connectioncount"] == 1
        with ada.connect() as a, cy.connect():
            assert users(a) == {ada.nick, bo.nick, cy.nick}
            g.expect("QUIT", nick=bo.nick, timeout=2 * grace_s)
            assert time.monotonic() - began >= grace_s * 0.7
            g.fence()
            assert moves(g, ada, bo, cy, dee) == [("QUIT", bo.nick)]
            with people.guest() as late:
                assert users(late) == {ada.nick, cy.nick}
        eventually(lambda: server.stored_presence() == set(), 10)


def test_past_the_bound_a_list_and_a_count(make_server):
    people = People(make_server({"chat.quit_grace_ms": 0, "chat.names_max": 3}))
    mod, crowd = people.moderator(), [people.user() for _ in range(6)]
    watcher = people.guest()
    shown = users(watcher)
    connections = [p.connect() for p in crowd]
    staff = mod.connect()

    def follow():
        watcher.fence()
        for e in watcher.pending:
            if e.name == "JOIN":
                shown.add(e["nick"])
            elif e.name == "QUIT":
                shown.remove(e["nick"])
        watcher.pending.clear()

    def newcomer():
        with people.guest() as g:
            return users(g), g.names.data.get("usercount"), [u["nick"] for u in g.names["users"]]

    watcher.expect("JOIN", nick=mod.nick)
    shown.add(mod.nick)
    follow()
    listed, count, order = newcomer()
    assert listed == shown and len(listed) == 4 and count == 7
    assert order[0] == mod.nick, "staff first"
    for c in connections[:4]:
        c.close()

    def settled():
        follow()
        return newcomer()[1] is None and len(shown) == 3

    eventually(settled, 10)
    assert shown == {p.nick for p in crowd[4:]} | {mod.nick} == newcomer()[0], "those who waited have a place now"
    for c in [watcher, staff, *connections]:
        c.close()


def test_many_at_once_all_get_the_whole_list(server, people):
    """Newcomers of one turn share a list; with the JOINs and QUITs behind it, each knows who is here."""
    crowd = [people.user() for _ in range(30)]
    steady = [WsClient(server, cookie="sid=" + p.sid) for p in crowd]
    for c in steady:
        c.welcome()
    with people.user().connect() as last:
        here = {p.nick for p in crowd} | {last.person.nick}
        deadline = time.monotonic() + patience(10)
        for c in steady:
            c.expect("JOIN", nick=last.person.nick)
            known = users(c)
            for e in c.seen:
                if e.name == "JOIN":
                    known.add(e["nick"])
                elif e.name == "QUIT":
                    known.discard(e["nick"])
            assert here <= known and time.monotonic() < deadline
            c.close()
