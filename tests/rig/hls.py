"""A player without a screen: reads playlists strictly (RFC 8216bis), waits for the next part as players do, fetches."""
import re
import time
from datetime import datetime

from .events import Violation
from .http import Http
from .timing import patience

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^,]*)')


def attributes(text) -> dict:
    return {key: value.strip('"') for key, value in ATTRIBUTE.findall(text)}


def seconds_of_date(text) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Part:
    def __init__(self, uri, seconds, independent):
        self.uri, self.seconds, self.independent = uri, seconds, independent


class Segment:
    def __init__(self, number):
        self.number, self.uri, self.seconds = number, None, 0.0
        self.date, self.discontinuity, self.map, self.range, self.parts = None, False, None, None, []

    @property
    def complete(self) -> bool:
        return self.uri is not None

    @property
    def length(self) -> float:
        return self.seconds if self.complete else sum(p.seconds for p in self.parts)

    @property
    def end(self) -> float:
        """Wall clock of its last frame's end."""
        return self.date + self.length


class Playlist:
    """Raises Violation for what a player would stumble over. `vod`: what belongs to recordings."""

    def __init__(self, text):
        self.text = text
        self.segments, self.ended, self.hint, self.gap_follows = [], False, None, False
        self.target = self.part_target = None
        self.first = self.discontinuities = 0
        lines = text.split("\n")
        if lines[0] != "#EXTM3U" or not text.endswith("\n"):
            raise Violation(f"no playlist: {text[:100]!r}")
        self._map = self._date = None
        self._segment = None
        for line in lines[1:-1]:
            self._read(line)
        if self._segment is not None and (self._segment.parts or self._segment.seconds):
            self.segments.append(self._segment)
        elif self._segment is not None:
            self.gap_follows = self._segment.discontinuity
        self._check()

    def _open(self) -> Segment:
        if self._segment is None:
            self._segment = Segment(self.first + len(self.segments))
            self._segment.map = self._map
        return self._segment

    def _read(self, line):
        tag, _, value = line.partition(":")
        if not line.startswith("#"):
            segment = self._open()
            segment.uri = line
            self.segments.append(segment)
            self._date = segment.end if segment.date is not None else None
            self._segment = None
        elif tag == "#EXT-X-TARGETDURATION":
            self.target = int(value)
        elif tag == "#EXT-X-PART-INF":
            self.part_target = float(attributes(value)["PART-TARGET"])
        elif tag == "#EXT-X-MEDIA-SEQUENCE":
            self.first = int(value)
        elif tag == "#EXT-X-DISCONTINUITY-SEQUENCE":
            self.discontinuities = int(value)
        elif tag == "#EXT-X-MAP":
            self._map = self._open().map = attributes(value)
        elif tag == "#EXT-X-DISCONTINUITY":
            self._open().discontinuity = True
            self._date = None
        elif tag == "#EXT-X-PROGRAM-DATE-TIME":
            self._open().date = seconds_of_date(value)
        elif tag == "#EXT-X-PART":
            a = attributes(value)
            self._dated().parts.append(Part(a["URI"], float(a["DURATION"]), a.get("INDEPENDENT") == "YES"))
        elif tag == "#EXTINF":
            self._dated().seconds = float(value.rstrip(","))
        elif tag == "#EXT-X-BYTERANGE":
            length, _, offset = value.partition("@")
            self._open().range = (int(offset), int(length))
        elif tag == "#EXT-X-PRELOAD-HINT":
            self.hint = attributes(value)["URI"]
        elif tag == "#EXT-X-ENDLIST":
            self.ended = True

    def _dated(self) -> Segment:
        segment = self._open()
        if segment.date is None:  # it follows from the one before
            segment.date = self._date
        return segment

    def _check(self):
        if self.target is None or not self.segments:
            raise Violation(f"nothing in it: {self.text!r}")
        for segment in self.segments:
            if segment.map is None or segment.date is None:
                raise Violation(f"a segment without map or date: {self.text!r}")
            if int(segment.length + 0.5) > self.target:
                raise Violation(f"{segment.length} s is more than the target of {self.target} s")
            for part in segment.parts:
                if part.seconds > self.part_target:
                    raise Violation(f"a part of {part.seconds} s; PART-TARGET is {self.part_target} s")
            in_parts = sum(p.seconds for p in segment.parts)
            if segment.parts and segment.complete and abs(in_parts - segment.seconds) > 0.001:
                raise Violation(f"the parts are no segment: {self.text!r}")
        if any(not segment.complete for segment in self.segments[:-1]):
            raise Violation(f"a segment without an end in the middle: {self.text!r}")

    @property
    def complete(self) -> list:
        return [s for s in self.segments if s.complete]

    @property
    def next(self) -> tuple:
        """Number and part that come next, to wait for."""
        last = self.segments[-1]
        return (last.number + 1, 0) if last.complete else (last.number, len(last.parts))

    @property
    def end(self) -> float:
        return self.segments[-1].end

    @property
    def seconds(self) -> float:
        return sum(s.length for s in self.segments)

    def stretches(self) -> list:
        """Runs of segments between discontinuities: (wall clock of the begin, of the end)."""
        out = []
        for segment in self.segments:
            if segment.discontinuity or not out:
                out.append([segment.date, segment.end])
            if abs(segment.date - out[-1][1]) > 0.01 and out[-1][1] != segment.end:
                raise Violation(f"the dates of segment {segment.number} do not follow: {segment.date - out[-1][1]:+} s")
            out[-1][1] = segment.end
        return [tuple(each) for each in out]


class Hls:
    """`address`: of a multivariant or media playlist, as the API tells it."""

    def __init__(self, server, address, agent="rig", source=None):
        self.server, self.address, self.agent = server, address, agent
        self.http = Http(server, source=source)
        self.folder = address.rsplit("/", 1)[0] + "/"
        self.is_vod = address.endswith("index.m3u8")

    @property
    def url(self) -> str:
        return self.server.url + self.address

    def get(self, uri, **headers):
        return self.http.get(self.folder + uri, headers={"User-Agent": self.agent, **headers}, timeout=30)

    def master(self) -> dict:
        """The attributes of the only variant."""
        answer = self.http.get(self.address, headers={"User-Agent": self.agent})
        assert answer.status == 200, answer
        lines = answer.text.splitlines()
        variants = [line for line in lines if line.startswith("#EXT-X-STREAM-INF:")]
        assert len(variants) == 1 and lines[-1] == "live.m3u8", answer.text
        return attributes(variants[0].partition(":")[2])

    def playlist(self, waiting_for=None) -> Playlist:
        """The media playlist; with (number, part) once that is in it."""
        query = "" if waiting_for is None else "?_HLS_msn=%d&_HLS_part=%d" % waiting_for
        answer = self.get(("index.m3u8" if self.is_vod else "live.m3u8") + query)
        assert answer.status == 200, answer
        assert answer.header("content-type") == "application/vnd.apple.mpegurl"
        return Playlist(answer.text)

    def until(self, fits, timeout=20.0) -> Playlist:
        """Reloads as a player with low latency does, until the playlist fits."""
        deadline = time.monotonic() + patience(timeout)
        now = self.playlist()
        while not fits(now):
            assert time.monotonic() < deadline, f"still not:\n{now.text}"
            before, now = now, self.playlist(now.next)
            if now.text == before.text:
                time.sleep(0.05)  # nobody publishes, so nobody is held
        return now

    def fetch(self, uri) -> bytes:
        answer = self.get(uri)
        assert answer.status == 200 and answer.header("content-type") == "video/mp4", answer
        return answer.body

    def media(self, segments) -> bytes:
        """Segments of one map as a file of their own: init and media."""
        assert len({s.map["URI"] for s in segments}) == 1
        first = segments[0].map
        if segments[0].range is None:
            return self.fetch(first["URI"]) + b"".join(self.fetch(s.uri) for s in segments)
        size, _, at = first["BYTERANGE"].partition("@")
        return self.range(first["URI"], int(at), int(size)) + b"".join(self.range(s.uri, *s.range) for s in segments)

    def range(self, uri, offset, length) -> bytes:
        answer = self.get(uri, Range=f"bytes={offset}-{offset + length - 1}")
        assert answer.status == 206 and len(answer.body) == length, answer
        return answer.body
