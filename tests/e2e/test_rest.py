"""Our own REST surface: the room, what operators look at, and the form of answers."""
import pytest
from rig.http import Http


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


@pytest.fixture(scope="module")
def mod(people):
    return people.moderator()


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
        mine = [e["data"] for e in g.seen if e.name == "MSG" and e["nick"] == ada.nick]
        assert mine == ["by REST", "without a nonce"]


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
        answer = ada.http.request("POST", "/chat/message", body='{"text":"hi"}', bearer=ada.access_token,
                                  headers=headers)
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
    slow = People(make_server({"chat.throttle_base_ms": 60_000})).user()
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
        by_name = path.endswith(("userinfo", "stalk"))  # 404 is their word for an unknown name
        assert status != 404 or by_name, f"{method} {path} is described but not served"
        assert status not in (405, 500, 501), (method, path, status)


@pytest.mark.smoke
def test_errors_are_problem_documents_with_a_request_id(server):
    http = Http(server)
    for method, path, status in (("GET", "/nowhere", 404), ("DELETE", "/healthz", 405),
                                 ("GET", "/moderation/log", 401)):
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
    for path in ("/embed/chat", "/embed/onstreamchat", "/login?follow=/x", "/profile"):
        assert http.get(path).body == page.body, "where the old site had its chat and the client leads people"


def test_pages_of_the_list_may_embed_the_chat(make_server):
    own = "https://www.example.test"
    page = Http(make_server({"server.origins": [own]})).get("/embed/chat")
    assert page.header("content-security-policy").endswith(f"frame-ancestors 'self' {own}")


def test_paid_events_and_reload_are_for_admins(server, people, mod):
    for path, body in (("/chat/events", {"type": "donation", "nick": mod.nick, "amount": 1}), ("/chat/reload", None)):
        assert mod.post(path, body).status == 403
        assert Http(server).post(path, body).status == 401
