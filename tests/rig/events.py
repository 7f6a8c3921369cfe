"""Chat events, and what must be true of every single one that the server sends."""
import json
import re

RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


class Violation(AssertionError):
    """The server broke RFC 6455 or the chat's own protocol."""


class Event:
    def __init__(self, raw):
        self.raw = raw
        self.name, _, self.payload = raw.partition(" ")
        try:
            self.data = json.loads(self.payload)
        except ValueError:
            self.data = self.payload

    def __getitem__(self, key):
        return self.data[key]

    def get(self, key, default=None):
        return self.data.get(key, default) if isinstance(self.data, dict) else default

    def __repr__(self):
        return self.raw if len(self.raw) < 200 else self.raw[:200] + "..."


def check_user_fields(value, where):
    """Rows 40 and 41: what today's client throws on may never be in any event."""
    if isinstance(value, list):
        for item in value:
            check_user_fields(item, where)
    if not isinstance(value, dict):
        return
    for key in ("features", "roles"):
        if key in value and not (isinstance(value[key], list) and all(isinstance(w, str) for w in value[key])):
            raise Violation(f"{key} is no list of strings in {where}")
    if "nick" in value and not (isinstance(value["nick"], str) and value["nick"]):
        raise Violation(f"an empty nick in {where}")
    for word in value.get("features") or []:
        if not re.fullmatch(r"[a-z0-9_-]+", word):
            raise Violation(f"a feature that is no plain word: {word!r}")
    if "features" in value and "id" in value and not (type(value["id"]) is int):
        raise Violation(f"a user id that is no number in {where}")
    if "createdDate" in value and not RFC3339.match(str(value["createdDate"])):
        raise Violation(f"createdDate in {where}")
    for item in value.values():
        check_user_fields(item, where)


def check_event(event: Event, flavour: str):
    if not re.fullmatch(r"[A-Z_]+", event.name) or " " not in event.raw:
        raise Violation(f"no event: {event.raw[:200]!r}")
    if isinstance(event.data, str) and event.payload and not event.payload.startswith('"'):
        raise Violation(f"the payload is no JSON: {event.raw[:200]!r}")
    if flavour == "strims":
        if event.data is None:
            raise Violation(f"a null payload: {event.raw[:200]!r}")
        if event.name == "ERR" and not isinstance(event.data, str):
            raise Violation(f"strims ERR must be a bare string: {event.raw!r}")
        return
    if event.name == "ERR" and not (isinstance(event.data, dict) and isinstance(event.data.get("description"), str)):
        raise Violation(f"ERR without description: {event.raw!r}")
    check_user_fields(event.data, event.raw[:200])
    if event.name in ("HISTORY", "PAIDEVENTS"):
        for line in event.data or []:
            check_event(Event(line), flavour)
