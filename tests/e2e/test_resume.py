"""Coming back with ?since=SEQ: the gap and nothing but the gap, then live (rest.md section 2)."""
import json

import pytest
from rig.people import People
from rig.ws import WsClient

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
