"""Our own REST surface: accounts and logins, the room, moderation, and what operators look at."""
import time

import pytest
from rig.http import Http
from rig.timing import patience

CUT_WITHIN_S = 3.0


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


@pytest.fixture(scope="module")
def mod(people):
    return people.moderator()


def closed_in_time(client, word=None):
    began = time.monotonic()
    closed = client.expect_closed()
    assert time.monotonic() - began < patience(CUT_WITHIN_S)
    if word and closed.code is not None:
        assert (closed.code, closed.reason) == (1008, word)


# --- accounts


@pytest.mark.smoke
def test_register(server, people):
    people.admin
    http, nick = Http(server), people.new_nick()
    answer = http.post("/auth/register", {"username": nick, "password": "correct horse"})
    assert answer.status == 201
    assert answer.json()["user"]["username"] == nick and answer.json()["user"]["role"] == "user"
    assert isinstance(answer.json()["user"]["id"], str)
    for twin in (nick, nick.lower(), nick.upper()):
        again = http.post("/auth/register", {"username": twin, "password": "correct horse"})
        assert again.status == 409 and again.is_problem(), twin


def test_register_compares_by_look(server, people):
    people.admin
    http = Http(server)
    assert http.post("/auth/register", {"username": "BallOne", "password": "correct horse"}).status == 201
    for alike in ("BaIIOne", "Ba11One", "Ball0ne", "ballone"):
        assert http.post("/auth/register", {"username": alike, "password": "correct horse"}).status == 409, alike


@pytest.mark.parametrize("body, code", [
    ({"username": "Tzfine"}, None),
    ({"password": "correct horse"}, None),
    ({"username": "Tzfine", "password": "short"}, "password_too_short"),
    ({"username": "Tzfine", "password": "x" * 3000}, "password_too_long"),
    ({"username": "Tz", "password": "correct horse"}, "invalid_nick"),
    ({"username": "Tz123x", "password": "correct horse"}, "invalid_nick"),
    ({"username": "Tz__x", "password": "correct horse"}, "invalid_nick"),
    ({"username": "Moderator", "password": "correct horse"}, "reserved_nick"),
    ({"username": 5, "password": "correct horse"}, None),
    ({"username": "Tzfine", "password": "correct horse", "role": "admin"}, "forbidden_field"),
])
def test_register_refuses(server, people, body, code):
    people.admin
    answer = Http(server).post("/auth/register", body)
    assert answer.status in (400, 409) and answer.is_problem(code), answer


def test_register_refuses_nicks_close_to_emotes(server, people):
    people.admin
    emote = Http(server).get("/emotes/emotes.json").json()[0]["prefix"]
    answer = Http(server).post("/auth/register", {"username": emote + "x", "password": "correct horse"})
    assert answer.status == 400 and answer.is_problem("emote_nick")


@pytest.mark.smoke
def test_login(server, people):
    ada = people.user()
    answer = Http(server).post("/auth/login", {"username": ada.nick.lower(), "password": ada.password})
    body = answer.json()
    assert answer.status == 200 and body["access_token"] and body["refresh_token"] and body["expires_in"] > 0
    assert (body["user"]["id"], body["user"]["username"], body["user"]["role"]) == (str(ada.id), ada.nick, "user")
    cookie = answer.headers_named("set-cookie")[0]
    assert cookie.startswith("sid=") and "HttpOnly" in cookie and "SameSite=" in cookie and "Path=/" in cookie
    wrong = [Http(server).post("/auth/login", {"username": n, "password": "wrong horse"})
             for n in (ada.nick, "NobodyHere")]
    for answer in wrong:
        assert answer.status == 401 and answer.is_problem("invalid_credentials")
        assert answer.headers_named("set-cookie") == []
    a, b = ({k: v for k, v in w.json().items() if k != "request_id"} for w in wrong)
    assert a == b, "a wrong name and a wrong password look the same"


@pytest.mark.smoke
def test_refresh_rotates_and_reuse_ends_the_whole_family(server, people):
    ada = people.user()
    socket = ada.connect()
    first = Http(server).post("/auth/refresh", {"refresh_token": ada.refresh_token})
    assert first.status == 200
    second = Http(server).post("/auth/refresh", {"refresh_token": first.json()["refresh_token"]})
    assert second.status == 200
    assert len({ada.refresh_token, first.json()["refresh_token"], second.json()["refresh_token"]}) == 3
    socket.fence()
    stolen = Http(server).post("/auth/refresh", {"refresh_token": ada.refresh_token})
    assert stolen.status == 401 and stolen.is_problem("refresh_token_reused")
    closed_in_time(socket, "revoked")
    for token in (first.json()["refresh_token"], second.json()["refresh_token"]):
        assert Http(server).post("/auth/refresh", {"refresh_token": token}).status == 401
    for token in (ada.access_token, second.json()["access_token"]):
        assert Http(server).get(f"/users/{ada.id}/logins", bearer=token).status == 401
    assert ada.page_get("/api/chat/me/settings").status == 403
    assert ada.another_login().get("/users/me").status == 200, "the password still works"


@pytest.mark.smoke
def test_logout_closes_the_sockets_of_that_login(server, people):
    ada = people.user()
    other = ada.another_login()
    here, there = ada.connect(), other.connect()
    answer = ada.post("/auth/logout", {"refresh_token": ada.refresh_token})
    assert answer.status == 204 and answer.cookie("sid") == ""
    closed_in_time(here, "revoked")
    there.fence()
    there.close()
    assert ada.get(f"/users/{ada.id}/logins").status == 401
    assert Http(server).post("/auth/refresh", {"refresh_token": ada.refresh_token}).status == 401
    assert other.get(f"/users/{ada.id}/logins").status == 200
    with ada.connect(welcome=False) as c:
        assert c.expect("ME").data is None, "the cookie is worth nothing now"


def test_logins_can_be_seen_and_ended_one_by_one(people):
    ada = people.user()
    phone = ada.another_login()
    socket = phone.connect()
    logins = ada.get(f"/users/{ada.id}/logins").json()["logins"]
    assert len(logins) == 2 and [l["current"] for l in logins].count(True) == 1
    lost = next(l for l in logins if not l["current"])
    assert people.user().delete(f"/users/{ada.id}/logins/{lost['id']}").status == 403
    assert ada.delete(f"/users/{ada.id}/logins/{lost['id']}").status == 204
    closed_in_time(socket, "revoked")
    assert phone.get("/users/me").status == 401


@pytest.mark.smoke
def test_password_change_ends_other_logins(server, people):
    ada = people.user()
    other = ada.another_login()
    mine, theirs = ada.connect(), other.connect()
    path = f"/users/{ada.id}/password"
    wrong = ada.put(path, {"current": "not my password", "new": "a new correct horse"})
    assert wrong.status in (401, 403) and wrong.is_problem()
    assert people.user().put(path, {"current": ada.password, "new": "a new correct horse"}).status == 403
    assert ada.put(path, {"current": ada.password, "new": "short"}).status == 400
    assert ada.put(path, {"current": ada.password, "new": "a new correct horse"}).status == 204
    closed_in_time(theirs, "revoked")
    mine.fence()
    mine.close()
    assert other.get("/users/me").status == 401
    assert Http(server).post("/auth/login", {"username": ada.nick, "password": ada.password}).status == 401
    ada.password = "a new correct horse"
    ada.login()


def test_login_keys_are_shown_once_and_their_sockets_end_with_them(server, people):
    ada = people.user()
    made = ada.post(f"/users/{ada.id}/keys", {"name": "my bot"})
    assert made.status == 201
    key, secret = made.json()["id"], made.json()["key"]
    assert secret not in ada.get(f"/users/{ada.id}/keys").text
    bot = ada.connect(cookie="authtoken=" + secret)
    assert ada.delete(f"/users/{ada.id}/keys/{key}").status == 204
    closed_in_time(bot, "revoked")
    with ada.connect(cookie="authtoken=" + secret, welcome=False) as c:
        assert c.expect("ME").data is None


# --- users and rights


@pytest.mark.smoke
def test_users_public_and_private_fields(server, people):
    ada, bo = people.user(), people.user()
    public = Http(server).get(f"/users/{ada.id}")
    assert public.status == 200 and public.json()["username"] == ada.nick
    own = ada.get(f"/users/{ada.id}")
    assert set(public.json()) < set(own.json())
    assert set(bo.get(f"/users/{ada.id}").json()) == set(public.json())
    assert set(people.admin.get(f"/users/{ada.id}").json()) == set(own.json())
    for answer in (public, own):
        for secret in ("password", "argon", "hash", "token", "address", "127.0.0.1"):
            assert secret not in answer.text.lower(), secret
    assert ada.get("/users/me").json()["username"] == ada.nick
    for path in ("/users/999999", "/users/x", "/users/-1", "/users/99999999999999999999"):
        answer = Http(server).get(path)
        assert answer.status in (400, 404) and answer.is_problem(), path


@pytest.mark.smoke
def test_profile_update_takes_display_fields_only(people):
    ada = people.user()
    answer = ada.put(f"/users/{ada.id}", {"bio": "I am \U0001f600", "unknown": "ignored"})
    assert answer.status == 200 and answer.json()["bio"] == "I am \U0001f600"
    for rights in ({"role": "admin"}, {"ROLE": "admin"}, {"features": ["bot"]}, {"bio": "x", "is_admin": True},
                   {"id": 1}):
        refused = ada.put(f"/users/{ada.id}", rights)
        assert refused.status == 400 and refused.is_problem("forbidden_field"), rights
    after = ada.get("/users/me").json()
    assert (after["role"], after["bio"]) == ("user", "I am \U0001f600")
    assert people.user().put(f"/users/{ada.id}", {"bio": "vandalism"}).status == 403
    assert ada.put(f"/users/{ada.id}", {"bio": "x" * 501}).status == 400


@pytest.mark.smoke
def test_permissions_are_in_force_at_once_for_open_sockets(people):
    ada, bo = people.user(), people.user()
    with ada.connect() as a:
        a.send("MUTE", {"data": bo.nick})
        a.expect_err("nopermission")
        people.set_rights(ada, role="moderator")
        a.send("MUTE", {"data": bo.nick})
        a.expect("MUTE", data=bo.nick)
        assert ada.get("/moderation/log").status == 200
        people.set_rights(ada, role="user")
        a.send("UNMUTE", {"data": bo.nick})
        a.expect_err("nopermission")
        assert ada.get("/moderation/log").status == 403
        people.set_rights(bo, role="user")
        answer = people.admin.put(f"/users/{ada.id}/permissions", {"can_chat": False})
        assert answer.status == 200
        a.say("may I chat")
        a.expect_err("nochatting")


def test_permissions_are_for_admins_and_the_last_admin_stays(people, mod):
    ada = people.user()
    for person in (ada, mod):
        answer = person.put(f"/users/{ada.id}/permissions", {"role": "admin"})
        assert answer.status == 403 and answer.is_problem("nopermission")
    answer = people.admin.put(f"/users/{people.admin.id}/permissions", {"role": "user"})
    assert answer.status == 409 and answer.is_problem("last_admin")
    for bad in ({"role": "king"}, {"role": "user", "features": ["admin"]}, {"role": "user", "extra": 1}, {},
                {"role": "user", "roles": ["ADMIN"]}):
        answer = people.admin.put(f"/users/{ada.id}/permissions", bad)
        assert answer.status == 400 and answer.is_problem(), bad
    people.set_rights(ada, role="admin")
    people.set_rights(ada, role="user")


# --- the room


@pytest.mark.smoke
def test_post_message_is_stored_once_per_nonce(server, people):
    ada = people.user()
    with people.guest() as g:
        answer = ada.post("/chat/message", {"room": "main", "text": "  by REST ", "nonce": "r-1"})
        assert answer.status == 201
        line = g.expect("MSG", data="by REST")
        assert line["seq"] == answer.json()["seq"] and line["nick"] == ada.nick
        again = ada.post("/chat/message", {"room": "main", "text": "by REST", "nonce": "r-1"})
        assert again.status == 201 and again.json() == answer.json()
        with ada.connect() as c:
            c.say("by REST", nonce="r-1")
            assert c.expect("ACK", nonce="r-1")["id"] == answer.json()["id"], "one memory for both ways"
        other = ada.post("/chat/message", {"text": "without a nonce"})
        assert other.status == 201 and other.json()["seq"] > answer.json()["seq"]
        g.expect("MSG", data="without a nonce")
        assert [e["data"] for e in g.seen if e.name == "MSG" and e["nick"] == ada.nick] == ["by REST", "without a nonce"]


@pytest.mark.parametrize("body, status, code", [
    ({"text": ""}, 400, "invalidmsg"),
    ({"text": "x" * 513}, 400, "invalidmsg"),
    ({"text": 5}, 400, None),
    ({}, 400, None),
    ({"text": "hi", "room": "elsewhere"}, 404, None),
    ({"text": "hi", "nonce": "n" * 65}, 400, None),
])
def test_post_message_refuses(people, body, status, code):
    answer = people.user().post("/chat/message", body)
    assert answer.status == status and answer.is_problem(code), answer


def test_post_message_needs_a_login_and_json(server, people):
    assert Http(server).post("/chat/message", {"text": "hi"}).status == 401
    ada = people.user()
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        headers = {"Content-Type": kind} if kind else {}
        answer = ada.http.request("POST", "/chat/message", body='{"text":"hi"}', bearer=ada.access_token, headers=headers)
        assert answer.status == 415 and answer.is_problem(), kind
    broken = ada.http.request("POST", "/chat/message", body='{"text":', bearer=ada.access_token,
                              headers={"Content-Type": "application/json"})
    assert broken.status == 400 and broken.is_problem()


def test_muted_and_throttled_over_rest(people, mod, make_server):
    ada = people.user()
    assert mod.post("/moderation/mute", {"nick": ada.nick, "duration": 60}).status == 201
    answer = ada.post("/chat/message", {"text": "let me"})
    assert answer.status == 403 and answer.is_problem("muted")
    from rig.people import People
    slow = People(make_server({"chat.throttle_base_ms": 1000})).user()
    assert slow.post("/chat/message", {"text": "first"}).status == 201
    answer = slow.post("/chat/message", {"text": "second"})
    assert answer.status == 429 and answer.is_problem("throttled") and int(answer.header("retry-after")) >= 1


@pytest.mark.smoke
def test_history_pages_both_ways(server, people):
    ada = people.user(features=["bot"])
    with ada.connect() as c:
        for n in range(25):
            c.say(f"page {n}", nonce=f"p{n}")
        first = c.expect("ACK", nonce="p0")["seq"]
        c.expect("ACK", nonce="p24")
    http = Http(server)
    newest = http.get("/chat/history?room=main&limit=10").json()
    assert [m["text"] for m in newest["messages"]] == [f"page {n}" for n in range(15, 25)], "oldest first"
    message = newest["messages"][0]
    assert isinstance(message["id"], str) and message["nick"] == ada.nick and message["user_id"] == str(ada.id)
    assert message["at"].endswith("Z") and type(message["seq"]) is int
    older = http.get(f"/chat/history?limit=10&before={newest['next']}").json()
    assert [m["text"] for m in older["messages"]] == [f"page {n}" for n in range(5, 15)]
    upward, texts = first - 1, []
    while True:
        page = http.get(f"/chat/history?limit=7&after={upward}").json()
        texts += [m["text"] for m in page["messages"]]
        if page["next"] is None:
            break
        upward = page["next"]
    assert texts == [f"page {n}" for n in range(25)]
    for bad in ("limit=0", "limit=201", "limit=x", "after=-1", "before=x", "room=elsewhere"):
        answer = http.get("/chat/history?" + bad)
        assert answer.status in (400, 404) and answer.is_problem(), bad


def test_deleted_messages_are_gone_and_leave_a_tombstone(server, people):
    ada = people.user()
    entry = ada.post("/chat/message", {"text": "delete this over REST"}).json()
    with people.guest() as g:
        assert ada.delete(f"/chat/message/{entry['id']}").status == 204
        assert g.expect("DELETE")["data"] == entry["id"]
    assert "delete this over REST" not in Http(server).get("/chat/history?limit=200").text
    tombs = Http(server).get("/chat/history?kinds=tombstone").json()["messages"]
    assert tombs[-1]["message_id"] == entry["id"]
    assert ada.delete("/chat/message/12345").status == 404
    assert Http(server).delete(f"/chat/message/{entry['id']}").status == 401


# --- moderation


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


# --- operators, documents


@pytest.mark.smoke
def test_health_readiness_metrics(server, people):
    http = Http(server)
    assert http.get("/healthz").status == 200
    ready = http.get("/readyz")
    assert ready.status == 200 and ready.json()["ready"] is True
    with people.user().connect() as c:
        c.say("counted")
        c.expect("MSG", data="counted")
        text = http.get("/metrics").text
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    assert float(values["strims_messages_total"]) >= 1
    assert float(values["strims_connections"]) >= 1


def test_metrics_are_for_the_operators_addresses(make_server):
    server = make_server({"metrics.allow": ["127.0.0.77/32"]})
    answer = Http(server).get("/metrics")
    assert answer.status == 403 and answer.is_problem()
    assert Http(server, source="127.0.0.77").get("/metrics").status == 200


@pytest.mark.smoke
def test_openapi_describes_what_is_served(server):
    document = Http(server).get("/openapi.json").json()
    assert document["openapi"].startswith("3.")
    promised = {
        ("post", "/auth/register"), ("post", "/auth/login"), ("post", "/auth/refresh"), ("post", "/auth/logout"),
        ("put", "/users/{id}/password"), ("get", "/chat/history"), ("post", "/chat/message"),
        ("delete", "/chat/message/{id}"), ("get", "/users/{id}"), ("put", "/users/{id}"),
        ("put", "/users/{id}/permissions"), ("post", "/moderation/ban"), ("delete", "/moderation/ban/{id}"),
        ("post", "/moderation/mute"), ("delete", "/moderation/mute/{user_id}"), ("get", "/moderation/log"),
        ("get", "/healthz"), ("get", "/readyz"), ("get", "/metrics"), ("get", "/openapi.json")}
    described = {(method, path) for path, item in document["paths"].items() for method in item}
    assert promised <= described, promised - described
    for method, path in sorted(described):
        if "{" in path or method not in ("get", "post", "put", "delete"):
            continue
        status = Http(server).request(method.upper(), path).status
        assert status != 404 or path.endswith("userinfo") or "stalk" in path, f"{method} {path} is described but not served"
        assert status not in (405, 500, 501), (method, path, status)


@pytest.mark.smoke
def test_errors_are_problem_documents_with_a_request_id(server):
    http = Http(server)
    for method, path, status in (("GET", "/nowhere", 404), ("DELETE", "/healthz", 405), ("GET", "/moderation/log", 401)):
        answer = http.request(method, path)
        assert answer.status == status and answer.is_problem(), path
        assert answer.header("x-request-id")
    assert "GET" in http.request("DELETE", "/healthz").header("allow")
    assert http.get("/healthz").header("x-request-id") != http.get("/healthz").header("x-request-id")


def test_the_page_is_served(server):
    http = Http(server)
    page = http.get("/")
    assert page.status == 200 and page.header("content-type").startswith("text/html")
    assert page.header("x-content-type-options") == "nosniff"
    assert "script-src" in page.header("content-security-policy", "") or "default-src" in page.header(
        "content-security-policy", "")
    again = http.get("/", headers={"If-None-Match": page.header("etag")})
    assert again.status == 304 and again.body == b""
    assert http.request("HEAD", "/").body == b""


def test_paid_events_and_reload_are_for_admins(server, people, mod):
    for path, body in (("/chat/events", {"type": "donation", "nick": mod.nick, "amount": 1}), ("/chat/reload", None)):
        assert mod.post(path, body).status == 403
        assert Http(server).post(path, body).status == 401
