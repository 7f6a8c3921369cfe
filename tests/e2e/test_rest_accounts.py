"""Accounts and logins over REST: register, log in, refresh, log out, passwords, login keys; users and their rights."""
import pytest
from rig.cut import closed_in_time
from rig.http import Http


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


@pytest.fixture(scope="module")
def mod(people):
    return people.moderator()


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
