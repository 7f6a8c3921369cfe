"""The checklist of the chat clients' HTTP endpoints: settings, private messages, ban info, logs, user info, files."""
import json
import re

import pytest
from rig.http import Http

PAGE = "https://www.example.test"


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"server.origins": [PAGE], "chat.whisper_unread_per_target": 1000,
                        "chat.whisper_target_limit": 10000, "chat.whisper_general_limit": 10000})


@pytest.fixture(scope="module")
def mod(people):
    return people.moderator()


SETTINGS = [["schemaversion", 2], ["profilesettings", True], ["ignorenicks", ["spammer"]],
            ["taggednotes", [["bo", "fri\u00ebnd \U0001f600"]]]]


@pytest.mark.smoke
def test_http_01_settings_round_trip(people):
    ada = people.user()
    assert ada.page_get("/api/chat/me/settings").json() == []
    assert ada.page_post("/api/chat/me/settings", json.dumps(SETTINGS)).status in (200, 204)
    assert ada.page_get("/api/chat/me/settings").json() == SETTINGS
    answer = ada.http.delete("/api/chat/me/settings", cookie="sid=" + ada.sid)  # the client sends no guard here
    assert answer.status in (200, 204)
    assert ada.page_get("/api/chat/me/settings").json() == []


@pytest.mark.smoke
def test_http_02_settings_need_the_guard_header_and_no_json_content_type(people):
    ada = people.user()
    body = json.dumps(SETTINGS)
    refused = ada.http.request("POST", "/api/chat/me/settings", body=body, cookie="sid=" + ada.sid,
                               headers={"Content-Type": "text/plain"})
    assert refused.status == 403
    assert ada.page_get("/api/chat/me/settings").json() == []
    assert ada.page_post("/api/chat/me/settings", body).status in (200, 204)
    assert people.user().page_get("/api/chat/me/settings").json() == [], "everybody has his own"
    assert Http(people.server).get("/api/chat/me/settings").status == 403


def test_http_03_too_large_settings_are_refused(people):
    ada = people.user()
    def padded(length):
        return '[["x","' + "a" * (length - 10) + '"]]'

    assert ada.page_post("/api/chat/me/settings", padded(65535)).status in (200, 204)
    answer = ada.page_post("/api/chat/me/settings", padded(65536))
    assert answer.status >= 400
    assert len(ada.page_get("/api/chat/me/settings").text) == 65535
    wide = json.dumps([["x", "\U0001f600" * 60000]], ensure_ascii=False)  # characters, not bytes
    assert ada.page_post("/api/chat/me/settings", wide).status in (200, 204)


def whisper(sender, target, text):
    with sender.connect() as c:
        c.send("PRIVMSG", {"nick": target.nick, "data": text})
        c.expect("PRIVMSGSENT")


@pytest.mark.smoke
def test_http_04_unread_has_a_row_per_sender_and_the_inbox_clears_it(people):
    ada, bo, eve = people.user(), people.user(), people.user()
    for sender, text in ((ada, "a1"), (ada, "a2"), (bo, "b1")):
        whisper(sender, eve, text)
    rows = eve.page_get("/api/messages/unread").json()
    assert [(r["username"], int(r["unread"])) for r in rows] == [(bo.nick, 1), (ada.nick, 2)]
    assert all(int(r["messageid"]) > 0 and r["timestamp"] for r in rows)
    eve.page_get(f"/api/messages/usr/{ada.nick.lower()}/inbox")
    rows = eve.page_get("/api/messages/unread").json()
    assert [r["username"] for r in rows] == [bo.nick]
    assert "error" in eve.page_get("/api/messages/usr/NobodyHere/inbox").json()
    assert Http(people.server).get("/api/messages/unread").status == 403


def test_http_05_inbox_is_newest_first_in_pages_of_25(people):
    ada, eve = people.user(), people.user()
    with ada.connect() as c:
        for n in range(30):
            c.send("PRIVMSG", {"nick": eve.nick, "data": f"message {n}"})
            c.expect("PRIVMSGSENT")
    whisper(eve, ada, "an answer")
    first = eve.page_get(f"/api/messages/usr/{ada.nick}/inbox").json()
    assert [m["message"] for m in first] == ["an answer"] + [f"message {n}" for n in range(29, 5, -1)]
    second = eve.page_get(f"/api/messages/usr/{ada.nick}/inbox?s=25").json()
    assert [m["message"] for m in second] == [f"message {n}" for n in range(5, -1, -1)]
    newest, older = first[0], first[1]
    assert (newest["from"], newest["to"]) == (eve.nick, ada.nick)
    assert (older["from"], older["to"]) == (ada.nick, eve.nick)
    assert all(m["timestamp"] for m in first)


def test_http_06_only_the_receiver_marks_a_message_as_read(people):
    ada, eve = people.user(), people.user()
    whisper(ada, eve, "open me")
    message = eve.page_get("/api/messages/unread").json()[0]["messageid"]
    for stranger in (ada, people.user()):
        answer = stranger.page_post(f"/api/messages/msg/{message}/open")
        assert answer.json() == {"success": False, "error": "Invalid message"}
    assert len(eve.page_get("/api/messages/unread").json()) == 1
    assert eve.page_post("/api/messages/msg/999999/open").json()["success"] is False
    assert eve.http.post(f"/api/messages/msg/{message}/open", cookie="sid=" + eve.sid).status == 403, "no guard header"
    assert eve.page_post(f"/api/messages/msg/{message}/open").json() == {"success": True}
    assert eve.page_get("/api/messages/unread").json() == []


@pytest.mark.smoke
def test_http_07_ban_info(people, mod):
    ada, bo = people.user(), people.user()
    assert ada.page_get("/api/chat/me/ban").text == '"bannotfound"'
    with mod.connect() as m:
        m.send("BAN", {"nick": ada.nick, "reason": "row 7", "duration": 86400 * 10**9})
        m.expect("BAN", data=ada.nick)
        m.send("BAN", {"nick": bo.nick, "reason": "for ever", "ispermanent": True})
        m.expect("BAN", data=bo.nick)
    info = ada.page_get("/api/chat/me/ban").json()
    assert (info["userid"], info["username"]) == (mod.id, mod.nick)
    assert (info["targetuserid"], info["targetusername"], info["reason"]) == (ada.id, ada.nick, "row 7")
    for key in ("starttimestamp", "endtimestamp"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", info[key])
    assert bo.page_get("/api/chat/me/ban").json()["endtimestamp"] is None
    with mod.connect() as m:
        m.send("UNBAN", {"data": ada.nick})
        m.expect("UNBAN")
    assert ada.page_get("/api/chat/me/ban").json() == "bannotfound"
    assert Http(people.server).get("/api/chat/me/ban").status == 403


def test_http_08_stalk_and_mentions(people):
    ada, bo = people.user(), people.user()
    with ada.connect() as c:
        for text in ("one", "two", f"hi {bo.nick.lower()}!", "four"):
            c.say(text)
            c.expect("MSG", data=text)
    stalk = bo.page_get(f"/api/chat/stalk?username={ada.nick.lower()}&limit=2").json()
    assert stalk["success"] is True and stalk["message"] is None
    assert stalk["data"]["nick"] == ada.nick
    assert [line["text"] for line in stalk["data"]["lines"]] == [f"hi {bo.nick.lower()}!", "four"]
    assert len(bo.page_get(f"/api/chat/stalk?username={ada.nick}").json()["data"]["lines"]) == 3, "three by default"
    mentions = bo.page_get(f"/api/chat/mentions?username={bo.nick}").json()
    assert mentions["success"] is True
    assert [(m["nick"], m["text"]) for m in mentions["data"]] == [(ada.nick, f"hi {bo.nick.lower()}!")]
    import time
    for stamp in (stalk["data"]["lines"][0]["timestamp"], mentions["data"][0]["date"]):
        assert abs(stamp - time.time()) < 600, "seconds"
    assert bo.page_get("/api/chat/mentions?username=Tznobody").json()["data"] == []
    assert bo.page_get("/api/chat/stalk?username=NobodyHere").json()["success"] is False


@pytest.mark.smoke
def test_http_09_userinfo(people):
    ada = people.user(features=["flair13"])
    ada.put(f"/users/{ada.id}", {"bio": "hello <b>there</b>", "gender": "nonbinary", "age": "25-34"})
    answer = Http(people.server).get(f"/api/chat/userinfo?username={ada.nick.lower()}", origin="https://any.example")
    assert answer.status == 200
    assert answer.header("access-control-allow-origin") in ("*", "https://any.example")
    body = answer.json()
    assert body["success"] is True
    data = body["data"]
    assert (data["id"], data["nick"], data["bio"]) == (ada.id, ada.nick, "hello <b>there</b>")
    assert (data["gender"], data["age"], data["watching"]) == ("nonbinary", "25-34", None)
    assert "flair13" in data["features"] and "SUBSCRIBER" in data["roles"] and data["createdDate"]
    missing = Http(people.server).get("/api/chat/userinfo?username=NobodyHere")
    assert missing.status == 404 and missing.json()["success"] is False
    assert Http(people.server).get("/api/chat/userinfo").status == 404


def test_http_10_hosting_checks_role_and_guard(people, mod):
    host = people.user(site_roles=["HOST"])
    body = json.dumps({"url": "https://example.test/x"})
    for path in ("/api/stream/host", "/api/stream/unhost"):
        assert people.user().page_post(path, body).status == 403
        assert Http(people.server).post(path).status == 403
        assert mod.http.request("POST", path, body=body, cookie="sid=" + mod.sid).status == 403, "no guard header"
        for person in (host, mod, people.admin):
            answer = person.page_post(path, body)
            assert answer.status == 200 and isinstance(answer.json()["success"], bool)


@pytest.mark.smoke
def test_http_11_emotes(server):
    for base in ("", "/cdn"):
        emotes = Http(server).get(base + "/emotes/emotes.json?_=cachekey")
        assert emotes.status == 200 and emotes.header("access-control-allow-origin") is None
        css = Http(server).get(base + "/emotes/emotes.css").text
        assert emotes.json(), "some"
        for emote in emotes.json():
            assert re.fullmatch(r"[A-Za-z0-9]+", emote["prefix"])
            assert type(emote["minimumSubTier"]) is int and type(emote["twitch"]) is bool
            assert f".emote.{emote['prefix']}" in css
            for image in emote["image"]:
                assert image["width"] > 0 and image["height"] > 0
    assert Http(server).get("/emotes/emotes.json", origin="https://any.example").header(
        "access-control-allow-origin") == "*"


@pytest.mark.smoke
def test_http_12_flairs_cover_every_feature_in_use(server, people):
    flairs = {f["name"]: f for f in Http(server).get("/flairs/flairs.json").json()}
    css = Http(server).get("/flairs/flairs.css").text
    used = set()
    for role in ("user", "streamer", "moderator", "admin"):
        features = ["protected", "vip", "bot", "flair13", "flair1", "flair3", "flair8", "flair42"]
        answer = people.set_rights(people.user(), role=role, features=features)
        used |= set(answer.json()["features"])
    assert used >= {"admin", "moderator", "subscriber", "flair12", "bot"}
    assert used <= set(flairs)
    for name in used:
        assert f".flair.{name}" in css, name
        assert not flairs[name]["color"] or f".user.{name}" in css, name
    for flair in flairs.values():
        assert re.fullmatch(r"[a-z0-9_-]+", flair["name"]) and "<" not in flair["label"]
        assert type(flair["priority"]) is int and type(flair["hidden"]) is bool


@pytest.mark.smoke
def test_http_13_credentialed_cors_with_the_exact_origin(server, people):
    ada = people.user()
    answer = ada.page_get("/api/chat/me/settings", origin=PAGE)
    assert answer.header("access-control-allow-origin") == PAGE
    assert answer.header("access-control-allow-credentials") == "true"
    assert "Origin" in " ".join(answer.headers_named("vary"))
    preflight = Http(server).request("OPTIONS", "/api/chat/me/settings", origin=PAGE, headers={
        "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-csrf-guard"})
    assert preflight.status in (200, 204)
    assert preflight.header("access-control-allow-origin") == PAGE
    assert preflight.header("access-control-allow-credentials") == "true"
    assert "x-csrf-guard" in preflight.header("access-control-allow-headers").lower()
    assert "POST" in preflight.header("access-control-allow-methods")
    for origin in ("https://evil.test", PAGE + ".evil.test", "null"):
        answer = ada.page_get("/api/chat/me/settings", origin=origin)
        assert answer.header("access-control-allow-origin") is None, origin
        assert answer.header("access-control-allow-credentials") is None


@pytest.mark.smoke
def test_http_14_history_over_http_equals_the_event(server, people):
    with people.user().connect() as c:
        c.say("over both ways")
        c.expect("MSG", data="over both ways")
    answer = Http(server).get("/api/chat/history")
    assert answer.status == 200 and "no-store" in answer.header("cache-control")
    with people.guest() as g:
        assert g.history.data == answer.json()


@pytest.mark.smoke
def test_http_15_api_auth_takes_login_keys_only(server, people):
    ada = people.user(features=["flair3"])
    key = server.login_key(ada.nick)
    http = Http(server)
    for answer in (http.get(f"/api/auth?authtoken={key}"),
                   http.request("POST", "/api/auth", body=f"authtoken={key}",
                                headers={"Content-Type": "application/x-www-form-urlencoded"})):
        assert answer.status == 200
        body = answer.json()
        assert (body["nick"], body["username"], body["userId"]) == (ada.nick, ada.nick, str(ada.id))
        assert "flair3" in body["features"] and body["status"] == "Active"
        assert body["subscription"]["tier"] == "3"
    for token in ("", ada.sid, ada.access_token, ada.refresh_token, "A" * 64):
        answer = http.get(f"/api/auth?authtoken={token}")
        assert answer.status == 403 and answer.json()["code"] == 403
        assert answer.json()["error"] == ("invalidtoken" if token else "fielderror")


def test_http_16_strims_me_history_viewer_states(make_server):
    """With a listener of its own it is also in test_strims_flavour.py."""
    from rig.people import People
    from rig.server import free_port
    port = free_port()
    server = make_server({"server.strims_listen": [f"127.0.0.1:{port}"]})
    ada = People(server).user()
    http = Http(server, port=port)
    assert http.get("/api/chat/me").status == 401
    assert http.get("/api/chat/me", cookie="sid=" + ada.sid).json()["nick"] == ada.nick
    assert http.get("/api/chat/history").json() == []
    states = http.get("/api/chat/viewer-states")
    assert states.status == 200 and states.json() == []
    manifest = http.get("/emote-manifest.json").json()
    assert set(manifest) == {"emotes", "modifiers", "tags"} and manifest["emotes"][0]["name"]


def test_http_17_unread_count_and_conversations(people):
    eve = people.user()
    senders = [people.user() for _ in range(3)]
    for n, sender in enumerate(senders):
        whisper(sender, eve, f"hello {n}")
    assert eve.page_get("/api/messages/unread-count").json() == {"data": {"count": 3}}
    page = eve.page_get("/api/messages/conversations").json()
    assert [r["username"] for r in page["results"]] == [s.nick for s in reversed(senders)]
    assert page["more"] is False and page["nextPageOffset"] is None
    row = page["results"][0]
    assert (row["userId"], row["lastMessage"], row["unread"], row["lastMessageFromMe"]) == (
        senders[2].id, "hello 2", 1, False)
    found = eve.page_get(f"/api/messages/conversations?search={senders[1].nick[2:].lower()}").json()["results"]
    assert [r["username"] for r in found] == [senders[1].nick]
    whisper(eve, senders[0], "an answer")
    assert eve.page_get("/api/messages/conversations").json()["results"][0]["lastMessageFromMe"] is True


def test_http_17_conversations_page_by_page(people):
    eve = people.user()
    senders = [people.user() for _ in range(30)]
    for sender in senders:
        whisper(sender, eve, "hi")
    names, path = [], "/api/messages/conversations"
    while True:
        page = eve.page_get(path).json()
        names += [r["username"] for r in page["results"]]
        if not page["more"]:
            assert page["nextPageOffset"] is None
            break
        cursor = page["nextPageOffset"]
        from urllib.parse import quote
        path = (f"/api/messages/conversations?last-timestamp={quote(cursor['timestamp'])}&last-id={cursor['id']}")
    assert names == [s.nick for s in reversed(senders)]


# --- older clients and the bots


def test_me_of_the_older_client(people):
    ada = people.user(features=["flair1"])
    assert Http(people.server).get("/api/chat/me").status == 403
    me = ada.page_get("/api/chat/me").json()
    assert (me["nick"], me["username"], me["userId"], me["userStatus"]) == (ada.nick, ada.nick, str(ada.id), "Active")
    assert "USER" in me["roles"] and "flair1" in me["features"] and me["settings"] == []


def test_ping_and_stream_info(server):
    pong = Http(server).get("/ping")
    assert pong.status == 200 and pong.body == b"" and pong.header("x-pong") is not None
    streams = Http(server).get("/api/info/stream").json()["data"]["streams"]
    assert set(streams) == {"twitch", "youtube", "facebook", "rumble", "kick", "strims"}
