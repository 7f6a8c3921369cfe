"""What attackers try: foreign pages, forged tokens, guessing, smuggling, exhaustion, hostile text, leaking logs."""
import base64
import json
import socket
import struct
import time

import pytest
from rig.http import Http, open_socket, parse_answers, raw, read_all
from rig.people import People
from rig.timing import eventually, patience
from rig.ws import Refused, WsClient

PAGE = "https://www.example.test"
EVIL = "https://evil.test"


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"server.origins": [PAGE], "http.head_timeout_ms": 1000, "http.body_timeout_ms": 1000,
                        "http.idle_timeout_ms": 2000, "log.access": True, "log.level": "debug",
                        "server.trusted_proxies": ["127.0.0.9/32"]})


# --- foreign pages


@pytest.mark.smoke
def test_foreign_pages_get_no_socket_and_cannot_use_the_cookie(server, people):
    ada = people.user()
    cookie = "sid=" + ada.sid
    with pytest.raises(Refused) as refused:
        WsClient(server, cookie=cookie, origin=EVIL)
    assert refused.value.status == 403
    http = Http(server)
    for method, path, body in (("POST", "/chat/message", {"text": "forged"}), ("PUT", f"/users/{ada.id}", {"bio": "x"}),
                               ("POST", "/auth/logout", {}), ("DELETE", "/api/chat/me/settings", None)):
        for origin in (EVIL, "null", PAGE + ".evil.test"):
            answer = http.request(method, path, json=body, cookie=cookie, origin=origin)
            assert answer.status == 403, (method, path, origin, answer)
        answer = http.request(method, path, json=body, cookie=cookie,
                              headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status == 403, (method, path)
    assert http.post("/chat/message", {"text": "by my page"}, cookie=cookie, origin=PAGE).status == 201
    assert ada.get("/users/me").json().get("bio") is None


def test_a_form_of_a_foreign_page_cannot_log_in_or_speak(server, people):
    """Forms send these content types without asking first."""
    ada = people.user()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        for path in ("/auth/login", "/chat/message", "/auth/register"):
            answer = Http(server).request("POST", path, body='{"text":"x"}', cookie="sid=" + ada.sid,
                                          headers={"Content-Type": kind})
            assert answer.status == 415, (kind, path)


# --- tokens


def part(data) -> str:
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpart(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


@pytest.mark.smoke
def test_forged_tokens_are_refused(server, people):
    ada, admin = people.user(), people.admin
    head, body, signature = ada.access_token.split(".")
    claims, header = unpart(body), unpart(head)
    assert header["alg"] == "ES256"
    jwks = Http(server).get("/.well-known/jwks.json").json()
    import hashlib
    import hmac

    def hs256(header, claims, key):
        signed = part({**header, "alg": "HS256"}) + "." + part(claims)
        return signed + "." + part(hmac.new(key, signed.encode(), hashlib.sha256).digest())

    forged = {
        "alg none": part({**header, "alg": "none"}) + "." + body + ".",
        "alg None": part({**header, "alg": "None"}) + "." + body + "." + signature,
        "no signature": head + "." + body + ".",
        "another subject": head + "." + part({**claims, "sub": str(admin.id)}) + "." + signature,
        "a longer life": head + "." + part({**claims, "exp": claims["exp"] + 10**6}) + "." + signature,
        "HS256 with the public key": hs256(header, claims, json.dumps(jwks["keys"][0]).encode()),
        "HS256 with nothing": hs256(header, claims, b""),
        "a kid that is a path": part({**header, "kid": "../../etc/passwd"}) + "." + body + "." + signature,
        "a key inside": part({**header, "jwk": jwks["keys"][0]}) + "." + body + "." + signature,
        "zero signature": head + "." + body + "." + part(bytes(64)),
        "one bit": ada.access_token[:-10] + ("A" if ada.access_token[-10] != "A" else "B") + ada.access_token[-9:],
        "twice": ada.access_token + "." + signature,
        "spaces": head + ". " + body + "." + signature,
        "long": "A" * 10000,
    }
    for name, token in forged.items():
        answer = Http(server).get("/users/me", bearer=token)
        assert answer.status == 401, name
        if len(token) < 8000:
            with WsClient(server, headers={"Authorization": "Bearer " + token}) as c:
                assert c.expect("ME").data is None, name
    assert ada.get("/users/me").status == 200


def test_expired_tokens_are_refused(make_server):
    people = People(make_server({"auth.access_token_seconds": 30}))
    ada = people.user()
    claims = unpart(ada.access_token.split(".")[1])
    assert claims["exp"] - claims["iat"] == 30
    # The clock is not ours to turn: the check of an old token is in the unit tests; here the issued life is short.
    assert ada.get("/users/me").status == 200


def test_tokens_of_another_server_are_refused(server, people, make_server):
    foreign = People(make_server()).user()
    assert Http(server).get("/users/me", bearer=foreign.access_token).status == 401
    with WsClient(server, cookie="sid=" + foreign.sid) as c:
        assert c.expect("ME").data is None


@pytest.mark.smoke
def test_role_in_a_profile_update_is_refused(people):
    ada = people.user()
    for body in ({"role": "admin"}, {"Role": "admin"}, {"bio": "x", "roles": ["ADMIN"]}, {"features": ["admin"]}):
        assert ada.put(f"/users/{ada.id}", body).status == 400
    assert ada.get("/users/me").json()["role"] == "user"


# --- guessing


def test_guessing_is_slowed_and_does_not_lock_out_the_owner(make_server):
    server = make_server({"auth.login_attempts_per_minute": 5, "server.trusted_proxies": ["127.0.0.9/32"]})
    people = People(server)
    ada = people.user()
    attacker = Http(server, source="127.0.0.66")
    statuses = [attacker.post("/auth/login", {"username": ada.nick, "password": f"guess {n}"}).status
                for n in range(8)]
    assert statuses[:5] == [401] * 5 and set(statuses[5:]) == {429}
    answer = attacker.post("/auth/login", {"username": ada.nick, "password": ada.password})
    assert answer.status == 429 and answer.is_problem("throttled") and int(answer.header("retry-after")) >= 1
    for nick in (ada.nick.lower(), ada.nick.upper()):
        assert attacker.post("/auth/login", {"username": nick, "password": "x" * 9}).status == 429, "no way around"
    # A proxy header from an address that is no proxy of ours does not make another attacker of him.
    answer = attacker.post("/auth/login", {"username": ada.nick, "password": "x" * 9},
                           headers={"X-Forwarded-For": "192.0.2.77"})
    assert answer.status == 429
    assert Http(server).post("/auth/login", {"username": ada.nick, "password": ada.password}).status == 200, \
        "the owner comes in from where he always came"
    assert Http(server, source="127.0.0.67").post(
        "/auth/login", {"username": ada.nick, "password": ada.password}).status == 200, "and from a new place"


def test_guessing_from_many_addresses_does_not_lock_out_the_known_one(make_server):
    server = make_server({"auth.login_attempts_per_minute": 3, "server.trusted_proxies": ["127.0.0.9/32"]})
    ada = People(server).user()
    http = Http(server, source="127.0.0.9")

    def log_in(address, password):
        return http.post("/auth/login", {"username": ada.nick, "password": password},
                         headers={"X-Forwarded-For": address}).status

    assert log_in("203.0.113.5", ada.password) == 200  # where she always comes from (local addresses say nothing)
    for n in range(130):
        log_in(f"198.51.100.{n + 1}", "guess it")
    assert log_in("198.51.100.200", "guess it") == 429, "all addresses together are bounded, too"
    assert log_in("203.0.113.5", ada.password) == 200


# --- smuggling: one connection, two opinions on where a request ends


SECOND = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.smoke
@pytest.mark.parametrize("head", [
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 6\r\n\r\nhello",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\nhello",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\nhello",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n",
    b"POST /chat/message HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\n folded: header\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
    b"GET /health z HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
])
def test_ambiguous_requests_get_an_error_and_end_the_connection(server, head):
    answers = parse_answers(raw(server.port, head + SECOND))
    assert len(answers) <= 1, "what comes behind a broken request is never a request"
    if answers:
        assert answers[0].status in (400, 501, 505, 431, 413), answers
        assert answers[0].header("connection") == "close"


def test_pipelined_requests_are_answered_in_order(server):
    paths = [b"/healthz", b"/nowhere", b"/readyz", b"/openapi.json", b"/healthz"]
    data = b"".join(b"GET " + p + b" HTTP/1.1\r\nHost: x\r\n\r\n" for p in paths[:-1])
    data += b"GET " + paths[-1] + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert [a.status for a in parse_answers(raw(server.port, data))] == [200, 404, 200, 200, 200]


def test_bytes_behind_an_upgrade_are_frames_not_requests(server):
    head = (b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    got = raw(server.port, head + SECOND)
    assert got.startswith(b"HTTP/1.1 101") and b"HTTP/1.1 200" not in got


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/emotes/..%2f..%2fdata/strims.db",
                                  "/cdn/emotes/%00", "//etc/passwd", "/emotes/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                                  "/%ff%fe", "/a/../../../etc/passwd"])
def test_paths_lead_nowhere_else(server, path):
    answers = parse_answers(raw(server.port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()))
    assert answers[0].status in (400, 404) and b"root:" not in answers[0].body


# --- exhaustion


def test_slow_heads_and_bodies_are_cut_off(server):
    for data in (b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: "
                 b"application/json\r\nContent-Length: 1000\r\n\r\n{"):
        began = time.monotonic()
        with open_socket(server.port) as s:
            s.sendall(data)
            try:
                while time.monotonic() - began < patience(8):
                    s.sendall(b"a")  # a byte now and then does not help
                    s.settimeout(0.3)
                    try:
                        if not s.recv(1000):
                            break
                    except socket.timeout:
                        pass
                else:
                    raise AssertionError("still open")
            except (BrokenPipeError, ConnectionResetError):
                pass
        assert time.monotonic() - began < patience(6)


def test_silent_connections_are_closed(server):
    with open_socket(server.port, timeout=8) as s:
        assert read_all(s) == b"", "closed in silence"


@pytest.mark.smoke
def test_oversized_heads_and_bodies(server):
    for head in (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20000 + b"\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(200)) + b"\r\n"):
        answers = parse_answers(raw(server.port, head))
        assert answers[0].status in (414, 431), answers
    answer = Http(server).request("POST", "/auth/login", body="x" * 100000, headers={"Content-Type": "application/json"})
    assert answer.status == 413 and answer.is_problem()
    chunked = (b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
               b"\r\n" + (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 40 + b"0\r\n\r\n")
    assert parse_answers(raw(server.port, chunked))[0].status == 413
    # The length alone is enough: the body is not waited for.
    answers = parse_answers(raw(server.port, b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"))
    assert answers[0].status == 413


def test_deep_json_is_refused(server, people):
    ada = people.user()
    for body in ("[" * 50000, '{"a":' * 5000 + "1" + "}" * 5000):
        answer = ada.http.request("POST", "/auth/refresh", body=body[:8000], headers={"Content-Type": "application/json"})
        assert answer.status == 400
    with ada.connect() as c:
        c.send_text("MSG " + "[" * 6000)
        c.expect_err("protocolerror")


def test_hundreds_of_half_open_sockets_disturb_nobody(server, people):
    idle = []
    for n in range(300):
        s = open_socket(server.port, source=f"127.0.4.{n % 200 + 1}")
        if n % 3 == 0:
            s.sendall(b"GET /ws HTTP/1.1\r\nHost: x\r\nUpg")
        elif n % 3 == 1:
            s.sendall(b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
        idle.append(s)
    began = time.monotonic()
    with people.user().connect() as c:
        c.say("through the crowd")
        c.expect("MSG", data="through the crowd")
        assert Http(server).get("/healthz").status == 200
        assert time.monotonic() - began < patience(2)
    # Each is gone when its time is over, though nobody closes it on this side.
    for s in idle:
        s.settimeout(patience(8))
        read_all(s)
        s.close()


def test_connections_of_one_address_are_bounded(make_server):
    server = make_server({"http.max_connections_per_address": 5})
    here = "127.0.0.55"
    kept = [WsClient(server, source=here) for _ in range(5)]
    with pytest.raises((Refused, OSError)):
        WsClient(server, source=here)
    WsClient(server, source="127.0.0.56").close()
    kept.pop().close()
    def again():
        try:
            return WsClient(server, source=here)
        except (Refused, OSError):
            return None

    kept.append(eventually(again))
    for c in kept:
        c.close()


def test_a_flood_of_commands_is_throttled_and_costs_only_the_sender(make_server):
    people = People(make_server({"ws.commands_per_second": 20, "ws.commands_burst": 40}))
    with people.user().connect() as flooder, people.user().connect() as other:
        for n in range(200):
            flooder.send("MUTE", {"data": "x"})
        words = set()
        for _ in range(200):
            words.add(flooder.expect("ERR")["description"])
        assert words == {"nopermission", "throttled"}
        other.say("not disturbed")
        other.expect("MSG", data="not disturbed")


# --- proxies


def proxy_v2(address="203.0.113.9", port=1234):
    source = socket.inet_aton(address)
    body = source + socket.inet_aton("127.0.0.1") + struct.pack(">HH", port, 80)
    return b"\r\n\r\n\x00\r\nQUIT\n\x21\x11" + struct.pack(">H", len(body)) + body


@pytest.mark.parametrize("header", [b"PROXY TCP4 203.0.113.9 127.0.0.1 1234 80\r\n", proxy_v2()], ids=["v1", "v2"])
def test_proxy_protocol_is_believed_from_trusted_peers_only(make_server, header):
    server = make_server({"server.proxy_protocol": True, "server.trusted_proxies": ["127.0.0.9/32"],
                          "log.access": True})
    people = People(server)
    mod, bo = people.moderator(), people.user()
    with mod.connect() as m:
        target = bo.connect(source="127.0.0.9", before_handshake=header)
        m.send("BAN", {"nick": bo.nick, "reason": "proxy", "banip": True})
        target.expect_err("banned")
        again = people.guest(welcome=False, source="127.0.0.9", before_handshake=header)
        again.expect_err("banned")
    other = header.replace(b"203.0.113.9", b"203.0.113.8") if header.startswith(b"PROXY") else proxy_v2("203.0.113.8")
    people.guest(source="127.0.0.9", before_handshake=other).close()
    # Others cannot say who they are: from them the header is no HTTP.
    with pytest.raises((Refused, OSError)) as refused:
        WsClient(server, source="127.0.0.10", before_handshake=header)
    if isinstance(refused.value, Refused):
        assert refused.value.status in (0, 400)
    people.guest(source="127.0.0.10").close()


def peers_in_log(server, path):
    return [e["peer"] for e in server.log("http.request") if e["path"] == path]


def test_x_forwarded_for_is_believed_from_trusted_peers_only(server):
    claims = {"X-Forwarded-For": "198.51.100.7", "X-Real-IP": "198.51.100.7"}
    Http(server, source="127.0.0.10").get("/xff-untrusted", headers=claims)
    Http(server, source="127.0.0.9").get("/xff-trusted", headers=claims)
    # A client may write anything before the proxy adds the truth on the right.
    Http(server, source="127.0.0.9").get("/xff-list", headers={"X-Forwarded-For": "10.0.0.1, 198.51.100.8"})
    Http(server, source="127.0.0.9").get("/xff-broken", headers={"X-Forwarded-For": "not an address"})
    eventually(lambda: peers_in_log(server, "/xff-broken"))
    assert peers_in_log(server, "/xff-untrusted") == ["127.0.0.10"]
    assert peers_in_log(server, "/xff-trusted") == ["198.51.100.7"]
    assert peers_in_log(server, "/xff-list") == ["198.51.100.8"]
    assert peers_in_log(server, "/xff-broken") == ["127.0.0.9"]


# --- hostile text


HOSTILE = {
    "right-to-left override": "abc \u202e dcba",
    "zero width": "a\u200b\u200c\u200d\ufeffb",
    "emoji with modifiers": "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f3ff",
    "controls": "a\x01\x02\x1b[31mred\x7f",
    "null": "a\x00b",
    "newlines": "a\r\nb\n\nc",
    "script": "</script><script>alert(1)</script>",
    "quotes": "\"'`\\\\\" \\u0022",
    "sql": "'; DROP TABLE entries; -- %s %d {}",
    "noncharacters": "\uffff\ufffe\U0010ffff",
    "frames": "\nMSG {\"data\":\"forged\"}",
    "many emoji": "\U0001f600" * 512,
    "tags": "\U000e0041\U000e007f",
}


@pytest.mark.smoke
def test_hostile_unicode_comes_through_unchanged_or_not_at_all(server, people):
    ada = people.user()
    with ada.connect() as c, people.guest() as g:
        for name, text in HOSTILE.items():
            c.say(text, nonce=name)
            while not any(e.get("nonce") == name for e in c.pending):
                assert c.read_once(), name
            answer = next(e for e in c.pending if e.get("nonce") == name)
            c.pending.remove(answer)
            if answer.name == "ACK":
                assert g.expect("MSG", seq=answer["seq"])["data"] == text.strip(), name
            else:
                assert answer["description"] == "invalidmsg", name
        for broken in ('MSG {"data":"\\ud800"}', 'MSG {"data":"\\udc00\\ud800"}'):
            c.send_text(broken)
            assert c.expect("ERR")["description"] in ("protocolerror", "invalidmsg")
    history = Http(server).get("/chat/history?limit=50")
    assert json.loads(history.body)["messages"]
    assert Http(server).get("/api/chat/history").json()


def test_names_that_look_like_others_cannot_be_made(server, people):
    people.admin
    http = Http(server)
    assert http.post("/auth/register", {"username": "Colin", "password": "correct horse"}).status == 201
    for alike in ("CoIin", "C0lin", "Co1in", "coLIN"):
        assert http.post("/auth/register", {"username": alike, "password": "correct horse"}).status == 409, alike
    for hidden in ("Co\u200blin", "Colin\u202e", "\u0421olin", "Colin ", " Colin", "Coli\u0301n"):
        assert http.post("/auth/register", {"username": hidden, "password": "correct horse"}).status == 400, hidden


# --- leaking


def test_no_secret_is_in_the_log_or_in_the_open_in_the_database(make_server):
    server = make_server({"log.access": True, "log.level": "debug", "auth.strims_jwt_secret": "StrimsSecretWord"})
    people = People(server)
    ada = people.user()
    key = server.login_key(ada.nick)
    secrets = {"password": ada.password, "access token": ada.access_token, "refresh token": ada.refresh_token,
               "sid": ada.sid, "login key": key, "shared secret": "StrimsSecretWord"}
    http = Http(server)
    for token in (ada.access_token, ada.access_token[:-3] + "xxx"):
        try:
            WsClient(server, path="/ws?token=" + token).close()
        except Refused:
            pass
        http.get("/users/me?token=" + token)
    http.get("/api/auth?authtoken=" + key)
    http.post("/auth/login", {"username": ada.nick, "password": ada.password + "x"})
    http.post("/auth/login", {"username": ada.password, "password": ada.nick})  # typed into the wrong field
    WsClient(server, cookie=f"sid={ada.sid}; authtoken={key}; jwt={ada.access_token}").close()
    http.request("POST", "/auth/login", body='{"password":"' + ada.password + '"', headers={"Content-Type": "application/json"})
    http.post("/auth/refresh", {"refresh_token": ada.refresh_token})
    http.post("/auth/refresh", {"refresh_token": ada.refresh_token})
    with people.user().connect() as c:
        c.send("PRIVMSG", {"nick": ada.nick, "data": "a very private whisper"})
        c.expect("PRIVMSGSENT")
    assert server.stop() == 0
    log = server.log_text()
    for name, secret in {**secrets, "whisper": "a very private whisper"}.items():
        assert secret not in log, name
    import urllib.parse
    assert urllib.parse.quote(ada.password) not in log
    stored = b"".join(p.read_bytes() for p in server.data.iterdir() if p.is_file())
    for name, secret in secrets.items():
        assert secret.encode() not in stored, name
    server.start()


def test_answers_tell_nothing_about_the_inside(server, people):
    for path in ("/nowhere", "/users/abc", "/moderation/log", "/chat/history?before=x"):
        answer = Http(server).get(path)
        for word in ("/work", ".cc", "sqlite", "SELECT", "exception", "strims::"):
            assert word not in answer.text, (path, word)
        assert answer.header("server") in (None, "strims", "Strims")
        assert answer.header("x-content-type-options") == "nosniff"


def test_core_dumps_nothing_when_the_peer_resets(server, people):
    """Sockets that end at the worst moments."""
    linger = struct.pack("ii", 1, 0)
    for n in range(50):
        c = WsClient(server)
        c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        if n % 2:
            c.send_raw(b"\x81")
        c.close()
        s = open_socket(server.port)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        s.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * (n % 4))
        s.close()
    with people.user().connect() as c:
        c.fence()
    assert server.running()


