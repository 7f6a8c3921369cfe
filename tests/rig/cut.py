"""How fast a socket ends once its right to be there has."""
import time

from .timing import patience

CUT_WITHIN_S = 3.0


def closed_in_time(client, word=None):
    began = time.monotonic()
    closed = client.expect_closed()
    assert time.monotonic() - began < patience(CUT_WITHIN_S)
    if word:
        assert (closed.code, closed.reason) == (1008, word)
