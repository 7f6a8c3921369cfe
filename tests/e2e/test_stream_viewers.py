"""Who counts as a viewer, and until when."""
import itertools
import time

import pytest
from rig.hls import Hls
from rig.http import Http
from rig.stream import Channel, anybody, stream_settings
from rig.timing import eventually, patience

ADDRESSES = (f"127.0.{a}.{b}" for a in range(10, 20) for b in range(1, 250))


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(viewers_interval_seconds=1, linger_seconds=0))


@pytest.fixture(scope="module")
def channels(people):
    """Live, each for a test of its own."""
    made = {name: Channel(people, "tzview" + name) for name in ("leave", "beacon", "same", "peak")}
    for channel in made.values():
        channel.publish()
    for channel in made.values():
        channel.await_live()
    yield made
    for channel in made.values():
        channel.close()


def viewers(channel) -> int:
    return anybody(channel.server, f"/stream/{channel.name}").json()["viewers"]


def watch(channel, number) -> list:
    """So many players, each at an address of its own; they have asked for the playlist once."""
    players = []
    for address in itertools.islice(ADDRESSES, number):
        where = Http(channel.server, source=address).get(f"/stream/{channel.name}").json()["playback"]["hls"]
        players.append(Hls(channel.server, where, source=address))
        players[-1].playlist()
    return players


class Crowd:
    """Forty who look once, and when they did so last."""

    def __init__(self, channel, client):
        self.client, self.players = client, watch(channel, 40)
        self.looked_at = time.monotonic()

    def look_again(self):
        for player in self.players:
            player.playlist()
        self.looked_at = time.monotonic()


@pytest.fixture(scope="module")
def crowd(people, channels):
    with people.guest() as client:
        yield Crowd(channels["leave"], client)


@pytest.fixture(scope="module")
def pages(server):
    """Three browsers, each at an address of its own."""
    return [Http(server, source=address) for address in itertools.islice(ADDRESSES, 3)]


def beacons(channel, pages):
    for number, page in enumerate(pages):
        page.post(f"/stream/{channel.name}/watch", {"sid": f"p{number}", "latency_ms": 3000})


@pytest.mark.smoke
def test_sessions_are_counted_and_the_chat_is_told(channels, crowd):
    channel, g, players = channels["leave"], crowd.client, crowd.players
    assert eventually(lambda: viewers(channel) == len(players))
    g.expect("STREAM", channel=channel.name, state="live", viewers=len(players))
    crowd.look_again()
    assert viewers(channel) == len(players), "who asks again is no other"
    listed = anybody(channel.server, "/streams").json()["streams"]
    assert listed[0]["channel"] == channel.name and listed[0]["viewers"] == len(players), "most viewers first"


def test_one_person_with_many_players(channels, people):
    """The same browser at the same address is one, however many players it has; an account is one anywhere."""
    channel = channels["same"]
    players = []

    def look(address, **kw):
        players.append(Hls(channel.server, address, **kw))
        players[-1].playlist()

    def guest(**kw):
        look(anybody(channel.server, f"/stream/{channel.name}").json()["playback"]["hls"], **kw)

    for agent in ("a browser", "another browser"):
        look(channel.show()["playback"]["hls"], agent=agent, source=next(ADDRESSES))
    assert eventually(lambda: viewers(channel) == 1)

    for _ in range(5):
        guest()
    assert eventually(lambda: viewers(channel) == 2)
    for agent in ("another browser", "a third one"):
        guest(agent=agent)
    assert eventually(lambda: viewers(channel) == 4)
    crowd_at = next(ADDRESSES)
    for n in range(30):
        guest(agent=f"browser {n}", source=crowd_at)
    for player in players:
        player.playlist()  # or the first ones have gone before the last ones come
    eventually(lambda: viewers(channel) >= 4 + 20)
    time.sleep(patience(0.3))
    assert viewers(channel) == 4 + 20, "of one address twenty are believed"


def test_beacon_of_a_page(channels, people):
    """Behind a CDN nobody is seen: the page says that it is there, and how far behind."""
    channel, path = channels["beacon"], "/stream/tzviewbeacon/watch"
    user = people.user()
    for who, sid in ((user, "a"), (user.another_login(source=next(ADDRESSES)), "b"), (Http(channel.server), "c")):
        assert who.post(path, {"sid": sid, "latency_ms": 2000}).status == 204
    assert eventually(lambda: viewers(channel) == 2), "an account counts once"
    for body in ({}, {"sid": ""}, {"sid": "x" * 65}, {"sid": 5}, {"sid": "x", "latency_ms": "1"},
                 {"sid": "x", "latency_ms": -1}):
        assert Http(channel.server).post(path, body).status == 400, body
    assert Http(channel.server).post("/stream/nobodyhere/watch", {"sid": "x"}).status == 404


def test_peak_and_latency_are_kept(channels, pages):
    channel = channels["peak"]
    live = channel.show()
    watch(channel, 3)
    beacons(channel, pages)
    eventually(lambda: viewers(channel) == 6)
    channel.owner.post("/stream/stop", {})
    vod = channel.await_vod(live["broadcast_id"])
    assert vod["peak_viewers"] == 6 and -3200 < vod["chat_offset_ms"] < -2800


def test_row_11_back_to_none_within_15_seconds(channels, crowd):
    channel = channels["leave"]
    told_zero = crowd.client.expect("STREAM", channel=channel.name, viewers=0, timeout=20)
    assert told_zero["state"] == "live" and time.monotonic() - crowd.looked_at < patience(15)
    assert viewers(channel) == 0 and viewers(channels["beacon"]) == 2, "whose page has spoken stays longer"


def test_the_next_broadcast_counts_anew(channels, crowd, pages):
    """Three of the six have gone meanwhile; the other three are there from the begin on."""
    channel = channels["peak"]
    beacons(channel, pages)
    eventually(lambda: viewers(channel) == 3, 15)
    vod = channel.record(2)
    assert (vod["peak_viewers"], vod["chat_offset_ms"]) == (3, 0)
