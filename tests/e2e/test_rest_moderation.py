"""Moderation over REST."""
import pytest
from rig.cut import closed_in_time
from rig.http import Http


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


@pytest.fixture(scope="module")
def mod(people):
    return people.moderator()


@pytest.mark.smoke
def test_ban_by_rest_cuts_sockets_and_is_on_the_record(server, people, mod):
    ada = people.user()
    socket = ada.connect()
    answer = mod.post("/moderation/ban", {"user_id": str(ada.id), "duration": 3600, "reason": "by REST"})
    assert answer.status == 201
    ban = answer.json()["id"]
    socket.expect_err("banned")
    closed_in_time(socket, "banned")
    refused = ada.post("/chat/message", {"text": "still here"})
    assert refused.status == 403 and refused.is_problem("banned")
    assert any(b["nick"] == ada.nick for b in mod.get("/moderation/bans").json()["bans"])
    assert mod.delete(f"/moderation/ban/{ban}").status == 204
    assert mod.delete(f"/moderation/ban/{ban}").status == 404
    ada.connect().close()
    log = mod.get(f"/moderation/log?target={ada.id}").json()["entries"]
    assert [(e["action"], e["actor_nick"], e["target_nick"]) for e in log[:2]] == [
        ("unban", mod.nick, ada.nick), ("ban", mod.nick, ada.nick)]
    assert log[1]["reason"] == "by REST"


@pytest.mark.parametrize("change, status, code", [
    ({"reason": ""}, 400, "needbanreason"),
    ({"duration": None}, 400, None),
    ({"permanent": True}, 400, None),
    ({"duration": -5}, 400, None),
    ({"duration": "long"}, 400, None),
    ({"nick": "NobodyHere"}, 404, "notfound"),
    ({"nick": None}, 400, None),
])
def test_ban_refuses(people, mod, change, status, code):
    body = {"nick": people.user().nick, "duration": 60, "reason": "x", **change}
    answer = mod.post("/moderation/ban", body)
    assert answer.status == status and answer.is_problem(code), answer


def test_nobody_bans_a_higher_or_protected_rank(server, people, mod):
    protected = people.user(features=["protected"])
    for target in (people.admin, protected, mod):
        answer = mod.post("/moderation/ban", {"nick": target.nick, "duration": 60, "reason": "x"})
        assert answer.status == 403 and answer.is_problem("nopermission")
    for who in (people.user(), None):
        http = who or Http(server)
        answer = http.post("/moderation/ban", {"nick": mod.nick, "duration": 60, "reason": "x"})
        assert answer.status == (403 if who else 401)


def test_mute_by_rest(people, mod):
    ada = people.user()
    with ada.connect() as a:
        assert mod.post("/moderation/mute", {"nick": ada.nick, "duration": 60, "reason": "r"}).status == 201
        assert a.expect("MUTE", data=ada.nick)["duration"] == 60
        a.say("let me speak")
        a.expect_err("muted")
        assert any(m["nick"] == ada.nick for m in mod.get("/moderation/mutes").json()["mutes"])
        assert mod.delete(f"/moderation/mute/{ada.id}").status == 204
        a.expect("UNMUTE")
        a.say("thanks")
        a.expect("MSG", data="thanks")


def test_moderation_log_pages_and_is_for_moderators(server, people, mod):
    for _ in range(3):
        target = people.user()
        mod.post("/moderation/mute", {"nick": target.nick, "duration": 1})
    first = mod.get("/moderation/log?limit=2").json()
    assert len(first["entries"]) == 2 and first["next"]
    second = mod.get(f"/moderation/log?limit=2&before={first['next']}").json()
    ids = [int(e["id"]) for e in first["entries"] + second["entries"]]
    assert ids == sorted(ids, reverse=True) and len(set(ids)) == len(ids)
    assert people.user().get("/moderation/log").status == 403
    assert Http(server).get("/moderation/log").status == 401
    for method in ("DELETE", "PUT", "POST"):
        assert mod.http.request(method, "/moderation/log", bearer=mod.access_token).status == 405, "append-only"
