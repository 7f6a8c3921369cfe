"""What a planned stop promises, and what outlives the process however it ends."""
import signal
import time

import pytest
from rig.http import Http
from rig.people import People
from rig.timing import patience
from rig.ws import Closed, Refused, WsClient

S = 10**9


@pytest.fixture(params=["SIGTERM", "kill -9"])
def restarted(request, own_server):
    """A server with people, and the way in which it goes down and comes back."""
    server = own_server()

    def again():
        if request.param == "SIGTERM":
            assert server.stop() == 0
        else:
            server.kill()
        server.start()

    return server, People(server), again


def test_076_087_state_survives(restarted):
    """Rows 76 and 87 with the rest: history, mutes, bans, submode, pin, phrases, the running poll, nonces, logins."""
    server, people, again = restarted
    mod, ada, muted, banned = people.moderator(), people.user(features=["flair42"]), people.user(), people.user()
    here = "127.0.0.91"
    with mod.connect() as m, ada.connect() as a, banned.connect(source=here):
        a.say("before the end", nonce="r-1")
        ack = a.expect("ACK", nonce="r-1").data
        line = a.expect("MSG", data="before the end")
        m.send("MUTE", {"data": muted.nick, "duration": 600 * S})
        m.expect("MUTE")
        m.send("BAN", {"nick": banned.nick, "reason": "x", "banip": True, "ispermanent": True})
        m.send("ADDPHRASE", {"data": "forbidden words"})
        m.send("PIN", {"data": "pinned text"})
        pin = m.expect("PIN")
        m.send("STARTPOLL", {"question": "Survive?", "options": ["yes", "no"], "time": 600000, "weighted": True})
        m.expect("POLLSTART")
        a.send("CASTVOTE", {"vote": "2"})
        a.expect("VOTECAST")
        m.send("SUBONLY", {"data": "on", "tier": 4})
        m.expect("SUBONLY")
        m.expect("BAN")
        history = Http(server).get("/api/chat/history").json()
    again()
    with ada.connect() as a:
        assert a.history.data == history and line.raw in history
        again_pin = a.expect("PIN")
        assert (again_pin["data"], again_pin["uuid"], again_pin["nick"]) == ("pinned text", pin["uuid"], mod.nick)
        poll = a.expect("POLLSTART")
        assert (poll["question"], poll["myvote"], poll["totals"], poll["canvote"]) == ("Survive?", 2, [0, 32], False)
        assert a.expect("SUBONLY")["tier"] == 4
        a.say("forbidden words again")
        assert a.expect_err("bannedphrase")["filtered"]
        a.say("before the end", nonce="r-1")
        assert a.expect("ACK", nonce="r-1").data == ack, "a retry across the restart is stored once"
        a.say("after the end", nonce="r-2")
        assert a.expect("ACK", nonce="r-2")["seq"] > ack["seq"]
    with muted.connect() as c:
        assert 500 < c.expect_err("muted")["muteTimeLeft"] <= 601
    for c in (banned.connect(welcome=False), people.guest(welcome=False, source=here)):
        c.expect_err("banned")
        c.expect_closed()
    with mod.connect() as m:
        m.send("STOPPOLL", {})
        assert m.expect("POLLSTOP")["totals"] == [0, 32]
    assert ada.get("/users/me").status == 200, "the access token is still good"
    assert Http(server).post("/auth/refresh", {"refresh_token": ada.refresh_token}).status == 200


def test_087_submode_that_was_off_stays_off(restarted):
    server, people, again = restarted
    with people.moderator().connect() as m:
        m.send("SUBONLY", {"data": "on"})
        m.send("SUBONLY", {"data": "off"})
        m.expect("SUBONLY", data="off")
    again()
    with people.user().connect() as c:
        c.say("open")
        c.expect("MSG", data="open")


def test_a_poll_whose_time_ran_out_while_away_ends(own_server):
    server = own_server({"chat.poll_min_ms": 1000})
    people = People(server)
    with people.moderator().connect() as m:
        m.send("STARTPOLL", {"question": "Too late?", "options": ["a", "b"], "time": 1000})
        m.expect("POLLSTART")
    server.kill()
    time.sleep(1.1)
    server.start()
    with people.guest() as g:
        # Either it ended before anybody came, or it is seen to end.
        g.fence()
        if any(e.name == "POLLSTART" for e in g.pending):
            g.expect("POLLSTOP")
    with people.guest() as g:
        g.absent("POLLSTART")


def test_planned_stop_readyz_first_then_1001_then_exit_0(own_server):
    server = own_server({"server.drain_seconds": 4})
    people = People(server)
    clients = [people.guest() for _ in range(10)] + [people.user().connect()]
    http = Http(server)
    assert http.get("/readyz").status == 200
    # A request on a connection of before: new ones may be refused already.
    import http.client as stdlib
    kept = stdlib.HTTPConnection("127.0.0.1", server.port, timeout=patience(5))
    kept.request("GET", "/readyz")
    assert kept.getresponse().read()
    server.signal(signal.SIGTERM)
    server.await_log("server.stopping")
    answers = []
    try:
        for _ in range(200):
            kept.request("GET", "/readyz")
            response = kept.getresponse()
            response.read()
            answers.append(response.status)
            if response.status == 503:
                break
            time.sleep(0.01)
    except (stdlib.HTTPException, OSError):
        pass
    try:
        answers.append(http.get("/readyz").status)
    except OSError:
        answers.append(503)
    assert 503 in answers
    closes = [c.expect_closed(timeout=10) for c in clients]
    assert {c.code for c in closes} == {1001}
    assert server.wait() == 0
    assert server.log("server.stopped")[-1]["unstored_entries"] == 0


def test_sigint_is_a_planned_stop_too(own_server):
    server = own_server()
    with WsClient(server) as c:
        server.signal(signal.SIGINT)
        assert c.expect_closed(timeout=10).code == 1001
    assert server.wait() == 0


def test_what_was_acknowledged_in_the_last_moment_is_there(own_server):
    """Lines that race with SIGTERM: acknowledged means stored, refused or unanswered means that a retry is safe."""
    server = own_server()
    people = People(server)
    bot = people.user(features=["bot"])
    c = bot.connect()
    try:
        for n in range(300):
            c.say(f"race {n}", nonce=f"n{n}")
            if n == 150:
                server.signal(signal.SIGTERM)
    except OSError:  # it was quicker than we
        pass
    acked = {}
    try:
        while True:
            assert c.read_once(timeout=10), "neither answers nor an end"
    except (Closed, OSError):
        pass
    for e in c.seen:
        if e.name == "ACK":
            acked[e["nonce"]] = e["seq"]
    assert server.wait() == 0
    server.start()
    stored = {m["text"]: m["seq"] for m in Http(server).get("/chat/history?limit=200&after=0").json()["messages"]}
    stored |= {m["text"]: m["seq"] for m in Http(server).get("/chat/history?limit=200").json()["messages"]}
    for nonce, seq in acked.items():
        assert stored.get("race " + nonce[1:]) == seq
    with bot.connect() as c:
        for n in range(300):
            c.say(f"race {n}", nonce=f"n{n}")
        acks = {c.expect("ACK", nonce=f"n{n}")["id"] for n in range(300)}
        assert len(acks) == 300
    texts, after = [], 0
    while after is not None:
        page = Http(server).get(f"/chat/history?limit=200&after={after}").json()
        texts += [m["text"] for m in page["messages"]]
        after = page["next"]
    assert sorted(texts) == sorted(f"race {n}" for n in range(300)), "each once"


def test_two_servers_on_one_port_or_bad_data_say_why(own_server, tmp_path):
    from rig.server import StartFailed
    server = own_server()
    other = own_server(start=False)
    other.port = server.port
    blocker = other.folder / "data"
    blocker.write_text("a file where the folder should be")
    with pytest.raises(StartFailed) as failed:
        other.start()
    assert "strims:" in str(failed.value)
    other.log_path.unlink()
    with pytest.raises(Refused):
        WsClient(server, path="/ws/none")
