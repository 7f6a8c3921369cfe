"""Rows 111 to 118: the strims dialect, on its own path and on a listener of its own."""
import pytest
from rig.http import Http
from rig.server import free_port
from rig.ws import WsClient

PATH = "/strims/ws"


@pytest.fixture(scope="module")
def strims_port():
    return free_port()


@pytest.fixture(scope="module")
def server(make_server, strims_port):
    return make_server({"server.strims_listen": [f"127.0.0.1:{strims_port}"]})


def connect(person, **kw):
    return person.connect(path=PATH, flavour="strims", **kw)


def guest(server, **kw):
    c = WsClient(server, path=PATH, flavour="strims", **kw)
    c.names = c.expect("NAMES")
    return c


@pytest.mark.smoke
def test_111_no_null_payload_and_none_of_the_newer_events(server, people):
    mod, ada = people.moderator(), people.user()
    with connect(ada) as c, mod.connect() as m, guest(server) as g:
        m.send("PIN", {"data": "row 111"})
        m.expect("PIN")
        m.send("STARTPOLL", {"question": "Row 111?", "options": ["a", "b"], "time": 10000})
        m.expect("POLLSTART")
        m.send("STOPPOLL", {})
        m.expect("POLLSTOP")
        m.send("PIN", {"data": ""})
        m.send("MUTE", {"data": ada.nick})
        mute = g.expect("MUTE")
        assert "duration" not in mute.data and mute["data"] == ada.nick
        m.send("UNMUTE", {"data": ada.nick})
        g.expect("UNMUTE")
        people.set_rights(ada, features=["vip"])
        c.say("row 111")
        g.expect("MSG", data="row 111")
        c.send("PIN", {"data": "unknown here"})
        c.say("row 111 ends")
        for client in (c, g):
            client.expect("MSG", data="row 111 ends")
            names = {e.name for e in client.seen}
            assert names <= {"NAMES", "JOIN", "QUIT", "MSG", "MUTE", "UNMUTE", "ERR", "BROADCAST"}, names


@pytest.mark.smoke
def test_112_names_always_has_users_and_connectioncount(make_server):
    fresh = make_server()
    with guest(fresh) as g:
        assert g.names["users"] == [] and g.names["connectioncount"] == 1


@pytest.mark.smoke
def test_113_privmsgsent_is_an_object(people):
    ada, bo = people.user(), people.user()
    with connect(ada) as a, connect(bo) as b:
        a.send("PRIVMSG", {"nick": bo.nick.lower(), "data": "psst"})
        sent = a.expect("PRIVMSGSENT")
        assert (sent["targetNick"], sent["data"]) == (bo.nick, "psst")
        got = b.expect("PRIVMSG")
        assert (got["nick"], got["targetNick"], got["data"]) == (ada.nick, bo.nick, "psst")


def test_116_second_emote_of_one_user_in_a_combo_is_a_duplicate(server, people):
    emote = Http(server).get("/emotes/emotes.json").json()[0]["prefix"]
    ada, bo = people.user(), people.user()
    with connect(ada) as a, connect(bo) as b:
        a.say(emote)
        a.expect("MSG", data=emote)
        b.say(emote)
        b.expect("MSG", data=emote, nick=bo.nick)
        a.say(emote)
        a.expect_err("duplicate")
        b.say("the combo ends")
        a.expect("MSG", data="the combo ends")
        a.say("between")
        a.expect("MSG", data="between")
        a.say(emote)
        a.expect("MSG", data=emote, nick=ada.nick)


def test_117_entities_with_their_units_and_the_combo(server, people):
    emote = Http(server).get("/emotes/emotes.json").json()[0]["prefix"]
    ada, bo, eve = people.user(), people.user(), people.user()
    with connect(ada) as a, connect(bo) as b, connect(eve) as e:
        a.say("\U0001f600 https://a.example " + emote)
        entities = b.expect("MSG", nick=ada.nick)["entities"]
        # Links count bytes (the smiley has four), emotes count code points (it is one).
        assert entities["links"][0]["bounds"] == [5, 22]
        assert entities["emotes"][0]["name"] == emote
        assert entities["emotes"][0]["bounds"] == [20, 20 + len(emote)]
        b.say("\U0001f600 hi @" + ada.nick.lower())
        assert a.expect("MSG", nick=bo.nick)["entities"]["nicks"] == [
            {"nick": ada.nick, "bounds": [6, 6 + len(ada.nick)]}]
        a.say("> green")
        assert b.expect("MSG", data="> green")["entities"]["greentext"]["bounds"] == [0, 7]
        a.say("/me waves")
        assert b.expect("MSG", data="/me waves")["entities"]["me"]["bounds"] == [0, 9]
        for n, client in enumerate((a, b, e), start=1):
            client.say(emote)
            line = a.expect("MSG", data=emote)
            assert line["entities"]["emotes"][0].get("combo") == (n if n > 1 else None)


def test_118_history_and_me_over_http(server, people, strims_port):
    ada = people.user()
    with connect(ada) as c:
        c.say("row 118")
        c.expect("MSG", data="row 118")
    strims = Http(server, port=strims_port)
    history = strims.get("/api/chat/history")
    assert history.status == 200 and history.header("content-type").startswith("application/json")
    assert any("row 118" in line for line in history.json())
    assert strims.get("/api/chat/me").status == 401
    me = strims.get("/api/chat/me", cookie="sid=" + ada.sid).json()
    assert (me["username"], me["nick"]) == (ada.nick, ada.nick)


@pytest.mark.smoke
def test_the_listener_of_its_own_speaks_strims_at_the_usual_path(server, people, strims_port):
    ada = people.user()
    with ada.connect(path="/ws", port=strims_port, flavour="strims") as c, people.guest() as dgg:
        c.say("over the other door")
        line = c.expect("MSG", data="over the other door")
        assert "id" not in line.data and "entities" in line.data
        assert dgg.expect("MSG", data="over the other door")["id"] == ada.id, "one room, two dialects"


def test_strims_join_and_quit_have_features_and_no_id(server, people):
    with guest(server) as g:
        ada = people.user(features=["flair3"])
        connect(ada).close()
        for name in ("JOIN", "QUIT"):
            event = g.expect(name, nick=ada.nick)
            assert "flair3" in event["features"] and "id" not in event.data
