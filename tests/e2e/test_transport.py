"""Over io_uring a client sees the same as over epoll; what differs is what a process can hold.

Every other test runs over it too with STRIMS_TEST_TRANSPORT=io_uring.
"""
import resource

import pytest
from rig.http import Http, raw
from rig.people import People
from rig.ws import Refused, WsClient


def over_io_uring(maker, settings=None, **kw):
    server = maker({"server.transport": "io_uring", **(settings or {})}, **kw)
    engine = server.await_log("transport")["engine"]
    refused = server.log("transport.io_uring_refused")
    if refused:
        pytest.skip(f"the kernel refuses io_uring: {refused[0]['reason']}")
    assert engine == "io_uring"
    return server


@pytest.mark.smoke
def test_chat_rest_and_metrics(own_server):
    server = over_io_uring(own_server)
    people = People(server)
    alice, bob = people.user(), people.user()
    with alice.connect() as a, bob.connect() as b, people.guest() as guest:
        a.send_text('MSG {"data":"over the ring"}')
        for reader in (a, b, guest):
            assert reader.expect("MSG")["data"] == "over the ring"
    assert alice.get("/users/me").status == 200
    assert 'strims_transport_info{engine="io_uring"} 1' in Http(server).get("/metrics").text


def test_a_last_answer_comes_whole_and_then_the_end(own_server):
    server = over_io_uring(own_server)
    answer = raw(server.port, b"GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    assert len(body) == length


def test_limits_know_who_has_come(own_server):
    server = over_io_uring(own_server, {"http.max_connections_per_address": 3})
    held = [WsClient(server, source="127.0.0.9") for _ in range(3)]
    with pytest.raises((Refused, OSError, AssertionError)):
        WsClient(server, source="127.0.0.9")
    with WsClient(server, source="127.0.0.10") as other:
        other.welcome()
    for client in held:
        client.close()


def test_more_connections_than_open_files(own_server):
    limit = 128
    server = over_io_uring(own_server, before_exec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
    people = People(server)
    alice = people.user()
    guests = [people.guest() for _ in range(limit + 72)]
    with alice.connect() as a:
        a.send_text('MSG {"data":"to all of you"}')
        for guest in guests:
            assert guest.expect("MSG")["data"] == "to all of you"
    for guest in guests:
        guest.close()
    people.guest().close()
