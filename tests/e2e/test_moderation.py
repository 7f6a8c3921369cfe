"""Rows 70 to 92: mutes, bans, submode, broadcasts, changed users, banned phrases, DIE."""
import pytest
from rig.timing import eventually

S = 10**9  # a second in the nanoseconds of the commands


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"chat.die_seconds": 600, "server.trusted_proxies": ["127.0.0.9/32"]})


@pytest.fixture(scope="module")
def mod(people):
    return people.moderator()


@pytest.mark.smoke
def test_070_users_have_no_permission(people, mod):
    with people.user().connect() as c:
        for event, data in (("MUTE", {"data": mod.nick}), ("UNMUTE", {"data": mod.nick}),
                            ("BAN", {"nick": mod.nick, "reason": "x"}), ("UNBAN", {"data": mod.nick}),
                            ("SUBONLY", {"data": "on"})):
            c.send(event, data)
            c.expect_err("nopermission")
        # The right is asked for before the value is looked at.
        for bad in ({"data": "maybe"}, {"data": "on", "tier": 9}):
            c.send("SUBONLY", bad)
            c.expect_err("nopermission")
    with people.guest() as g:
        for event in ("MUTE", "UNMUTE", "BAN", "UNBAN"):
            g.send(event, {"data": "a", "nick": "a", "reason": "x"})
            assert g.expect("ERR")["description"] in ("nopermission", "needlogin")


@pytest.mark.smoke
def test_071_mute_without_a_duration_is_ten_minutes(people, mod):
    bo = people.user()
    with mod.connect() as m, people.guest() as g:
        m.send("MUTE", {"data": bo.nick.lower()})
        event = g.expect("MUTE")
        assert event["duration"] == 600
        assert event["data"].lower() == bo.nick.lower()
        assert event["nick"] == mod.nick and type(event["timestamp"]) is int


@pytest.mark.smoke
def test_072_duration_in_nanoseconds_floats_too(people, mod):
    bo = people.user()
    with mod.connect() as m:
        for sent, seconds in (("3600000000000", 3600), ("60000000000.0", 60), ("8.64e13", 86400), ("0", 600)):
            m.send_text('MUTE {"data":"%s","duration":%s}' % (bo.nick, sent))
            assert m.expect("MUTE", data=bo.nick)["duration"] == seconds


def test_073_mute_over_seven_days_is_protocolerror(people, mod):
    bo = people.user()
    with mod.connect() as m:
        m.send("MUTE", {"data": bo.nick, "duration": 7 * 86400 * S})
        assert m.expect("MUTE")["duration"] == 604800
        m.send("MUTE", {"data": bo.nick, "duration": 7 * 86400 * S + S})
        m.expect_err("protocolerror")
        m.send("MUTE", {"data": bo.nick, "duration": 10**30})
        m.expect_err("protocolerror")


def test_074_protected_oneself_unknown_are_nopermission(people, mod):
    protected = people.user(features=["protected"])
    with mod.connect() as m:
        for nick in (protected.nick, people.admin.nick, mod.nick, "NobodyHere"):
            m.send("MUTE", {"data": nick})
            m.expect_err("nopermission")


@pytest.mark.smoke
def test_075_muted_speaker_is_told_the_seconds_left(people, mod):
    bo = people.user()
    with mod.connect() as m, bo.connect() as b:
        m.send("MUTE", {"data": bo.nick, "duration": 100 * S})
        b.expect("MUTE")
        b.say("let me speak")
        left = b.expect_err("muted")["muteTimeLeft"]
        # Entries of one moderator never share a millisecond, so a mute may begin a few late: rounded up, a second.
        assert type(left) is int and 95 <= left <= 101


def test_076_mute_ends_by_itself_and_survives_a_reconnect(people, mod):
    """That it survives a restart, too, is in test_restart.py."""
    bo = people.user()
    with mod.connect() as m:
        m.send("MUTE", {"data": bo.nick, "duration": 5 * S})
        m.expect("MUTE")
    with bo.connect() as b:
        b.expect_err("muted")

        def speaks():
            b.say("am I free", nonce="free")
            while True:
                for e in b.pending:
                    if e.get("nonce") == "free":
                        b.pending.remove(e)
                        return e.name == "ACK"
                assert b.read_once()

        eventually(speaks, timeout=10, pause=0.2)


@pytest.mark.smoke
def test_077_unmute(people, mod):
    bo = people.user()
    with mod.connect() as m, bo.connect() as b:
        m.send("UNMUTE", {"data": "NobodyHere"})
        m.expect_err("notfound")
        for data in ({"data": ""}, {}):
            m.send("UNMUTE", data)
            m.expect_err("protocolerror")
        m.send("MUTE", {"data": bo.nick})
        b.expect("MUTE")
        m.send("UNMUTE", {"data": bo.nick})
        assert b.expect("UNMUTE")["data"] == bo.nick
        b.say("free again")
        b.expect("MSG", data="free again")


@pytest.mark.smoke
def test_078_ban_event_is_bare_and_the_target_is_thrown_out(people, mod):
    bo = people.user()
    with mod.connect() as m, bo.connect() as one, bo.connect() as two, people.guest() as g:
        m.send("BAN", {"nick": bo.nick, "reason": "a secret reason", "duration": 60 * S})
        event = g.expect("BAN")
        assert event["data"] == bo.nick and event["nick"] == mod.nick
        assert "duration" not in event.data and "secret" not in event.raw
        for c in (one, two):
            c.expect_err("banned")
            assert c.expect_closed().code in (None, 1005, 1008)
        g.expect("QUIT", nick=bo.nick)


@pytest.mark.smoke
def test_079_ban_needs_a_reason(people, mod):
    bo = people.user()
    with mod.connect() as m:
        for reason in ({}, {"reason": ""}, {"reason": "  \t "}, {"reason": None}):
            m.send("BAN", {"nick": bo.nick, **reason})
            m.expect_err("needbanreason")


def test_080_unknown_protected_and_oneself(people, mod):
    protected = people.user(features=["protected"])
    with mod.connect() as m:
        m.send("BAN", {"nick": "NobodyHere", "reason": "x"})
        m.expect_err("notfound")
        for nick in (protected.nick, people.admin.nick, mod.nick):
            m.send("BAN", {"nick": nick, "reason": "x"})
            m.expect_err("nopermission")


def ban_seconds(person):
    """The length of the standing ban as its target is told; None for ever."""
    from datetime import datetime
    info = person.page_get("/api/chat/me/ban").json()
    start = datetime.fromisoformat(info["starttimestamp"])
    return (datetime.fromisoformat(info["endtimestamp"]) - start).total_seconds() if info["endtimestamp"] else None


@pytest.mark.smoke
def test_081_lengths_of_bans(people, mod):
    with mod.connect() as m:
        for length, seconds in (({}, 3600), ({"duration": 0}, 3600), ({"duration": 86400 * S}, 86400),
                                ({"ispermanent": True}, None), ({"ispermanent": True, "duration": 5 * S}, None)):
            bo = people.user()
            m.send("BAN", {"nick": bo.nick, "reason": "row 81", **length})
            m.expect("BAN", data=bo.nick)
            assert ban_seconds(bo) == seconds, length


def test_081_lengths_past_64_bits_are_as_long_as_can_be(people, mod):
    """JavaScript writes integers up to 1e21 with all their digits; the client computes in nanoseconds."""
    with mod.connect() as m:
        for length in ("18446744073709551616", "100000000000000000000", "1e+21"):
            bo = people.user()
            m.send_text('BAN {"nick":"%s","reason":"row 81","duration":%s,"banip":false}' % (bo.nick, length))
            m.expect("BAN", data=bo.nick)
            assert ban_seconds(bo) > 100 * 365 * 86400, length


def test_082_ban_of_addresses(people, mod):
    here = "127.0.0.82"
    bo = people.user(source=here)
    other = people.user()
    with mod.connect(source="127.0.0.1") as m, bo.connect() as b, people.guest(source=here) as g:
        m.send("BAN", {"nick": bo.nick, "reason": "row 82", "banip": True})
        for c in (b, g):
            c.expect_err("banned")
            c.expect_closed()
        for c in (people.guest(welcome=False, source=here), other.connect(welcome=False, source=here)):
            c.expect_err("banned")
            c.expect_closed()
        other.connect(source="127.0.0.83").close()
        mod.connect(source=here).close()  # a moderator may share the address of whom he banned
        m.send("UNBAN", {"data": bo.nick})
        m.expect("UNBAN")


@pytest.mark.smoke
def test_083_unban_lifts_ban_addresses_and_mute(server, people, mod):
    here = {"source": "127.0.0.9", "headers": {"X-Forwarded-For": "198.51.100.83"}}
    bo = people.user()
    bo.connect(**here).close()  # he is away when it happens: his last addresses are remembered
    eventually(lambda: "198.51.100.83" in server.stored_addresses(bo.id))
    with mod.connect() as m:
        m.send("MUTE", {"data": bo.nick})
        m.expect("MUTE")
        m.send("BAN", {"nick": bo.nick, "reason": "row 83", "banip": True, "ispermanent": True})
        m.expect("BAN")
        for c in (people.guest(welcome=False, **here), bo.connect(welcome=False)):
            c.expect_err("banned")
            c.expect_closed()
        m.send("UNBAN", {"data": bo.nick})
        assert m.expect("UNBAN")["data"] == bo.nick
        people.guest(**here).close()
        with bo.connect(**here) as b:
            b.absent("ERR", description="muted")
            b.say("I am back")
            b.expect("MSG", data="I am back")
        m.send("UNBAN", {"data": "NobodyHere"})
        m.expect_err("notfound")


def test_084_ban_info_over_http(people, mod):
    bo = people.user()
    assert bo.page_get("/api/chat/me/ban").json() == "bannotfound"
    with mod.connect() as m:
        m.send("BAN", {"nick": bo.nick, "reason": "row 84", "duration": 60 * S})
        m.expect("BAN")
    info = bo.page_get("/api/chat/me/ban").json()
    assert (info["reason"], info["username"], info["targetusername"]) == ("row 84", mod.nick, bo.nick)


@pytest.mark.smoke
def test_085_subonly(people, mod):
    with mod.connect() as m, people.guest() as g:
        for data, tier in (({"data": "on"}, 1), ({"data": "on", "tier": 5}, 5), ({"data": "on", "tier": 2.0}, 2)):
            m.send("SUBONLY", data)
            event = g.expect("SUBONLY", data="on")
            assert event["tier"] == tier and event["nick"] == mod.nick
        for bad in ({"data": "maybe"}, {}, {"data": "on", "tier": 0}, {"data": "on", "tier": 6}, {"data": True}):
            m.send("SUBONLY", bad)
            m.expect_err("protocolerror")
        m.send("SUBONLY", {"data": "off"})
        g.expect("SUBONLY", data="off")


@pytest.mark.smoke
def test_086_who_speaks_in_submode(people, mod):
    plain, tier1, tier3 = people.user(), people.user(features=["flair13"]), people.user(features=["flair3"])
    privileged = [people.user(features=[f]) for f in ("vip", "protected", "bot")] + [mod, people.admin]
    with mod.connect() as m:
        m.send("SUBONLY", {"data": "on", "tier": 2})
        m.expect("SUBONLY")
        for person in (plain, tier1):
            with person.connect() as c:
                c.say("may I")
                assert c.expect_err("submode")["tier"] == 2
        for person in (tier3, *privileged):
            with person.connect() as c:
                c.say(f"I may, says {person.nick}")
                c.expect("MSG", data=f"I may, says {person.nick}")
        m.send("SUBONLY", {"data": "off"})
        m.expect("SUBONLY", data="off")
    with plain.connect() as c:
        c.say("open again")
        c.expect("MSG", data="open again")


@pytest.mark.smoke
def test_088_broadcast_is_for_admins(people, mod):
    with people.admin.connect() as a, mod.connect() as m, people.guest() as g:
        m.send("BROADCAST", {"data": "not me"})
        m.expect_err("nopermission")
        g.send("BROADCAST", {"data": "nor me"})
        g.expect_err("needlogin")
        a.send("BROADCAST", {"data": "  stream soon "})
        event = g.expect("BROADCAST")
        assert event["data"] == "stream soon" and event["uuid"] and event["nick"] == people.admin.nick
        assert event["user"]["id"] == people.admin.id and event["user"]["nick"] == people.admin.nick
        a.send("BROADCAST", {"data": " "})
        a.expect_err("invalidmsg")


def test_089_reloadusers_rereads_changed_users(server, people):
    bo = people.user()
    with people.admin.connect() as a, bo.connect() as b, people.guest() as g:
        server.cli("user", "set", "--data", str(server.data), "--name", bo.nick, "--feature", "vip")
        b.send("RELOADUSERS", {})
        b.expect_err("nopermission")
        a.send("RELOADUSERS", {})
        update = g.expect("UPDATEUSER")
        assert update["id"] == bo.id and "vip" in update["features"]
        b.fence()
        b.say("with my new flair")
        assert "vip" in g.expect("MSG", nick=bo.nick)["features"]


@pytest.mark.smoke
def test_090_changed_user_comes_as_updateuser(people):
    bo = people.user()
    with bo.connect() as b, people.guest() as g:
        people.set_rights(bo, role="moderator", features=["flair8"])
        update = g.expect("UPDATEUSER", id=bo.id)
        assert set(update["features"]) == {"flair8", "subscriber", "moderator"} and "MODERATOR" in update["roles"]
        b.expect("UPDATEUSER", id=bo.id)
        b.send("SUBONLY", {"data": "off"})  # the powers are there at once, on the same socket
        b.expect("SUBONLY")
        people.set_rights(bo, role="user")
        b.expect("UPDATEUSER", id=bo.id)
        b.send("SUBONLY", {"data": "on"})
        b.expect_err("nopermission")


@pytest.mark.smoke
def test_091_banned_phrases(people, mod):
    with mod.connect() as m, people.user().connect() as c:
        m.send("ADDPHRASE", {"data": "buy gold"})
        m.expect("ADDPHRASE", data="buy gold")
        c.say("Please BUY GOLD here")
        assert c.expect_err("bannedphrase")["filtered"].lower() == "buy gold"
        m.send("ADDPHRASE", {"data": "buy gold"})
        m.expect_err("duplicatephrase")
        m.send("ADDPHRASE", {"data": "/sp+am[0-9]/"})
        m.expect("ADDPHRASE")
        c.say("such spppam7")
        c.expect_err("bannedphrase")
        c.say("such spam")
        c.expect("MSG", data="such spam")
        for bad in ("", "   ", "/(unclosed/", "/(?<=look)behind/"):
            m.send("ADDPHRASE", {"data": bad})
            m.expect_err("invalidphrase")
        m.send("REMOVEPHRASE", {"data": "never added"})
        m.expect_err("nophrase")
        for phrase in ("buy gold", "/sp+am[0-9]/"):
            m.send("REMOVEPHRASE", {"data": phrase})
            m.expect("REMOVEPHRASE", data=phrase)
        c.say("buy gold and spam7")
        c.expect("MSG", data="buy gold and spam7")
        for event in ("ADDPHRASE", "REMOVEPHRASE"):
            c.send(event, {"data": "mine"})
            c.expect_err("nopermission")


def test_092_die(people, mod):
    bo, protected = people.user(), people.user(features=["protected"])
    with bo.connect() as b, people.guest() as g, protected.connect() as p:
        b.send("DIE", {"data": ""})
        death = g.expect("DEATH", nick=bo.nick)
        assert death["duration"] == 600 and death["data"]
        b.say("from beyond")
        assert b.expect_err("muted")["muteTimeLeft"] > 590
        p.send("DIE", {"data": ""})
        p.expect_err("cantbanprotected")
        g.send("DIE", {"data": ""})
        g.expect_err("needlogin")


def test_deleted_message_leaves_the_history(people, mod):
    bo = people.user()
    with bo.connect() as b, mod.connect() as m:
        b.say("delete me", nonce="del-1")
        entry = b.expect("ACK", nonce="del-1")["id"]
        answer = people.user().delete(f"/chat/message/{entry}")
        assert answer.status == 403 and answer.is_problem("nopermission")
        assert mod.delete(f"/chat/message/{entry}").status == 204
        assert m.expect("DELETE")["data"] == entry
        with people.guest() as g:
            assert not any("delete me" in line for line in g.history.data)
