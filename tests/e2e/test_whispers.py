"""Rows 63 to 69: private messages."""
import pytest
from rig.people import People


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


@pytest.mark.smoke
def test_063_sent_to_the_sending_connection_and_to_all_of_the_target(people):
    ada, bo = people.user(), people.user()
    with ada.connect() as a1, ada.connect() as a2, bo.connect() as b1, bo.connect() as b2, \
            people.user().connect() as other, people.guest() as g:
        a1.send("PRIVMSG", {"nick": bo.nick, "data": "psst 63"})
        a1.expect("PRIVMSGSENT")
        for c in (b1, b2):
            c.expect("PRIVMSG", data="psst 63", nick=ada.nick)
        a1.say("a line behind it")
        for c in (a2, other, g):
            c.expect("MSG", data="a line behind it")
            c.absent("PRIVMSG")
            c.absent("PRIVMSGSENT")


@pytest.mark.smoke
def test_064_whisper_has_messageid_timestamp_nick_data(people):
    ada, bo = people.user(), people.user()
    with ada.connect() as a, bo.connect() as b:
        a.send("PRIVMSG", {"nick": bo.nick, "data": "  psst 64  "})
        whisper = b.expect("PRIVMSG")
        assert type(whisper["messageid"]) is int and type(whisper["timestamp"]) is int
        assert (whisper["nick"], whisper["data"]) == (ada.nick, "psst 64")
        assert bo.page_get("/api/messages/unread").json()[0]["messageid"] == whisper["messageid"]


def test_065_target_name_in_any_case(people):
    ada, bo = people.user(), people.user()
    with ada.connect() as a, bo.connect() as b:
        for nick in (bo.nick.lower(), bo.nick.upper()):
            a.send("PRIVMSG", {"nick": nick, "data": "case " + nick})
            b.expect("PRIVMSG", data="case " + nick)


@pytest.mark.smoke
def test_066_unknown_target_and_oneself_are_notfound(people):
    with people.user().connect() as c:
        for nick in ("NobodyHere", c.person.nick, c.person.nick.lower(), ""):
            c.send("PRIVMSG", {"nick": nick, "data": "hello"})
            c.expect_err("notfound")


def test_067_offline_target_finds_it_in_the_inbox(people):
    ada, bo = people.user(), people.user()
    with ada.connect() as a:
        a.send("PRIVMSG", {"nick": bo.nick, "data": "read me later"})
        a.expect("PRIVMSGSENT")
    inbox = bo.page_get(f"/api/messages/usr/{ada.nick}/inbox").json()
    assert [(m["from"], m["message"]) for m in inbox] == [(ada.nick, "read me later")]


def test_068_muted_users_whisper_and_submode_does_not_matter(people):
    ada, bo = people.user(), people.user()
    with people.moderator().connect() as m, ada.connect() as a, bo.connect() as b:
        m.send("MUTE", {"data": ada.nick})
        m.send("SUBONLY", {"data": "on", "tier": 5})
        a.expect("SUBONLY")
        a.send("PRIVMSG", {"nick": bo.nick, "data": "still me"})
        b.expect("PRIVMSG", data="still me")
        m.send("SUBONLY", {"data": "off"})
        m.expect("SUBONLY", data="off")


def test_069_too_young(make_server):
    strict = People(make_server({"chat.whisper_min_account_age_seconds": 604800}))
    ada = strict.user()
    with ada.connect() as a, strict.admin.connect() as root:
        a.send("PRIVMSG", {"nick": strict.admin.nick, "data": "hello"})
        a.expect_err("privmsgaccounttooyoung")
        root.send("PRIVMSG", {"nick": ada.nick, "data": "administrators may"})
        a.expect("PRIVMSG", data="administrators may")


def test_069_too_many_unread(people):
    ada, bo, eve = people.user(), people.user(), people.user()
    with ada.connect() as a, bo.connect() as b:
        for n in range(4):
            a.send("PRIVMSG", {"nick": bo.nick, "data": f"unread {n}"})
            a.expect("PRIVMSGSENT")
        a.send("PRIVMSG", {"nick": bo.nick, "data": "one too many"})
        a.expect_err("throttled")
        a.send("PRIVMSG", {"nick": eve.nick, "data": "another may still get one"})
        a.expect("PRIVMSGSENT")
        b.send("PRIVMSG", {"nick": ada.nick, "data": "an answer"})
        b.expect("PRIVMSGSENT")
        a.send("PRIVMSG", {"nick": bo.nick, "data": "so I may go on"})
        b.expect("PRIVMSG", data="so I may go on")


def test_069_banned(people):
    ada, bo = people.user(), people.user()
    with people.moderator().connect() as m:
        m.send("BAN", {"nick": ada.nick, "reason": "row 69"})
        m.expect("BAN")
    # No socket is left for her: the site's own page is the way that remains.
    answer = ada.http.request("POST", "/profile/messages/send", cookie="sid=" + ada.sid,
                              body=f"message=hello&recipients[]={bo.nick}",
                              headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 200 and answer.json()["success"] is False
    assert answer.json()["message"] in ("privmsgbanned", "banned")
    assert bo.page_get("/api/messages/unread").json() == []


def test_text_rules_hold_for_whispers(people):
    bo = people.user()
    with people.user().connect() as a:
        for text in ("", "  ", "x" * 513, "a\u2028b"):
            a.send("PRIVMSG", {"nick": bo.nick, "data": text})
            a.expect_err("invalidmsg")


def test_guests_need_login_to_whisper(people):
    with people.guest() as g:
        g.send("PRIVMSG", {"nick": people.admin.nick, "data": "hello"})
        g.expect_err("needlogin")
