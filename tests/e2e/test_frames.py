"""Rows 31 to 41: the form of frames, and what broken ones do."""
import pytest
from rig.ws import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame_bytes


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


@pytest.fixture(scope="module")
def user(people):
    return people.user()


@pytest.mark.smoke
def test_031_text_frames_of_event_and_json(user):
    with user.connect() as c:
        c.say("row 31 \u00fcn\u00ef \U0001f600")
        c.expect("MSG", data="row 31 \u00fcn\u00ef \U0001f600")
        # The client has checked each frame: one text frame, UTF-8, an upper-case name, a space, JSON.
        assert {"ME", "NAMES", "HISTORY", "PAIDEVENTS", "MSG"} <= {e.name for e in c.seen}


@pytest.mark.smoke
def test_032_frame_without_a_space_closes_this_connection_only(people, user):
    with people.guest() as other, user.connect() as c:
        c.send_text("MSG")
        c.expect_closed()
        other.fence()


@pytest.mark.smoke
def test_033_binary_frame_closes(user):
    with user.connect() as c:
        c.send_frame(BINARY, b'MSG {"data":"x"}')
        assert c.expect_closed().code == 1003


@pytest.mark.smoke
def test_034_unknown_events_are_ignored(user):
    with user.connect() as c:
        c.clear()
        for text in ('FOO {}', '{"type": "PING"}', '{"type": "MUTE", "payload": {}}', 'msg {"data":"lower case"}',
                     ' {"data":"no name"}', "ME null", 'PONG {"timestamp":1}'):
            c.send_text(text)
        c.say("the only line")
        c.expect("MSG", data="the only line")
        assert [e for e in c.pending if e.name in ("ERR", "MSG")] == []


@pytest.mark.smoke
def test_035_bad_json_in_a_known_event_is_protocolerror(user):
    with user.connect() as c:
        for text in ("MSG {", "MSG ", 'MSG {"data":"a"} x', "MSG nul", 'MUTE {"data":', 'MSG {"data":"\\ud800"'):
            c.send_text(text)
            c.expect_err("protocolerror")


def test_036_wrong_types_are_protocolerror(people, user):
    with user.connect() as c:
        for text in ('MSG {"data":5}', 'MSG ["data"]', 'MSG "data"', 'MSG 7', 'PRIVMSG {"nick":"a","data":[]}'):
            c.send_text(text)
            c.expect_err("protocolerror")
        # wsggpy's whisper: an object where text belongs.
        c.send("PRIVMSG", {"data": {"nick": "a", "message": "b"}})
        c.expect_err("protocolerror")
    with people.moderator().connect() as m:
        for event, data in (("MUTE", {"data": "a", "duration": "long"}), ("BAN", {"nick": 1}),
                            ("STARTPOLL", {"question": "q?", "options": "a,b"}), ("CASTVOTE", {"vote": []})):
            m.send(event, data)
            m.expect_err("protocolerror")


def test_037_unknown_keys_are_ignored_and_keys_match_in_any_case(people):
    target = people.user()
    with people.moderator().connect() as m:
        m.send("MUTE", {"data": target.nick, "Duration": 0, "extra": {"deep": [1]}})
        assert m.expect("MUTE", data=target.nick)["duration"] == 600
        m.send("MUTE", {"DATA": target.nick, "DURATION": 5 * 10**9})
        assert m.expect("MUTE", data=target.nick)["duration"] == 5
        m.send("MSG", {"nick": m.person.nick, "data": "a bot's extra key"})
        m.expect("MSG", data="a bot's extra key")


def test_038_null_is_like_absent(people):
    target = people.user()
    with people.moderator().connect() as m:
        m.send("BAN", {"nick": target.nick, "reason": None, "duration": None, "banip": None, "ispermanent": None})
        m.expect_err("needbanreason")
        m.send("MUTE", {"data": target.nick, "duration": None})
        assert m.expect("MUTE", data=target.nick)["duration"] == 600


@pytest.mark.smoke
def test_039_message_over_the_limit_closes_with_1009(user):
    with user.connect() as c:
        c.send_text("FOO " + "x" * (6656 - 4))
        c.fence()
        c.send_text("MSG " + "x" * 7000)
        assert c.expect_closed().code == 1009


def test_039_the_limit_holds_for_fragments_and_for_lengths_alone(user):
    with user.connect() as c:
        c.send_frame(TEXT, b"MSG " + b"x" * 3000, fin=False)
        c.send_frame(CONTINUATION, b"x" * 3000, fin=False)
        c.send_frame(CONTINUATION, b"x" * 3000)
        assert c.expect_closed().code == 1009
    with user.connect() as c:
        c.send_raw(frame_bytes(TEXT, b"")[:1] + b"\xff" + (2**40).to_bytes(8, "big"))  # the length is enough
        assert c.expect_closed().code == 1009


def test_040_features_and_roles_are_lists_and_ids_numbers_everywhere(people):
    """Every client of this suite checks every event it gets; here the events that carry users come together."""
    mod, target, admin = people.moderator(), people.user(features=["flair13"]), people.admin
    with admin.connect() as a, mod.connect() as m, target.connect() as t, people.guest() as g:
        t.say("row 40")
        t.expect("MSG")
        m.send("MUTE", {"data": target.nick})
        m.send("UNMUTE", {"data": target.nick})
        t.expect("UNMUTE")
        m.send("PIN", {"data": "row 40"})
        m.send("PIN", {"data": ""})
        a.send("BROADCAST", {"data": "row 40"})
        t.send("PRIVMSG", {"nick": mod.nick, "data": "row 40"})
        m.expect("PRIVMSG")
        t.send("DIE", {"data": ""})
        g.expect("DEATH")
        m.send("BAN", {"nick": target.nick, "reason": "row 40"})
        m.send("UNBAN", {"data": target.nick})
        g.expect("UNBAN")
        carrying = {e.name for e in g.seen if isinstance(e.data, dict) and "features" in e.data}
        assert carrying >= {"MSG", "MUTE", "UNMUTE", "PIN", "DEATH", "BAN", "UNBAN"}
        for event in g.seen:
            if event.name in carrying:
                assert type(event["id"]) is int and isinstance(event["features"], list), event
        assert type(g.expect("BROADCAST")["user"]["id"]) is int
        for line in (e for e in g.seen if e.name == "MSG"):
            assert isinstance(line["roles"], list)


def test_041_created_date_is_rfc3339_or_absent(people, user):
    with user.connect() as c:
        from rig.ws import RFC3339
        assert RFC3339.match(c.me["createdDate"])
        for entry in c.names["users"]:
            assert "createdDate" not in entry or RFC3339.match(entry["createdDate"])


# --- RFC 6455, beyond the table

BROKEN = [
    ("unmasked", frame_bytes(TEXT, b"FOO {}", mask=False), 1002),
    ("reserved bit", frame_bytes(TEXT, b"FOO {}", rsv=4), 1002),
    ("reserved opcode", frame_bytes(3, b"x"), 1002),
    ("reserved control opcode", frame_bytes(11, b"x"), 1002),
    ("fragmented ping", frame_bytes(PING, b"x", fin=False), 1002),
    ("long ping", frame_bytes(PING, b"x" * 126), 1002),
    ("continuation of nothing", frame_bytes(CONTINUATION, b"x"), 1002),
    ("text inside a fragmented text", frame_bytes(TEXT, b"a", fin=False) + frame_bytes(TEXT, b"b"), 1002),
    ("length not in its shortest form", frame_bytes(TEXT, b"FOO {}", length_bytes=2), 1002),
    ("length with its highest bit", frame_bytes(TEXT)[:1] + b"\xff" + b"\xff" * 8, 1002),
    ("text that is no UTF-8", frame_bytes(TEXT, b"MSG \xc3\x28"), 1007),
    ("close code 1005", frame_bytes(CLOSE, (1005).to_bytes(2, "big")), 1002),
    ("close payload of one byte", frame_bytes(CLOSE, b"\x03"), 1002),
    ("close reason that is no UTF-8", frame_bytes(CLOSE, (1000).to_bytes(2, "big") + b"\xff"), 1007),
]


@pytest.mark.smoke
@pytest.mark.parametrize("name, data, code", BROKEN, ids=[row[0].replace(" ", "-") for row in BROKEN])
def test_broken_frames_close_with_the_right_code(user, name, data, code):
    with user.connect() as c:
        c.send_raw(data)
        # A length that cannot be is both malformed and too much.
        allowed = {code, 1009} if "highest" in name else {code}
        assert c.expect_closed().code in allowed


def test_fragments_and_bytes_one_by_one_make_the_same_message(user):
    with user.connect() as c:
        text = 'MSG {"data":"in pieces é\U0001f600"}'.encode()
        c.send_frame(TEXT, text[:7], fin=False)
        c.send_frame(PING, b"between")
        c.send_frame(CONTINUATION, text[7:], fin=True)
        c.expect("MSG", data="in pieces é\U0001f600")
        assert [f.payload for f in c.frames] == [b"between"]
        for byte in frame_bytes(TEXT, 'MSG {"data":"byte by byte"}'.encode()):
            c.send_raw(bytes([byte]))
        c.expect("MSG", data="byte by byte")


def test_many_messages_in_one_segment_are_answered_in_order(user):
    with user.connect() as c:
        c.send_raw(b"".join(frame_bytes(TEXT, b'PING {"n":%d}' % n) for n in range(50)))
        import base64
        import json
        got = [json.loads(base64.b64decode(c.expect("PONG").data))["n"] for _ in range(50)]
        assert got == list(range(50))


def test_close_is_answered_with_the_same_code(user):
    for payload, code in (((1000).to_bytes(2, "big") + b"bye", 1000), (b"", 1000), ((4321).to_bytes(2, "big"), 4321)):
        c = user.connect()
        c.send_frame(CLOSE, payload)
        assert c.expect_closed().code in ({code, 1005} if not payload else {code})


def test_a_message_right_behind_the_handshake_is_not_lost(server, user):
    """Sent before the server has answered the upgrade."""
    import base64
    import os

    from rig.http import open_socket
    key = base64.b64encode(os.urandom(16)).decode()
    head = (f"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\nCookie: sid={user.sid}\r\n\r\n").encode()
    with open_socket(server.port) as s:
        s.sendall(head + frame_bytes(TEXT, b'PING {"early":1}') + frame_bytes(TEXT, b'MSG {"data":"early bird"}'))
        got = b""
        while b"early bird" not in got or b"PONG " not in got:
            more = s.recv(65536)
            assert more, got[-500:]
            got += more


