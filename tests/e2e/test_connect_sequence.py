"""Rows 13 to 30: what a connection gets, in which order, and how it ends."""
import json
import signal

import pytest
from rig.people import People
from rig.timing import eventually
from rig.ws import WsClient

KNOWN_PAID = {"SUBSCRIPTION", "GIFTSUB", "MASSGIFT", "DONATION"}


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


@pytest.fixture(scope="module")
def hasty_people(make_server):
    """Who leaves here has quit at once: a QUIT that should not be would be seen."""
    return People(make_server({"chat.quit_grace_ms": 0}))


def await_connections(people, count):
    """Besides the one that asks. The server learns by and by that somebody has gone."""
    def counted():
        with people.guest() as g:
            return g.names["connectioncount"] == count + 1

    eventually(counted)


def names_of_events(client):
    return [e.name for e in client.seen]


@pytest.mark.smoke
def test_013_first_frame_is_me_with_id_nick_features_roles(server, people):
    ada = people.user(features=["flair13"])
    with ada.connect() as c:
        first = c.seen[0]
        assert first.name == "ME"
        assert first["id"] == ada.id and first["nick"] == ada.nick
        assert set(first["features"]) == {"flair13", "subscriber"}
        assert set(first["roles"]) >= {"USER", "SUBSCRIBER"}
        assert "createdDate" in first.data


@pytest.mark.smoke
def test_014_guest_gets_me_null(server):
    with WsClient(server) as c:
        assert c.expect("ME").raw == "ME null"


@pytest.mark.smoke
def test_015_then_names_with_count_and_users(server, people):
    ada, bo = people.user(), people.user()
    with ada.connect(), bo.connect() as c:
        assert names_of_events(c)[1] == "NAMES"
        assert type(c.names["connectioncount"]) is int
        ids = {u["nick"]: u["id"] for u in c.names["users"]}
        assert ids[ada.nick] == ada.id and ids[bo.nick] == bo.id, "the list holds the newcomer, too"
        assert all(type(i) is int for i in ids.values())


def test_016_connectioncount_counts_guests_users_does_not(make_server):
    people = People(make_server())  # nobody of another test may still be leaving
    ada = people.user()
    with people.guest(), people.guest(), ada.connect() as c:
        assert c.names["connectioncount"] == 3
        assert [u["nick"] for u in c.names["users"]] == [ada.nick]


@pytest.mark.smoke
def test_017_then_history_of_whole_frames_oldest_first(server, people):
    with people.user().connect() as ada:
        for n in range(3):
            ada.say(f"row 17 line {n}")
            ada.expect("MSG", data=f"row 17 line {n}")
        with people.guest() as g:
            assert names_of_events(g)[2] == "HISTORY"
            assert all(isinstance(line, str) for line in g.history.data)
            texts = [json.loads(line.split(" ", 1)[1])["data"] for line in g.history.data if line.startswith("MSG ")]
            assert texts[-3:] == [f"row 17 line {n}" for n in range(3)]


@pytest.mark.smoke
def test_018_replayed_line_equals_live_line(server, people):
    with people.user(features=["flair3"]).connect() as ada:
        ada.say("row 18 <b>&\"quoted\" \U0001f600 é")
        live = ada.expect("MSG")
        with people.guest() as g:
            assert g.history.data[-1] == live.raw, "byte for byte"


def test_019_history_has_nothing_that_must_not_be_replayed(server, people):
    mod = people.moderator()
    with mod.connect() as m, people.user().connect() as u:
        m.send("PIN", {"data": "row 19"})
        m.expect("PIN")
        m.send("STARTPOLL", {"question": "row 19?", "options": ["a", "b"], "time": 60000, "weighted": False})
        u.expect("POLLSTART")
        u.send("CASTVOTE", {"vote": "1"})
        u.expect("VOTECAST")
        m.send("STOPPOLL", {})
        u.expect("POLLSTOP")
        m.send("PIN", {"data": ""})
        m.expect("PIN", data="")
        people.set_rights(u.person, features=["vip"])
        u.expect("UPDATEUSER")
        u.say("row 19 said")
        u.expect("MSG")
    with people.guest() as g:
        kinds = {line.split(" ")[0] for line in g.history.data}
        assert "MSG" in kinds
        assert not kinds & {"JOIN", "QUIT", "POLLSTART", "POLLSTOP", "VOTECAST", "VOTECOUNTED", "PIN", "UPDATEUSER",
                            "RELOAD", "ME", "NAMES", "PRIVMSG", "ERR", "ACK"}


@pytest.mark.smoke
def test_020_then_paidevents_of_strings(server, people):
    with people.guest() as g:
        assert names_of_events(g)[:4] == ["ME", "NAMES", "HISTORY", "PAIDEVENTS"]
        assert isinstance(g.paid.data, list)
        assert all(isinstance(line, str) and line.split(" ")[0] in KNOWN_PAID for line in g.paid.data)


def test_021_then_pin_when_something_is_pinned(server, people):
    mod = people.moderator()
    with mod.connect() as m:
        with people.guest() as g:
            g.absent("PIN")
        m.send("PIN", {"data": "row 21: be nice"})
        live = m.expect("PIN", data="row 21: be nice")
        with people.guest() as g:
            pin = g.expect("PIN")
            assert names_of_events(g)[4] == "PIN"
            assert (pin["uuid"], pin["data"], pin["nick"]) == (live["uuid"], live["data"], mod.nick)
        m.send("PIN", {"data": ""})
        m.expect("PIN", data="")
        with people.guest() as g:
            g.absent("PIN")


def test_022_running_poll_comes_with_my_vote_and_current_totals(server, people):
    mod, ada = people.moderator(), people.user()
    with mod.connect() as m:
        m.send("STARTPOLL", {"question": "row 22?", "options": ["yes", "no"], "time": 60000, "weighted": False})
        m.expect("POLLSTART")
        with ada.connect() as c:
            poll = c.expect("POLLSTART")
            assert (poll["myvote"], poll["canvote"], poll["totals"], poll["totalvotes"]) == (0, True, [0, 0], 0)
            assert poll["question"] == "row 22?" and poll["options"] == ["yes", "no"]
            assert names_of_events(c).index("POLLSTART") > names_of_events(c).index("PAIDEVENTS")
            c.send("CASTVOTE", {"vote": "2"})
            c.expect("VOTECOUNTED")
        with ada.connect() as c:
            poll = c.expect("POLLSTART")
            assert (poll["myvote"], poll["canvote"], poll["totals"], poll["totalvotes"]) == (2, False, [0, 1], 1)
        with people.guest() as g:
            poll = g.expect("POLLSTART")
            assert (poll["myvote"], poll["canvote"]) == (0, False)
        m.send("STOPPOLL", {})
        m.expect("POLLSTOP")
    with people.guest() as g:
        g.absent("POLLSTART")
        g.absent("POLLSTOP")


def test_023_submode_is_sent_after_the_history(server, people):
    with people.moderator().connect() as m:
        m.send("SUBONLY", {"data": "on", "tier": 3})
        m.expect("SUBONLY", data="on")
        with people.guest() as g:
            state = g.expect("SUBONLY")
            assert (state["data"], state["tier"]) == ("on", 3)
            assert names_of_events(g).index("SUBONLY") > names_of_events(g).index("HISTORY")
        m.send("SUBONLY", {"data": "off"})
        m.expect("SUBONLY", data="off")
    with people.guest() as g:
        # What the client has after all it got must be the truth: off.
        replayed = [json.loads(l.split(" ", 1)[1]) for l in g.history.data if l.startswith("SUBONLY ")]
        g.fence()
        states = replayed + [e.data for e in g.pending if e.name == "SUBONLY"]
        assert not states or states[-1]["data"] == "off"


def test_024_muted_user_is_told_on_connect(server, people):
    ada = people.user()
    with people.moderator().connect() as m:
        m.send("MUTE", {"data": ada.nick, "duration": 300 * 10**9})
        m.expect("MUTE")
    with ada.connect() as c:
        left = c.expect_err("muted")["muteTimeLeft"]
        assert type(left) is int and 290 <= left <= 301
        assert names_of_events(c).index("ERR") > names_of_events(c).index("ME")


@pytest.mark.smoke
def test_025_join_at_the_first_connection_only_quit_at_the_last_only(hasty_people):
    people = hasty_people
    ada = people.user()
    with people.guest() as g:
        first = ada.connect()
        first.expect("JOIN", nick=ada.nick)
        g.expect("JOIN", nick=ada.nick)
        second = ada.connect()
        g.absent("JOIN", nick=ada.nick)
        first.close()
        await_connections(people, 2)
        with people.user().connect() as other:  # a later event of the same stream
            g.expect("JOIN", nick=other.person.nick)
            g.absent("QUIT", nick=ada.nick)
        second.close()
        g.expect("QUIT", nick=ada.nick)


def test_026_guests_cause_no_join_or_quit(hasty_people):
    people = hasty_people
    await_connections(people, 0)  # nobody of the tests before
    with people.guest() as g:
        g.clear()
        people.guest().close()
        await_connections(people, 1)
        with people.user().connect() as ada:
            g.expect("JOIN", nick=ada.person.nick)
            assert [e.name for e in g.pending if e.name in ("JOIN", "QUIT")] == []


def test_027_quit_has_id_nick_features(server, people):
    ada = people.user(features=["flair13"])
    with people.guest() as g:
        ada.connect().close()
        quit = g.expect("QUIT", nick=ada.nick)
        assert quit["id"] == ada.id
        assert "flair13" in quit["features"]
        assert type(quit["timestamp"]) is int


@pytest.mark.smoke
def test_028_five_connections_the_sixth_is_told_and_closed(server, people):
    ada = people.user()
    five = [ada.connect() for _ in range(5)]
    sixth = ada.connect(welcome=False)
    sixth.expect_err("toomanyconnections")
    sixth.expect_closed()
    assert [e.name for e in sixth.seen] == ["ERR"], "no NAMES"
    for c in five:
        c.fence()
        c.close()


@pytest.mark.smoke
def test_029_banned_upgrade_succeeds_and_the_reason_comes_first(server, people):
    ada = people.user()
    with people.moderator().connect() as m:
        m.send("BAN", {"nick": ada.nick, "reason": "row 29", "duration": 3600 * 10**9})
        m.expect("BAN")
    c = ada.connect(welcome=False)
    assert c.status == 101
    c.expect_err("banned")
    assert c.expect_closed().code in (None, 1005, 1008)
    assert [e.name for e in c.seen] == ["ERR"]


@pytest.mark.smoke
def test_030_planned_stop_closes_with_1001(own_server):
    server = own_server()
    people = People(server)
    clients = [people.guest(), people.user().connect()]
    server.signal(signal.SIGTERM)
    for c in clients:
        assert c.expect_closed(timeout=10).code == 1001
    assert server.wait() == 0
