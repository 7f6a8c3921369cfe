"""A publisher that speaks RTMP itself, for all that ffmpeg never does: at any speed, from any address, with any
timestamps, cut off in the middle. One thread; ends with stop(), cut() or when the server says so."""
import os
import select
import socket
import struct
import threading
import time

from . import clips
from .timing import patience

CHUNK = 4096
U32 = 1 << 32


# --- AMF0 and chunks

def amf(value) -> bytes:
    if value is None:
        return b"\x05"
    if isinstance(value, bool):
        return bytes([1, value])
    if isinstance(value, (int, float)):
        return b"\x00" + struct.pack(">d", value)
    if isinstance(value, str):
        return b"\x02" + struct.pack(">H", len(value.encode())) + value.encode()
    members = b"".join(struct.pack(">H", len(k)) + k.encode() + amf(v) for k, v in value.items())
    return b"\x03" + members + b"\x00\x00\x09"


def read_amf(data, at=0):
    """(value, where it ends)"""
    kind, at = data[at], at + 1
    if kind == 0:
        return struct.unpack(">d", data[at:at + 8])[0], at + 8
    if kind == 1:
        return bool(data[at]), at + 1
    if kind == 2:
        size = struct.unpack(">H", data[at:at + 2])[0]
        return data[at + 2:at + 2 + size].decode(), at + 2 + size
    if kind in (5, 6):
        return None, at
    assert kind in (3, 8), f"AMF0 type {kind}"
    at += 4 if kind == 8 else 0
    out = {}
    while data[at:at + 3] != b"\x00\x00\x09":
        size = struct.unpack(">H", data[at:at + 2])[0]
        name = data[at + 2:at + 2 + size].decode()
        out[name], at = read_amf(data, at + 2 + size)
    return out, at + 3


def read_values(data) -> list:
    out, at = [], 0
    while at < len(data):
        value, at = read_amf(data, at)
        out.append(value)
    return out


def message(kind, body, time_ms=0, stream=0, channel=3) -> bytes:
    """One message as chunks, every first one with a whole header."""
    time_ms %= U32
    extended = struct.pack(">I", time_ms) if time_ms >= 0xffffff else b""
    head = bytes([channel]) + min(time_ms, 0xffffff).to_bytes(3, "big") + len(body).to_bytes(3, "big") + bytes([kind])
    out = head + struct.pack("<I", stream) + extended + body[:CHUNK]
    for at in range(CHUNK, len(body), CHUNK):
        out += bytes([0xc0 | channel]) + extended + body[at:at + CHUNK]
    return out


class Chunks:
    """The other way: bytes of the server to messages."""

    def __init__(self):
        self.data, self.size, self.streams = b"", 128, {}

    def feed(self, data) -> list:
        self.data += data
        out = []
        while (found := self._next()) is not None:
            if found:
                out.append(found)
        return out

    def _next(self):
        """A message, False for a piece of one, None when more bytes are needed."""
        if not self.data:
            return None
        form, channel, at = self.data[0] >> 6, self.data[0] & 63, 1
        assert channel > 1, "no server needs so many chunk streams"
        length, kind, body = self.streams.get(channel, (0, 0, b""))
        size = (11, 7, 3, 0)[form]
        if len(self.data) < at + size:
            return None
        if form < 2:
            length, kind = int.from_bytes(self.data[at + 3:at + 6], "big"), self.data[at + 6]
        at += size
        take = min(self.size, length - len(body))
        if len(self.data) < at + take:
            return None
        body += self.data[at:at + take]
        self.data = self.data[at + take:]
        done = len(body) == length
        self.streams[channel] = (length, kind, b"" if done else body)
        if done and kind == 1:
            self.size = struct.unpack(">I", body)[0]
        return (kind, body) if done else False


class Refused(Exception):
    """The server's code and sentence."""

    def __init__(self, code, sentence):
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence = code, sentence


def shake_hands(sock):
    sock.sendall(b"\x03" + bytes(8) + os.urandom(1528))
    got = b""
    while len(got) < 3073:
        more = sock.recv(65536)
        if not more:
            raise ConnectionResetError("closed in the handshake")
        got += more
    sock.sendall(got[1:1537])


class Publisher(threading.Thread):
    """`name`: the key, or "slug?key=...". `speed`: of the clip; 1 is realtime, 0 as fast as it goes. `offset_ms` is
    added to every timestamp. `tracks`: what of the clip is sent. `seconds`: how much of it; None: over and over.

    open() raises Refused, or returns once the server takes the stream; start() then sends.
    """

    def __init__(self, port, name, clip=clips.PLAIN, source=None, speed=1.0, offset_ms=0,
                 tracks=(clips.VIDEO, clips.AUDIO), seconds=None, tags=None):
        super().__init__(daemon=True)
        self.port, self.name, self.source = port, name, source
        self.speed, self.offset_ms, self.tracks, self.seconds = speed, offset_ms, tracks, seconds
        self.clip_tags, self.length_ms = (clip.tags(), clip.seconds * 1000) if tags is None else (tags, 1000)
        self.chunks, self.sock = Chunks(), None
        self.lock, self.over = threading.Lock(), threading.Event()
        self.sent_ms = 0            # timestamp of the newest frame, without the offset
        self.refusal = None         # Refused, when the server ended it
        self.goodbye = "stop"
        self._next_tags = None

    def open(self, timeout=10.0) -> "Publisher":
        self.sock = socket.socket()
        self.sock.settimeout(patience(timeout))
        if self.source:
            self.sock.bind((self.source, 0))
        try:
            self.sock.connect(("127.0.0.1", self.port))
            shake_hands(self.sock)
            self._command("connect", 1, {"app": "live", "flashVer": "FMLE/3.0 (rig)",
                                         "tcUrl": f"rtmp://127.0.0.1:{self.port}/live"})
            self._await(lambda values: values[:2] == ["_result", 1.0])
            self.sock.sendall(message(1, struct.pack(">I", CHUNK), channel=2))
            self._command("releaseStream", 2, None, self.name)
            self._command("FCPublish", 3, None, self.name)
            self._command("createStream", 4, None)
            self._await(lambda values: values[:2] == ["_result", 4.0])
            self._command("publish", 5, None, self.name, "live", stream=1)
            self._await(lambda values: values[0] == "onStatus")
        except BaseException:
            self.sock.close()
            raise
        return self

    def _command(self, name, number, *values, stream=0):
        self.sock.sendall(message(20, b"".join(amf(v) for v in (name, number, *values)), stream=stream))

    def _await(self, fits):
        while True:
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionResetError("closed by the server")
            for values in self._commands(data):
                if fits(values):
                    return values

    def _commands(self, data):
        for kind, body in self.chunks.feed(data):
            if kind != 20:
                continue
            values = read_values(body)
            if values[0] == "onStatus" and values[3].get("level") == "error":
                raise Refused(values[3]["code"], values[3]["description"])
            yield values

    # --- sending

    def run(self):
        try:
            self._run()
        except Refused as e:
            self.refusal = e
        except (OSError, ValueError):  # closed by the other side, or by us
            pass
        finally:
            self.sock.close()

    def _run(self):
        self._metadata()
        tags, began, base = self.clip_tags, time.monotonic(), 0
        while not self.over.is_set():
            for kind, time_ms, body in tags:
                at = base + time_ms
                if self.seconds is not None and at > self.seconds * 1000:
                    self.over.set()
                if self._next_tags:
                    break
                if not self._wait(began + at / 1000 / self.speed if self.speed else 0):
                    break
                if kind in self.tracks:
                    self._send(kind, body, at)
            else:
                base += self.length_ms
                continue
            if self._next_tags:
                (tags, self.length_ms), self._next_tags, base = self._next_tags, None, self.sent_ms + 33
        if self.goodbye == "stop":
            self._command("FCUnpublish", 6, None, self.name)
            self._command("deleteStream", 7, None, 1)
            self.sock.shutdown(socket.SHUT_WR)
            while select.select([self.sock], [], [], patience(5.0))[0] and self.sock.recv(65536):
                pass

    def _metadata(self):
        values = {"duration": 0, "encoder": "rig"}
        if clips.VIDEO in self.tracks:
            values["videocodecid"] = 7
        if clips.AUDIO in self.tracks:
            values["audiocodecid"] = 10
        body = amf("@setDataFrame") + amf("onMetaData") + amf(values)
        self.sock.sendall(message(18, body, stream=1, channel=4))

    def _wait(self, until) -> bool:
        """Until then; reads meanwhile what the server says. False: it is over."""
        while not self.over.is_set():
            left = until - time.monotonic()
            self._read(min(max(left, 0), 0.05))
            if left <= 0:
                break
        return not self.over.is_set()

    def _read(self, seconds):
        if not select.select([self.sock], [], [], seconds)[0]:
            return
        data = self.sock.recv(65536)
        if not data:
            self.over.set()
        for _ in self._commands(data):
            pass

    def _send(self, kind, body, time_ms):
        with self.lock:
            if self.over.is_set():
                return
            self.sock.sendall(message(kind, body, time_ms + self.offset_ms, stream=1, channel=4 if kind == 18 else 6))
            self.sent_ms = time_ms

    def send(self, kind, body):
        """One more, in the middle of the rest."""
        self._send(kind, body, self.sent_ms)

    def switch(self, clip):
        """Another clip goes on from here, as when somebody changes the size of his picture."""
        self._next_tags = (clip.tags(), clip.seconds * 1000)

    # --- ending

    def stop(self):
        """As an encoder does whose user presses the button."""
        self.over.set()
        self.ended()

    def cut(self):
        """As when the cable is pulled: no word, and what lies in the socket is lost."""
        with self.lock:
            self.goodbye = None
            self.over.set()
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.sock.close()

    def ended(self, timeout=10.0):
        """Waits for its end; what the server said, if it ended it."""
        self.join(patience(timeout))
        assert not self.is_alive(), "the publisher still sends"
        return self.refusal
