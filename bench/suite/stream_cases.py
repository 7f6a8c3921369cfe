"""What bench/stream_run.py measures, and how much of it counts as enough."""
from dataclasses import dataclass

from .cases import Goal


@dataclass(frozen=True)
class StreamCase:
    name: str
    text: str
    publishers: int = 1
    viewers: int = 0
    cached: bool = False        # viewers come by nginx as a cache
    reference: bool = False     # nginx-rtmp does it as well, in the same round
    goals: tuple = ()
    quick: int = 0              # publishers or viewers of a quick run


def ingest(count: int, quick: int) -> StreamCase:
    return StreamCase(
        f"ingest_{count}", f"{count} publishing", publishers=count, reference=True, quick=quick,
        goals=(Goal(f"CPU per ingest, {count} at once", "cpu_percent_per_stream", 1.0, 0.6, "reference"),
               Goal("… publishers refused or lost", "lost", 0, 0)))


CASES = (
    ingest(1, 1), ingest(10, 3), ingest(50, 0), ingest(200, 0),
    StreamCase("viewers_200", "200 viewers", viewers=200, quick=10, goals=(
        Goal("200 viewers with low latency: errors, stalls, parts missed", "viewer_faults", 0, 0),
        Goal("… CPU of the server", "server_cores", 0.10, 0.05, unit=" core"),
        Goal("… viewers that the server counts too many or too few", "viewers_miscounted", 2, 0),
        Goal("… until it counts none any more", "viewers_gone_seconds", 15, 13, unit=" s"))),
    StreamCase("viewers_200_cached", "200 viewers by a cache", viewers=200, cached=True, quick=10, goals=(
        Goal("the same by nginx as a cache: errors, stalls, parts missed", "viewer_faults", 0, 0),
        Goal("… requests that reach the server, of those of viewers", "origin_share", 0.05, 0.025),
        Goal("… CPU of the server", "server_cores", 0.10, 0.02, unit=" core"))),
)


def chosen(words: list[str]) -> list[StreamCase]:
    unknown = set(words) - {case.name for case in CASES}
    if unknown:
        raise SystemExit(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(c.name for c in CASES)}")
    return [case for case in CASES if not words or case.name in words]
