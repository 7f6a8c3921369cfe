"""HTTP two ways: `Http` for what a well-behaved client does, `raw` for what it never would."""
import http.client
import json as jsonlib
import socket

from .timing import patience


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # list of (lower-case name, value), in order
        self.body = body

    def header(self, name, default=None):
        for key, value in self.headers:
            if key == name.lower():
                return value
        return default

    def headers_named(self, name):
        return [value for key, value in self.headers if key == name.lower()]

    def cookie(self, name):
        """The value of a Set-Cookie, or None."""
        for value in self.headers_named("set-cookie"):
            pair = value.split(";")[0]
            if pair.split("=")[0] == name:
                return pair.split("=", 1)[1]
        return None

    @property
    def text(self):
        return self.body.decode("utf-8")

    def json(self):
        return jsonlib.loads(self.body)

    def is_problem(self, code=None) -> bool:
        """A problem document (RFC 9457) as rest.md has it."""
        if self.header("content-type") != "application/problem+json":
            return False
        document = self.json()
        complete = all(key in document for key in ("type", "title", "status", "code"))
        return complete and document["status"] == self.status and code in (None, document["code"])

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Http:
    def __init__(self, server, source=None, tls=None, port=None):
        self.server, self.source, self.tls = server, source, tls
        self.port = port

    def request(self, method, path, json=None, body=None, headers=None, bearer=None, cookie=None,
                origin=None, timeout=15.0) -> Answer:
        port = self.port or self.server.port
        source = (self.source, 0) if self.source else None
        if self.tls:
            conn = http.client.HTTPSConnection("127.0.0.1", port, timeout=patience(timeout), context=self.tls,
                                               source_address=source)
        else:
            conn = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(timeout), source_address=source)
        sent = dict(headers or {})
        if json is not None:
            body = jsonlib.dumps(json).encode()
            sent.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        if bearer:
            sent["Authorization"] = "Bearer " + bearer
        if cookie:
            sent["Cookie"] = cookie
        if origin:
            sent["Origin"] = origin
        try:
            conn.request(method, path, body=body, headers=sent)
            response = conn.getresponse()
            content = response.read()
            return Answer(response.status, [(k.lower(), v) for k, v in response.getheaders()], content)
        finally:
            conn.close()

    def get(self, path, **kw):
        return self.request("GET", path, **kw)

    def post(self, path, json=None, **kw):
        return self.request("POST", path, json=json, **kw)

    def put(self, path, json=None, **kw):
        return self.request("PUT", path, json=json, **kw)

    def delete(self, path, **kw):
        return self.request("DELETE", path, **kw)


def open_socket(port, source=None, timeout=10.0):
    s = socket.socket()
    s.settimeout(patience(timeout))
    if source:
        s.bind((source, 0))
    s.connect(("127.0.0.1", port))
    return s


def read_all(s) -> bytes:
    """Until the server closes. A reset counts as a close; a time-out is an error of the test."""
    out = b""
    while True:
        try:
            got = s.recv(65536)
        except (ConnectionResetError, BrokenPipeError):
            return out
        if not got:
            return out
        out += got


def raw(port, data: bytes, source=None, timeout=10.0) -> bytes:
    """Sends the bytes and returns all that comes until the server closes."""
    with open_socket(port, source, timeout) as s:
        try:
            s.sendall(data)
        except (ConnectionResetError, BrokenPipeError):
            pass
        return read_all(s)


def parse_answers(data: bytes) -> list:
    """All answers in a run of bytes; only Content-Length framing, which is all the server uses."""
    out = []
    while data:
        head, found, rest = data.partition(b"\r\n\r\n")
        assert found, f"a broken head: {data[:200]!r}"
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = [(l.split(":", 1)[0].strip().lower(), l.split(":", 1)[1].strip()) for l in lines[1:]]
        length = int(dict(headers).get("content-length", "0"))
        if status < 200 or status == 304:
            length = 0
        out.append(Answer(status, headers, rest[:length]))
        data = rest[length:]
    return out
