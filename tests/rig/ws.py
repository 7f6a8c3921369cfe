"""A WebSocket client that is strict about what it gets and does whatever it is told about what it sends."""
import base64
import hashlib
import json
import os
import select
import socket
import struct
import time
import zlib

from .events import RFC3339, Event, Violation, check_event
from .timing import patience

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Refused(Exception):
    """The server answered the upgrade with something else than 101."""

    def __init__(self, status, headers, body):
        super().__init__(f"{status} {body[:200]!r}")
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Closed(Exception):
    """The connection ended: `code` from the close frame, or None without one."""

    def __init__(self, code, reason=""):
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason


class Frame:
    def __init__(self, fin, rsv, opcode, payload):
        self.fin, self.rsv, self.opcode, self.payload = fin, rsv, opcode, payload


class WsClient:
    """Connects and shakes hands at once; Refused when the server does not upgrade.

    `pending` holds the events nobody has asked for yet, `seen` all of them. Pings are answered whenever the client
    reads, unless `answer_pings` is off.
    """

    def __init__(self, server, path="/ws", cookie=None, origin=None, source=None, headers=None, tls=None,
                 deflate=None, port=None, flavour="dgg", timeout=10.0, receive_buffer=None, method="GET",
                 before_handshake=b"", answer_pings=True):
        self.server, self.flavour, self.answer_pings = server, flavour, answer_pings
        self.pending, self.seen, self.frames = [], [], []
        self.pings = []
        self.buffer = b""
        self.closed = None
        self._parts = []
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(patience(timeout))
        if source:
            self.sock.bind((source, 0))
        self.sock.connect(("127.0.0.1", port or server.port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if before_handshake:
            self.sock.sendall(before_handshake)
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname="localhost")
        self.key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port or server.port}", "Upgrade: websocket",
                 "Connection: Upgrade", f"Sec-WebSocket-Key: {self.key}", "Sec-WebSocket-Version: 13"]
        if cookie:
            lines.append("Cookie: " + cookie)
        if origin:
            lines.append("Origin: " + origin)
        if deflate:
            lines.append("Sec-WebSocket-Extensions: " + deflate)
        for name, value in (headers or {}).items():
            lines.append(f"{name}: {value}")
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._read_handshake()

    def _read_handshake(self):
        while b"\r\n\r\n" not in self.buffer:
            got = self.sock.recv(65536)
            if not got:
                raise Refused(0, {}, self.buffer)
            self.buffer += got
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.headers = {l.split(":", 1)[0].strip().lower(): l.split(":", 1)[1].strip() for l in lines[1:]}
        if self.status != 101:
            length = int(self.headers.get("content-length", "0"))
            while len(rest) < length:
                got = self.sock.recv(65536)
                if not got:
                    break
                rest += got
            self.sock.close()
            raise Refused(self.status, self.headers, rest)
        self.buffer = rest
        expected = base64.b64encode(hashlib.sha1((self.key + GUID).encode()).digest()).decode()
        if self.headers.get("sec-websocket-accept") != expected:
            raise Violation("Sec-WebSocket-Accept is wrong")
        self.deflate = "permessage-deflate" in self.headers.get("sec-websocket-extensions", "")
        if self.deflate:
            self._inflater = zlib.decompressobj(-15)

    # --- sending

    def send_raw(self, data: bytes):
        self.sock.sendall(data)

    def send_frame(self, opcode, payload=b"", fin=True, rsv=0, mask=True, length_bytes=None):
        self.sock.sendall(frame_bytes(opcode, payload, fin, rsv, mask, length_bytes))

    def send_text(self, text):
        self.send_frame(TEXT, text.encode() if isinstance(text, str) else text)

    def send(self, event, data):
        self.send_text(event + " " + json.dumps(data, ensure_ascii=False))

    def say(self, text, **more):
        self.send("MSG", {"data": text, **more})

    def send_deflated(self, text):
        c = zlib.compressobj(6, zlib.DEFLATED, -15)
        data = c.compress(text.encode()) + c.flush(zlib.Z_SYNC_FLUSH)
        self.send_frame(TEXT, data[:-4], rsv=4)

    # --- receiving

    def _fill(self, deadline) -> bool:
        """Reads once; False at the deadline. Raises Closed at the end of the stream."""
        left = deadline - time.monotonic()
        pending = getattr(self.sock, "pending", lambda: 0)()
        if not pending:
            ready = select.select([self.sock], [], [], max(0, left))[0]
            if not ready:
                return False
        try:
            got = self.sock.recv(262144)
        except (ConnectionResetError, BrokenPipeError):
            got = b""
        except OSError as e:
            if "want" in str(e).lower():
                return True
            got = b""
        if not got:
            self.closed = self.closed or Closed(None, "end of stream")
            raise self.closed
        self.buffer += got
        return True

    def _parse_frame(self):
        b = self.buffer
        if len(b) < 2:
            return None
        fin, rsv, opcode = b[0] >> 7, (b[0] >> 4) & 7, b[0] & 15
        if b[1] & 0x80:
            raise Violation("a server's frame may not be masked")
        length, at = b[1] & 0x7F, 2
        if length == 126:
            if len(b) < 4:
                return None
            length, at = struct.unpack(">H", b[2:4])[0], 4
            if length < 126:
                raise Violation("the length is not in its shortest form")
        elif length == 127:
            if len(b) < 10:
                return None
            length, at = struct.unpack(">Q", b[2:10])[0], 10
            if length < 65536:
                raise Violation("the length is not in its shortest form")
        if len(b) < at + length:
            return None
        self.buffer = b[at + length:]
        if opcode >= 8 and (not fin or length > 125 or rsv):
            raise Violation("a malformed control frame")
        if opcode not in (0, 1, 2, 8, 9, 10):
            raise Violation(f"unknown opcode {opcode}")
        if rsv and not (rsv == 4 and self.deflate and opcode in (TEXT, BINARY)):
            raise Violation(f"reserved bits {rsv}")
        return Frame(fin, rsv, opcode, b[at:at + length])

    def next_frame(self, timeout=5.0):
        """The next frame of any kind; None at the time-out; Closed at the end of the stream."""
        return self._next_frame(time.monotonic() + patience(timeout))

    def _next_frame(self, deadline):
        while True:
            frame = self._parse_frame()
            if frame:
                return frame
            if self.closed:
                raise self.closed
            if not self._fill(deadline):
                return None

    def _take(self, frame):
        """What a frame means: an Event, bytes of a binary message, or None for the rest."""
        if frame.opcode == PING:
            self.pings.append((time.monotonic(), frame.payload))
            if self.answer_pings:
                try:
                    self.send_frame(PONG, frame.payload)
                except OSError:
                    pass
            return None
        if frame.opcode == PONG:
            self.frames.append(frame)
            return None
        if frame.opcode == CLOSE:
            code = struct.unpack(">H", frame.payload[:2])[0] if len(frame.payload) >= 2 else 1005
            reason = frame.payload[2:].decode("utf-8")
            self.closed = Closed(code, reason)
            try:
                self.send_frame(CLOSE, frame.payload[:2])
            except OSError:
                pass
            raise self.closed
        self._parts.append(frame)
        if not frame.fin:
            return None
        data = b"".join(f.payload for f in self._parts)
        first, self._parts = self._parts[0], []
        if first.rsv & 4:
            data = self._inflater.decompress(data + b"\x00\x00\xff\xff")
        if first.opcode == BINARY:
            return data
        try:
            event = Event(data.decode("utf-8"))
        except UnicodeDecodeError as e:
            raise Violation("a text frame that is no UTF-8") from e
        if self.flavour:
            check_event(event, self.flavour)
        self.seen.append(event)
        self.pending.append(event)
        return event

    def read_once(self, timeout=5.0) -> bool:
        """One more frame into `pending`; False at the time-out."""
        frame = self.next_frame(timeout)
        if frame is None:
            return False
        self._take(frame)
        return True

    def waiting(self) -> str:
        """What is pending, short enough for the message of a failed test."""
        shown = ", ".join(repr(e) for e in self.pending[-8:])
        return f"{len(self.pending)} pending: ... {shown}" if len(self.pending) > 8 else f"pending: {shown}"

    def expect(self, name, where=None, timeout=5.0, **fields) -> Event:
        """The first event with that name, these fields and where(event); the others stay pending."""
        deadline = time.monotonic() + patience(timeout)
        looked = 0
        while True:
            while looked < len(self.pending):
                if fits(self.pending[looked], name, where, fields):
                    return self.pending.pop(looked)
                looked += 1
            try:
                frame = self._next_frame(deadline)
            except Closed as closed:
                raise AssertionError(f"closed ({closed}) while waiting for {name} {fields}; "
                                     f"{self.waiting()}") from closed
            if frame is None:
                raise AssertionError(f"no {name} {fields} within {patience(timeout)} s; {self.waiting()}")
            try:
                self._take(frame)
            except Closed:
                if not any(fits(e, name, where, fields) for e in self.pending[looked:]):
                    raise AssertionError(f"closed ({self.closed}) while waiting for {name} {fields}; "
                                         f"{self.waiting()}")

    def expect_err(self, word, timeout=5.0, **fields) -> Event:
        if self.flavour == "strims":
            return self.expect("ERR", where=lambda e: e.data == word, timeout=timeout)
        return self.expect("ERR", description=word, timeout=timeout, **fields)

    def expect_closed(self, timeout=5.0) -> Closed:
        """Reads to the end of the stream. `.code` is None when no close frame came."""
        deadline = time.monotonic() + patience(timeout)
        frame_seen = self.closed
        while True:
            try:
                if frame_seen:
                    if not self._fill(deadline):
                        raise AssertionError("a close frame came, but the server left the socket open")
                    continue
                frame = self._next_frame(deadline)
                if frame is None:
                    raise AssertionError(f"still open after {patience(timeout)} s; {self.waiting()}")
                self._take(frame)
            except Closed as closed:
                if frame_seen or closed.code is None:
                    self.sock.close()
                    return self.closed
                frame_seen = closed

    def fence(self) -> "WsClient":
        """Returns when the room has dealt with all that this connection asked before.

        The room answers a malformed whisper at once and in order, with no other effect. What must be stored first
        (a line that was accepted) may come later: wait for that itself.
        """
        self._fences = getattr(self, "_fences", 0) + 1
        mark = f"fence-{self._fences}"
        self.send("PRIVMSG", {"nick": "nobody", "data": "", "nonce": mark})
        if self.flavour == "strims":
            self.expect("ERR", where=lambda e: e.data in ("invalidmsg", "needlogin"))
        else:
            self.expect("ERR", nonce=mark)
        return self

    def clear(self) -> "WsClient":
        """Forgets what is pending, after a fence."""
        self.fence()
        self.pending.clear()
        return self

    def absent(self, name, where=None, **fields):
        """After a fence: no such event has come. What is stored before it is shown needs People.fence() before this."""
        self.fence()
        found = [e for e in self.pending if fits(e, name, where, fields)]
        assert not found, f"unexpected: {found}"

    def welcome(self) -> "WsClient":
        """Reads the connect sequence as far as it comes for everybody."""
        self.me = self.expect("ME")
        self.names = self.expect("NAMES")
        self.history = self.expect("HISTORY")
        self.paid = self.expect("PAIDEVENTS")
        return self

    def close(self):
        try:
            self.sock.close()
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


def fits(event, name, where, fields) -> bool:
    return (event.name == name and all(event.get(k) == v for k, v in fields.items())
            and (where is None or where(event)))


def frame_bytes(opcode, payload=b"", fin=True, rsv=0, mask=True, length_bytes=None) -> bytes:
    """One frame. `length_bytes` forces the form of the length (1, 2 or 8 bytes)."""
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    n = len(payload)
    bit = 0x80 if mask else 0
    form = length_bytes or (1 if n < 126 else 2 if n < 65536 else 8)
    if form == 1:
        head += bytes([bit | n])
    elif form == 2:
        head += bytes([bit | 126]) + struct.pack(">H", n)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", n)
    if not mask:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(b ^ key[i & 3] for i, b in enumerate(payload))


__all__ = ["RFC3339", "BINARY", "CLOSE", "CONTINUATION", "PING", "PONG", "TEXT", "Closed", "Event", "Frame", "Refused",
           "Violation", "WsClient", "frame_bytes"]
