"""Rows 93 to 105: pins, polls, and the event bar."""
import json

import pytest
from rig.http import Http

POLL_MIN_MS, POLL_MAX_MS = 1000, 120_000


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"chat.poll_min_ms": POLL_MIN_MS, "chat.poll_max_ms": POLL_MAX_MS})


@pytest.fixture(scope="module")
def mod(people):
    return people.moderator()


def start(client, question="Tea?", options=("Yes", "No"), time=60_000, weighted=False):
    client.send("STARTPOLL", {"question": question, "options": [*options], "time": time, "weighted": weighted})
    return client.expect("POLLSTART", question=question)


def stop(client, question="Tea?"):
    client.send("STOPPOLL", {})
    return client.expect("POLLSTOP", question=question)


# --- pins


@pytest.mark.smoke
def test_093_pin_reaches_all_with_a_new_uuid(server, people, mod):
    known = {flair["name"] for flair in Http(server).get("/flairs/flairs.json").json()}
    with mod.connect() as m, people.guest() as g, people.user().connect() as u:
        uuids = set()
        for text in ("be nice", "be nicer"):
            m.send("PIN", {"data": text})
            pin = g.expect("PIN", data=text)
            assert pin["nick"] == mod.nick and type(pin["timestamp"]) is int
            assert set(pin["features"]) & known, "without a known flair the client throws"
            uuids.add(pin["uuid"])
        assert len(uuids) == 2
        u.send("PIN", {"data": "not me"})
        u.expect_err("nopermission")


@pytest.mark.smoke
def test_094_empty_pin_unpins(people, mod):
    with mod.connect() as m:
        m.send("PIN", {"data": "for a moment"})
        pinned = m.expect("PIN", data="for a moment")
        m.send("PIN", {"data": ""})
        unpinned = m.expect("PIN", data="")
        assert unpinned.get("uuid") != pinned["uuid"]
        with people.guest() as g:
            g.absent("PIN")


# --- polls


@pytest.mark.smoke
def test_095_who_may_start_polls_and_only_one_runs(people, mod):
    runner = people.user(site_roles=["POLLS"])
    bot = people.user(features=["bot"])
    for person in (people.admin, mod, bot, runner):
        with person.connect() as c:
            poll = start(c)
            assert (poll["nick"], poll["canvote"], poll["myvote"]) == (person.nick, True, 0)
            assert (poll["totals"], poll["totalvotes"], poll["weighted"]) == ([0, 0], 0, False)
            c.send("STARTPOLL", {"question": "Another?", "options": ["a", "b"], "time": 5000})
            c.expect_err("activepoll")
            stop(c)
    with people.user().connect() as c:
        c.send("STARTPOLL", {"question": "May I?", "options": ["a", "b"], "time": 5000})
        c.expect_err("nopermission")
        c.send("STOPPOLL", {})
        c.expect_err("nopermission")
    with mod.connect() as m:
        m.send("STOPPOLL", {})
        m.expect_err("noactivepoll")
        for options in ([], ["only one"], ["a"] * 101, ["a", ""], ["a", "x" * 600]):
            m.send("STARTPOLL", {"question": "q?", "options": options, "time": 5000})
            m.expect_err("protocolerror")


def test_096_time_is_clamped_and_the_poll_ends_by_itself(people, mod):
    with mod.connect() as m, people.guest() as g:
        poll = start(m, "Too long?", time=10**12)
        assert poll["time"] == POLL_MAX_MS
        stop(m, "Too long?")
        poll = start(m, "Too short?", time=1)
        assert poll["time"] == POLL_MIN_MS
        assert g.expect("POLLSTOP", question="Too short?", timeout=6)["totals"] == [0, 0]
        start(m, "And another?")
        stop(m, "And another?")


@pytest.mark.smoke
def test_097_votes(people, mod):
    with mod.connect() as m, people.user().connect() as u, people.user().connect() as v, people.guest() as g:
        u.send("CASTVOTE", {"vote": "1"})
        u.expect_err("noactivepoll")
        start(m)
        u.send("CASTVOTE", {"vote": "2"})
        assert str(u.expect("VOTECOUNTED")["vote"]) == "2"
        cast = g.expect("VOTECAST")
        assert (str(cast["vote"]), cast["quantity"]) == ("2", 1)
        assert u.person.nick not in cast.raw, "votes are anonymous"
        u.send("CASTVOTE", {"vote": "1"})
        u.expect_err("alreadyvoted")
        v.send("CASTVOTE", {"vote": "/me 1"})
        assert str(v.expect("VOTECOUNTED")["vote"]) == "1"
        v.absent("VOTECOUNTED")
        g.send("CASTVOTE", {"vote": "1"})
        g.expect_err("needlogin")
        assert stop(m)["totals"] == [1, 1]


@pytest.mark.smoke
def test_098_votes_that_are_none(people, mod):
    with mod.connect() as m, people.user().connect() as u:
        start(m)
        for vote in ("9", "3", "0", "-1", "x", "", "1.5", "1 2", "99999999999999999999"):
            u.send("CASTVOTE", {"vote": vote})
            u.expect_err("protocolerror")
        u.send("CASTVOTE", {})
        u.expect_err("protocolerror")
        with people.guest() as g:
            g.send("CASTVOTE", {})
            g.expect_err("needlogin")
        assert stop(m)["totalvotes"] == 0


def test_099_weighted_poll_counts_by_tier(people, mod):
    weights = {"": 1, "flair13": 2, "flair1": 4, "flair3": 8, "flair8": 16, "flair42": 32}
    with mod.connect() as m, people.guest() as g:
        assert start(m, weighted=True)["weighted"] is True
        for flair, weight in weights.items():
            with people.user(features=[flair] if flair else []).connect() as u:
                u.send("CASTVOTE", {"vote": "1"})
                u.expect("VOTECOUNTED")
                assert g.expect("VOTECAST")["quantity"] == weight, flair
        result = stop(m)
        assert result["totals"] == [63, 0] and result["totalvotes"] == 63


@pytest.mark.smoke
def test_100_one_vote_per_user_not_per_connection(people, mod):
    ada = people.user()
    with mod.connect() as m, ada.connect() as one, ada.connect() as two:
        start(m)
        one.send("CASTVOTE", {"vote": "1"})
        one.expect("VOTECOUNTED")
        two.send("CASTVOTE", {"vote": "2"})
        two.expect_err("alreadyvoted")
        assert stop(m)["totals"] == [1, 0]


@pytest.mark.smoke
def test_101_pollstop_has_the_result_and_needs_a_pollstart_before(people, mod):
    with mod.connect() as m, people.user().connect() as u, people.guest() as late:
        start(m, "Row 101?", options=("a", "b", "c"))
        u.send("CASTVOTE", {"vote": "3"})
        u.expect("VOTECOUNTED")
        with people.guest() as joined:
            stop(m, "Row 101?")
            result = joined.expect("POLLSTOP")
            assert result["question"] == "Row 101?" and result["options"] == ["a", "b", "c"]
            assert (result["totals"], result["totalvotes"]) == ([0, 0, 1], 1)
            assert result["nick"] == mod.nick
            order = [e.name for e in joined.seen]
            assert order.index("POLLSTART") < order.index("POLLSTOP")
        late.expect("POLLSTOP")
    with people.guest() as g:
        g.absent("POLLSTOP")


# --- paid events


def inject(people, **body):
    answer = people.admin.post("/chat/events", body)
    assert answer.status == 201, answer
    return answer.json()["uuid"]


def test_102_paid_events_have_what_the_client_needs(people):
    ada, bo = people.user(), people.user()
    with people.guest() as g:
        sent = {
            "SUBSCRIPTION": inject(people, type="subscription", nick=ada.nick, tier=3, amount=2000, streak=4),
            "GIFTSUB": inject(people, type="gift_sub", nick=ada.nick, recipient=bo.nick, tier=1, amount=500),
            "MASSGIFT": inject(people, type="mass_gift", nick=ada.nick, tier=1, amount=5000, quantity=10),
            "DONATION": inject(people, type="donation", nick=ada.nick, amount=2500, text="nice"),
        }
        for name, uuid in sent.items():
            event = g.expect(name, uuid=uuid)
            assert event["data"] == ("nice" if name == "DONATION" else "")
            assert type(event["timestamp"]) is int and event["expirationTimestamp"] > event["timestamp"]
            assert event["user"]["id"] == ada.id and event["nick"] == ada.nick
        assert g.seen and type(next(e for e in g.seen if e.name == "MASSGIFT")["quantity"]) is int
        bar = people.guest()
        assert {json.loads(line.split(" ", 1)[1])["uuid"] for line in bar.paid.data} >= set(sent.values())
        lines = {e.raw for e in g.seen if e.name in sent}
        assert lines <= set(bar.paid.data), "the bar shows the very frames that were live"
        bar.close()
    answer = people.user().post("/chat/events", {"type": "donation", "nick": ada.nick, "amount": 1})
    assert answer.status == 403


def test_103_gifts_out_of_a_mass_gift_say_so(people):
    ada, bo = people.user(), people.user()
    with people.guest() as g:
        uuid = inject(people, type="gift_sub", nick=ada.nick, recipient=bo.nick, tier=1, from_mass_gift=True)
        event = g.expect("GIFTSUB", uuid=uuid)
        assert event["fromMassGift"] is True and event["recipient"]["id"] == bo.id
        uuid = inject(people, type="gift_sub", nick=ada.nick, recipient=bo.nick, tier=1)
        assert g.expect("GIFTSUB", uuid=uuid)["fromMassGift"] is False


def test_104_removeevent(people, mod):
    ada = people.user()
    gone = inject(people, type="donation", nick=ada.nick, amount=100, text="remove me")
    stays = inject(people, type="donation", nick=ada.nick, amount=100, text="keep me")
    with mod.connect() as m, ada.connect() as a, people.guest() as g:
        a.send("REMOVEEVENT", {"data": gone})
        a.expect_err("nopermission")
        m.send("REMOVEEVENT", {"data": gone})
        bar = g.expect("PAIDEVENTS").data
        uuids = {json.loads(line.split(" ", 1)[1])["uuid"] for line in bar}
        assert gone not in uuids and stays in uuids
        m.expect("PAIDEVENTS")
        m.send("REMOVEEVENT", {"data": gone})
        m.expect_err("cantremoveevent")


def test_105_reload_goes_to_all(people, mod):
    with people.guest() as g, people.user().connect() as u:
        assert mod.post("/chat/reload").status == 403
        assert people.admin.post("/chat/reload").status == 204
        g.expect("RELOAD")
        u.expect("RELOAD")


def test_who_pays_is_free_of_a_mute_and_of_a_passing_ban(people, mod):
    muted, banned, lasting, poor = (people.user() for _ in range(4))
    with mod.connect() as m, muted.connect() as c:
        for person in (muted, poor):
            m.send("MUTE", {"data": person.nick})
            m.expect("MUTE", data=person.nick)
        m.send("BAN", {"nick": banned.nick, "reason": "for a while", "duration": 3600 * 10**9})
        m.expect("BAN", data=banned.nick)
        m.send("BAN", {"nick": lasting.nick, "reason": "for ever", "ispermanent": True})
        m.expect("BAN", data=lasting.nick)
        inject(people, type="donation", nick=muted.nick, amount=500)
        m.expect("UNMUTE", data=muted.nick)
        c.say("thank you")
        c.expect("MSG", data="thank you")
        inject(people, type="subscription", nick=banned.nick, tier=1)
        m.expect("UNBAN", data=banned.nick)
        banned.connect().close()
        inject(people, type="subscription", nick=lasting.nick, tier=5)
        inject(people, type="donation", nick=poor.nick, amount=499)
        still = lasting.connect(welcome=False)
        still.expect_err("banned")
        still.close()
        with poor.connect() as p:
            p.expect_err("muted")
