"""Rows 48 to 62: what may be said, and how often."""
import json
import time

import pytest
from rig.people import People
from rig.ws import TEXT, frame_bytes

THROTTLE_MS = 500
MAX_MS = 3000
RESET_MS = 3500


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


@pytest.fixture(scope="module")
def throttled_people(make_server):
    """The throttle near its real pace, but with a lower top and an earlier end."""
    return People(make_server({"chat.throttle_base_ms": THROTTLE_MS, "chat.throttle_max_ms": MAX_MS,
                               "chat.throttle_reset_ms": RESET_MS}))


@pytest.fixture(scope="module")
def held_people(make_server):
    """Whoever is throttled here has no end of it while the test lasts."""
    return People(make_server({"chat.throttle_base_ms": 60_000, "chat.throttle_max_ms": 60_000}))


def say_at_once(client, *lines):
    """All in one write: whatever holds us up, it does not come between them."""
    client.send_raw(b"".join(frame_bytes(TEXT, ("MSG " + json.dumps(line)).encode()) for line in lines))


@pytest.mark.smoke
def test_048_message_reaches_all_with_timestamp_and_user(people):
    ada = people.user(features=["flair13"])
    with ada.connect() as a, people.user().connect() as b, people.guest() as g:
        before = time.time() * 1000
        a.say("row 48")
        for c in (a, b, g):
            line = c.expect("MSG", data="row 48")
            assert before - 1000 <= line["timestamp"] <= time.time() * 1000 + 1000
            assert (line["id"], line["nick"]) == (ada.id, ada.nick)
            assert "flair13" in line["features"] and "USER" in line["roles"]


@pytest.mark.smoke
@pytest.mark.parametrize("sent, shown", [
    ("  a  b ", "a  b"),
    ("\t\n tabs \n", "tabs"),
    ("\u2003exotic\u3000\u3000", "exotic"),
    ("/me  Does  Things", "/me  Does  Things"),
    ("CaSe  And\ttabs stay", "CaSe  And\ttabs stay"),
    ('<script>alert("1")</script> & \\u0041 \\', '<script>alert("1")</script> & \\u0041 \\'),
])
def test_049_text_is_kept_but_for_its_ends(people, sent, shown):
    with people.user().connect() as c:
        c.say(sent)
        assert c.expect("MSG", nick=c.person.nick)["data"] == shown


@pytest.mark.smoke
def test_050_512_code_points_pass_513_do_not(people):
    with people.user().connect() as c:
        for letter in ("a", "é", "\U0001f600"):
            c.say(letter * 512)
            assert len(c.expect("MSG", nick=c.person.nick)["data"]) == 512
            c.say(letter * 513)
            c.expect_err("invalidmsg")
        c.say(" " + "b" * 512 + "  ")
        c.expect("MSG", data="b" * 512)


@pytest.mark.smoke
def test_051_empty_and_blank_are_invalid(people):
    with people.user().connect() as c:
        for text in ("", "   ", "\n\t", "\u2003\u3000"):
            c.say(text)
            c.expect_err("invalidmsg")
        c.send("MSG", {})
        c.expect_err("invalidmsg")


def test_052_four_combining_marks_pass_five_do_not(people):
    with people.user().connect() as c:
        for mark in ("\u0301", "\u20dd", "\u0900"):
            c.say("z" + mark * 4)
            c.expect("MSG", data="z" + mark * 4)
            c.say("z" + mark * 5)
            c.expect_err("invalidmsg")
        c.say(("z" + "\u0301" * 4) * 3)
        c.expect("MSG", data=("z" + "\u0301" * 4) * 3)


def test_053_separators_are_refused_line_feeds_pass(people):
    with people.user().connect() as c:
        for bad in ("\u2028", "\u2029", "\u202f", "\u00a0"):
            c.say(f"a{bad}b")
            c.expect_err("invalidmsg")
        c.say("two\nlines")
        c.expect("MSG", data="two\nlines")


@pytest.mark.smoke
def test_054_guest_needs_login(people):
    with people.guest() as g:
        g.say("hello")
        g.expect_err("needlogin")
        g.say("   ")
        g.expect_err("needlogin")


@pytest.mark.smoke
def test_055_second_message_too_soon_is_throttled(held_people):
    with held_people.user().connect() as c:
        c.say("first")
        c.expect("MSG", data="first")
        c.say("second")
        c.expect_err("throttled")
        held_people.fence(c)
        c.absent("MSG", data="second")


def test_056_delay_doubles_saturates_and_resets(throttled_people):
    """The server's clock decides; the margins here are for the network and a busy machine."""
    def answered(c, nonce):
        while True:
            for e in c.pending:
                if e.get("nonce") == nonce:
                    c.pending.remove(e)
                    return e.name == "ACK"
            assert c.read_once()

    def allowed(c, text):
        c.say(text, nonce=text)
        return answered(c, text)

    with throttled_people.user().connect() as c:
        flood = [f"flood {n}" for n in range(20)]
        say_at_once(c, *({"data": text, "nonce": text} for text in ["start", *flood]))
        assert answered(c, "start")
        started = time.monotonic()
        assert [answered(c, text) for text in flood] == [False] * 20
        time.sleep(1.2 * THROTTLE_MS / 1000)
        assert not allowed(c, "a single wait is not enough now"), "20 doublings must not overflow to nothing"
        time.sleep(max(0, started + MAX_MS / 1000 + 0.1 - time.monotonic()))
        assert allowed(c, "after the longest delay")
        time.sleep(RESET_MS / 1000 + 0.1)
        assert allowed(c, "after the rest")
        time.sleep(THROTTLE_MS / 1000 + 0.1)
        assert allowed(c, "back at the base")


def test_057_throttle_is_shared_by_all_connections_and_whispers(held_people):
    ada, bo = held_people.user(), held_people.user()
    with ada.connect() as one, ada.connect() as two:
        one.say("from one")
        two.expect("MSG", data="from one")
        two.say("from two")
        two.expect_err("throttled")
        two.send("PRIVMSG", {"nick": bo.nick, "data": "whisper"})
        two.expect_err("throttled")


@pytest.mark.smoke
def test_058_same_text_twice_is_a_duplicate(people):
    with people.user().connect() as c:
        for text in ("same", "same", "/me same", "  same "):
            c.say(text)
        c.expect("MSG", data="same")
        for _ in range(3):
            c.expect_err("duplicate")
        c.say("/me other")
        c.expect("MSG", data="/me other")
        c.say("other")
        c.expect_err("duplicate")
        c.say("Other")
        c.expect("MSG", data="Other")


@pytest.mark.smoke
def test_059_a_b_a_passes(people):
    with people.user().connect() as c:
        for text in ("A", "B", "A"):
            c.say(text)
            c.expect("MSG", data=text)


def test_060_bots_know_no_throttle_and_no_duplicates(held_people):
    with held_people.user(features=["bot"]).connect() as c:
        for n in range(5):
            c.say("I repeat")
        for n in range(5):
            c.expect("MSG", data="I repeat")
        c.absent("ERR")


def test_061_order_of_the_checks(throttled_people):
    ada = throttled_people.user()
    with throttled_people.moderator().connect() as m, ada.connect() as c:
        m.send("SUBONLY", {"data": "on"})
        c.expect("SUBONLY")
        m.send("MUTE", {"data": ada.nick})
        c.expect("MUTE")
        c.say("   ")
        c.expect_err("invalidmsg")
        c.say("muted before submode")
        c.expect_err("muted")
        m.send("UNMUTE", {"data": ada.nick})
        c.expect("UNMUTE")
        c.say("submode before throttle")
        c.expect_err("submode")
        m.send("SUBONLY", {"data": "off"})
        c.expect("SUBONLY", data="off")
        say_at_once(c, {"data": "accepted"}, {"data": "accepted"})
        c.expect("MSG", data="accepted")
        c.expect_err("throttled")
        time.sleep(3 * THROTTLE_MS / 1000)
        c.say("accepted")
        c.expect_err("duplicate")


@pytest.mark.smoke
def test_062_equal_lines_of_one_user_never_share_a_millisecond(people):
    with people.user(features=["bot"]).connect() as c:
        for _ in range(60):
            c.say("again")
        times = [c.expect("MSG", data="again")["timestamp"] for _ in range(60)]
        assert times == sorted(set(times)), "strictly rising"


# --- additions of rest.md


@pytest.mark.smoke
def test_nonce_is_acknowledged_and_stored_once(people):
    ada = people.user()
    with ada.connect() as one, ada.connect() as two, people.guest() as g:
        one.say("said once", nonce="n-1")
        line = one.expect("MSG", data="said once")
        ack = one.expect("ACK", nonce="n-1")
        assert ack["seq"] == line["seq"] and isinstance(ack["id"], str)
        two.say("said once", nonce="n-1")
        assert two.expect("ACK", nonce="n-1").data == ack.data, "the same answer on any connection"
        two.say("something else", nonce="n-1")
        assert two.expect("ACK", nonce="n-1").data == ack.data
        two.say("the next")
        g.expect("MSG", data="the next")
        assert [e["data"] for e in g.seen if e.name == "MSG" and e["nick"] == ada.nick] == ["said once", "the next"]


def test_refusals_carry_the_nonce(people):
    with people.user().connect() as c, people.guest() as g:
        c.say("  ", nonce="n-2")
        c.expect("ERR", description="invalidmsg", nonce="n-2")
        g.say("x", nonce="n-3")
        g.expect("ERR", description="needlogin", nonce="n-3")
        c.send("MSG", {"data": 5, "nonce": "n-4"})
        c.expect("ERR", description="protocolerror", nonce="n-4")
        c.say("too long a nonce", nonce="n" * 200)
        c.expect_err("protocolerror")


def test_nonces_belong_to_their_user(people):
    with people.user().connect() as a, people.user().connect() as b:
        a.say("from a", nonce="shared")
        b.say("from b", nonce="shared")
        assert a.expect("ACK", nonce="shared")["id"] != b.expect("ACK", nonce="shared")["id"]


def test_seq_rises_without_gaps(people):
    with people.guest() as g, people.user(features=["bot"]).connect() as c:
        for n in range(30):
            c.say(f"count {n}")
        seqs = [g.expect("MSG", data=f"count {n}")["seq"] for n in range(30)]
        assert seqs == list(range(seqs[0], seqs[0] + 30))


def test_slow_mode_holds_users_back_but_not_moderators(make_server):
    people = People(make_server({"chat.slow_mode_ms": 1500}))
    with people.user().connect() as c, people.moderator().connect() as m:
        for text in ("one", "two"):
            m.say(text)
            m.expect("MSG", data=text)
        say_at_once(c, {"data": "first"}, {"data": "second"})
        c.expect("MSG", data="first")
        c.expect_err("throttled")
        time.sleep(1.6)
        c.say("third")
        c.expect("MSG", data="third")
