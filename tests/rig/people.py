"""Accounts of a test: registered over REST, given their rank by an administrator, connected by their cookie."""
import itertools

from .http import Http
from .ws import WsClient

PASSWORD = "correct horse battery"


class Person:
    def __init__(self, server, nick, password=PASSWORD, source=None):
        self.server, self.nick, self.password, self.source = server, nick, password, source
        self.http = Http(server, source=source)
        self.id = self.sid = self.access_token = self.refresh_token = self.role = None

    def login(self) -> "Person":
        answer = self.http.post("/auth/login", {"username": self.nick, "password": self.password})
        assert answer.status == 200, answer
        return self.take_tokens(answer)

    def take_tokens(self, answer) -> "Person":
        body = answer.json()
        self.access_token, self.refresh_token = body["access_token"], body["refresh_token"]
        self.id, self.role = int(body["user"]["id"]), body["user"]["role"]
        self.sid = answer.cookie("sid") or self.sid
        return self

    def another_login(self, source=None) -> "Person":
        return Person(self.server, self.nick, self.password, source or self.source).login()

    def connect(self, welcome=True, **kw) -> WsClient:
        kw.setdefault("source", self.source)
        kw.setdefault("cookie", "sid=" + self.sid)
        client = WsClient(self.server, **kw)
        if welcome and client.flavour == "dgg":
            client.welcome()
        elif welcome:
            client.names = client.expect("NAMES")
        client.person = self
        return client

    def get(self, path, **kw):
        return self.http.get(path, bearer=self.access_token, **kw)

    def post(self, path, json=None, **kw):
        return self.http.post(path, json, bearer=self.access_token, **kw)

    def put(self, path, json=None, **kw):
        return self.http.put(path, json, bearer=self.access_token, **kw)

    def delete(self, path, **kw):
        return self.http.delete(path, bearer=self.access_token, **kw)

    # As the web page does it: the cookie and the guard header, no bearer.
    def page_get(self, path, **kw):
        return self.http.get(path, cookie="sid=" + self.sid, **kw)

    def page_post(self, path, body=None, **kw):
        headers = {"X-CSRF-Guard": "YEE", "Content-Type": "text/plain;charset=UTF-8", **kw.pop("headers", {})}
        return self.http.request("POST", path, body=body, cookie="sid=" + self.sid, headers=headers, **kw)


class People:
    """Everybody of one server. Nicks are made up so that they are no emote and look like no other."""

    def __init__(self, server):
        self.server = server
        self._names = ("Tz" + "".join(letters) for letters in itertools.product("abcdefghjkpqrsuvxyz", repeat=3))
        self._admin = self._bot = None
        self._marks = itertools.count(1)

    def new_nick(self) -> str:
        return next(self._names)

    @property
    def admin(self) -> Person:
        if self._admin is None:
            nick = self.new_nick()
            self.server.create_user(nick, PASSWORD, "admin")
            self._admin = Person(self.server, nick).login()
        return self._admin

    def user(self, role="user", features=(), nick=None, source=None, site_roles=()) -> Person:
        self.admin  # the first account of a server is its administrator
        person = Person(self.server, nick or self.new_nick(), source=source)
        answer = person.http.post("/auth/register", {"username": person.nick, "password": person.password})
        assert answer.status == 201, answer
        person.login()
        if role != "user" or features or site_roles:
            self.set_rights(person, role, [*features], [*site_roles])
        return person

    def set_rights(self, person, role="user", features=(), site_roles=()):
        body = {"role": role, "features": [*features]}
        if site_roles:
            body["roles"] = [*site_roles]
        answer = self.admin.put(f"/users/{person.id}/permissions", body)
        assert answer.status == 200, answer
        return answer

    def fence(self, *clients):
        """Returns when these have read all that was stored before: entries keep their order, and a line comes last."""
        if self._bot is None:
            self._bot = self.user(features=["bot"])
        mark = f"fence {next(self._marks)}"
        answer = self._bot.post("/chat/message", {"text": mark})
        assert answer.status == 201, answer
        for client in clients:
            client.expect("MSG", data=mark)

    def moderator(self, **kw) -> Person:
        return self.user(role="moderator", **kw)

    def guest(self, welcome=True, **kw) -> WsClient:
        client = WsClient(self.server, **kw)
        if welcome and client.flavour == "dgg":
            client.welcome()
        elif welcome:
            client.names = client.expect("NAMES")
        return client
