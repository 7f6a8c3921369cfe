"""Rows 1 to 12: the upgrade, and who the server takes a connection for."""
import base64
import hashlib
import hmac
import json
import time

import pytest
from rig.http import Http
from rig.ws import Refused, WsClient

ALLOWED = "https://www.example.test"
SECRET = "a shared secret of the strims site"


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"server.origins": [ALLOWED], "auth.strims_jwt_secret": SECRET,
                        "server.trusted_proxies": ["127.0.0.9/32"]})


def jwt(claims, secret=SECRET, alg="HS256"):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    head = part(json.dumps({"alg": alg, "typ": "JWT"}).encode()) + "." + part(json.dumps(claims).encode())
    return head + "." + part(hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest())


def nick_of(server, cookie):
    """Whom ME names for this cookie; None for a guest."""
    with WsClient(server, cookie=cookie) as c:
        me = c.expect("ME")
        return me.data["nick"] if me.data else None


def strims_may_speak(server, cookie):
    with WsClient(server, path="/strims/ws", cookie=cookie, flavour="strims") as c:
        c.expect("NAMES")
        c.say("can I speak")
        return c.expect("MSG", timeout=2).get("nick") if not _refused_as_guest(c) else None


def _refused_as_guest(c):
    while True:
        for event in c.pending:
            if event.name == "ERR" and event.data == "needlogin":
                return True
            if event.name == "MSG":
                return False
        assert c.read_once(), "neither MSG nor ERR"


@pytest.mark.smoke
def test_001_upgrade_selects_no_subprotocol(server):
    for headers in ({}, {"Sec-WebSocket-Protocol": "chat, superchat"}):
        with WsClient(server, headers=headers) as c:
            assert c.status == 101
            assert "sec-websocket-protocol" not in c.headers
            c.expect("ME")


def test_002_unknown_query_parameters_are_ignored(server):
    for query in ("?last=1760000000000", "?a=b&c", "?%zz=1&=&&"):
        with WsClient(server, path="/ws" + query) as c:
            c.expect("ME")


def test_003_other_methods_get_405(server):
    for method in ("POST", "PUT", "DELETE"):
        answer = Http(server).request(method, "/ws", body=b"")
        assert answer.status == 405
        assert "GET" in answer.header("allow")


def test_003_plain_get_gets_426(server):
    assert Http(server).get("/ws").status == 426


@pytest.mark.smoke
def test_004_no_origin_is_accepted(server):
    with WsClient(server) as c:
        c.expect("ME")


@pytest.mark.smoke
def test_005_origins_of_the_list_and_the_own_host_pass_others_get_403(server):
    for origin in (ALLOWED, f"http://127.0.0.1:{server.port}"):
        with WsClient(server, origin=origin) as c:
            c.expect("ME")
    for origin in ("https://evil.test", ALLOWED + ".evil.test", "null", "http://127.0.0.1:1",
                   "https://evil.test/" + ALLOWED):
        with pytest.raises(Refused) as refused:
            WsClient(server, origin=origin)
        assert refused.value.status == 403, origin
    with pytest.raises(Refused) as refused:
        WsClient(server, origin=ALLOWED, headers={"origin": "https://evil.test"})
    assert refused.value.status == 403, "each of several Origin headers counts"


@pytest.mark.smoke
def test_006_sid_of_a_live_session_gives_its_user(server, people):
    ada = people.user()
    assert nick_of(server, "sid=" + ada.sid) == ada.nick
    assert nick_of(server, f"other=1;sid={ada.sid};rememberme=x") == ada.nick


def test_007_bad_sid_gives_a_guest_and_the_authtoken_beside_it_is_not_tried(server, people):
    bo = people.user()
    key = server.login_key(bo.nick)
    assert nick_of(server, "authtoken=" + key) == bo.nick
    for sid in ("Q" * 40, "short", "with-signs-in-it-0123456789", "a" * 65):
        assert nick_of(server, f"sid={sid}; authtoken={key}") is None, sid


@pytest.mark.smoke
def test_008_authtoken_alone_gives_its_user(server, people):
    bot = people.user(features=["bot"])
    assert nick_of(server, "authtoken=" + server.login_key(bot.nick)) == bot.nick
    assert nick_of(server, "authtoken=" + "Z" * 64) is None


def test_009_empty_authtoken_and_jwt_without_a_space_between(server, people):
    ada = people.user()
    token = jwt({"id": str(ada.id), "exp": int(time.time()) + 600})
    assert strims_may_speak(server, "authtoken=;jwt=" + token) == ada.nick


def test_010_jwt_cookie_good_expired_and_forged(server, people):
    ada = people.user()
    good = {"id": str(ada.id), "exp": int(time.time()) + 600}
    assert strims_may_speak(server, "jwt=" + jwt(good)) == ada.nick
    expired = {**good, "exp": int(time.time()) - 600}
    assert strims_may_speak(server, "jwt=" + jwt(expired)) is None
    assert strims_may_speak(server, "jwt=" + jwt(good, secret="another")) is None
    assert strims_may_speak(server, "jwt=" + jwt(good, alg="none")) is None
    assert strims_may_speak(server, "jwt=" + jwt({"id": str(ada.id)})) is None, "a token without an end"
    header, claims, _ = jwt(good).split(".")
    assert strims_may_speak(server, f"jwt={header}.{claims}.") is None


@pytest.mark.smoke
def test_011_guest_gets_me_null_and_everything_said(server, people):
    with WsClient(server) as guest, people.user().connect() as ada:
        assert guest.expect("ME").data is None
        guest.expect("PAIDEVENTS")
        ada.say("hello guests")
        assert guest.expect("MSG")["data"] == "hello guests"


def test_012_address_of_the_trusted_proxy_header_and_bans_of_a_64(server, people):
    mod, bo = people.moderator(), people.user()
    via = "127.0.0.9"
    here = {"X-Forwarded-For": "2001:db8:1:2::5"}
    target = bo.connect(source=via, headers=here)
    with mod.connect() as m:
        m.send("BAN", {"nick": bo.nick, "reason": "row 12", "banip": True, "duration": 3600 * 10**9})
        target.expect_err("banned")
        target.expect_closed()
        with WsClient(server, source=via, headers={"X-Forwarded-For": "2001:db8:1:2:ffff::9"}) as c:
            c.expect_err("banned")
            assert c.expect_closed().code == 1008
        for other in ("2001:db8:1:3::5", "192.0.2.4"):
            with WsClient(server, source=via, headers={"X-Forwarded-For": other}) as c:
                c.expect("ME")
        # From anywhere else the header is only a claim.
        with WsClient(server, source="127.0.0.10", headers=here) as c:
            c.expect("ME")
        m.send("UNBAN", {"data": bo.nick})
        m.expect("UNBAN")
        with WsClient(server, source=via, headers=here) as c:
            c.expect("ME")


def test_channel_path_and_bearer_for_programs(server, people):
    ada = people.user()
    with WsClient(server, path="/ws/main") as c:
        c.expect("ME")
    with pytest.raises(Refused) as refused:
        WsClient(server, path="/ws/elsewhere")
    assert refused.value.status == 404
    with WsClient(server, headers={"Authorization": "Bearer " + ada.access_token}) as c:
        assert c.expect("ME")["nick"] == ada.nick
    with WsClient(server, path="/ws?token=" + ada.access_token) as c:
        assert c.expect("ME")["nick"] == ada.nick


def test_debug_echo_is_off_by_default(server):
    with pytest.raises(Refused) as refused:
        WsClient(server, path="/debug/echo")
    assert refused.value.status == 404
    assert Http(server).get("/debug/echo").status == 404


def test_handshakes_that_are_none(server):
    for headers in ({"Sec-WebSocket-Version": "8"}, {"Sec-WebSocket-Key": "short"}):
        head = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **headers}
        answer = Http(server).get("/ws", headers=head)
        assert answer.status == (426 if "Sec-WebSocket-Version" in headers else 400)


