"""Patience. Sanitizers make the program many times slower; STRIMS_TIME_FACTOR stretches every wait."""
import os
import time

FACTOR = float(os.environ.get("STRIMS_TIME_FACTOR", "1"))


def patience(seconds: float) -> float:
    return seconds * FACTOR


def eventually(probe, timeout: float = 5.0, pause: float = 0.02):
    """Calls probe() until it returns something true; returns that. For what cannot be awaited as an event."""
    deadline = time.monotonic() + patience(timeout)
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"still not true after {patience(timeout)} s: {probe}")
        time.sleep(pause)
