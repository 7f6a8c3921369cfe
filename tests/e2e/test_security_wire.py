"""What attackers send: ambiguous requests, slow ones, too much of everything, and lies about where they come from."""
import socket
import struct
import time

import pytest
from rig.http import Http, open_socket, parse_answers, raw, read_all
from rig.people import People
from rig.timing import eventually, patience
from rig.ws import Refused, WsClient


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"log.access": True, "server.trusted_proxies": ["127.0.0.9/32"]})


@pytest.fixture(scope="module")
def impatient(make_server):
    """Of its own: what is not slow on purpose must not be cut off because the machine is."""
    return make_server({"http.head_timeout_ms": 2000, "http.body_timeout_ms": 2000, "http.idle_timeout_ms": 2000})


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
    b"POST /chat/message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\n",
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
        assert answers[0].status in (400, 431, 413), answers
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


def test_slow_heads_and_bodies_are_cut_off(impatient):
    for data in (b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: "
                 b"application/json\r\nContent-Length: 1000\r\n\r\n{"):
        began = time.monotonic()
        with open_socket(impatient.port) as s:
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


def test_silent_connections_are_closed(impatient):
    with open_socket(impatient.port, timeout=8) as s:
        assert read_all(s) == b"", "closed in silence"


@pytest.mark.smoke
def test_oversized_heads_and_bodies(server):
    for head in (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20000 + b"\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(200)) + b"\r\n"):
        answers = parse_answers(raw(server.port, head))
        assert answers[0].status in (414, 431), answers
    answer = Http(server).request("POST", "/auth/login", body="x" * 100000,
                                  headers={"Content-Type": "application/json"})
    assert answer.status == 413 and answer.is_problem()
    chunked = (b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
               b"Transfer-Encoding: chunked\r\n\r\n" + (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 40 + b"0\r\n\r\n")
    assert parse_answers(raw(server.port, chunked))[0].status == 413
    # The length alone is enough: the body is not waited for.
    claim = b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"
    answers = parse_answers(raw(server.port, claim))
    assert answers[0].status == 413


def test_deep_json_is_refused(server, people):
    ada = people.user()
    for body in ("[" * 50000, '{"a":' * 5000 + "1" + "}" * 5000):
        answer = ada.http.request("POST", "/auth/refresh", body=body[:8000],
                                  headers={"Content-Type": "application/json"})
        assert answer.status == 400
    with ada.connect() as c:
        c.send_text("MSG " + "[" * 6000)
        c.expect_err("protocolerror")


def test_hundreds_of_half_open_sockets_disturb_nobody(impatient):
    people, idle = People(impatient), []
    speaker = people.user()
    for n in range(300):
        s = open_socket(impatient.port, source=f"127.0.4.{n % 200 + 1}")
        if n % 3 == 0:
            s.sendall(b"GET /ws HTTP/1.1\r\nHost: x\r\nUpg")
        elif n % 3 == 1:
            s.sendall(b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
        idle.append(s)
    began = time.monotonic()
    with speaker.connect() as c:
        c.say("through the crowd")
        c.expect("MSG", data="through the crowd")
        assert Http(impatient).get("/healthz").status == 200
        assert time.monotonic() - began < patience(6)
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


# --- and the worst moments


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


