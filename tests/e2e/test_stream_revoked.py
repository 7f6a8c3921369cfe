"""Row 15: an address in use is worth nothing any more once its account may not watch, or its key is gone."""
import time

import pytest
from rig.hls import seconds_of_date
from rig.people import People
from rig.stream import Channel, patch, stream_settings
from rig.timing import eventually, patience


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(linger_seconds=0))


@pytest.fixture(scope="module")
def channel(people):
    """Live for subscribers, with a recording of before that is for subscribers, too."""
    made = Channel(people, "tzrevoked")
    made.vod_of_before = made.record(2)
    assert patch(made.owner, made.vod_of_before, visibility="subscribers").status == 200
    made.publish()
    made.await_live()
    assert made.owner.put("/stream/metadata", {"visibility": "subscribers"}).status == 200
    yield made
    made.close()


@pytest.fixture
def subscriber(people):
    return people.user(features=["flair13"])


class Seat:
    """Somebody who watches both: what he is answered at his next look."""

    def __init__(self, channel, who):
        self.channel, self.who = channel, who
        self.live = channel.hls(who)
        self.vod = channel.vod(channel.vod_of_before, who)
        self.next = self.live.playlist().next

    def reload(self) -> set:
        return {self.live.get("live.m3u8?_HLS_msn=%d&_HLS_part=%d" % self.next).status,
                self.live.get("live.m3u8").status, self.vod.get("index.m3u8").status, self.vod.get("file-1.mp4").status}

    def may_get_another(self) -> bool:
        return self.who.get(f"/stream/{self.channel.name}").json()["playback"] is not None


def reloads(seat, status):
    """The very next one may be on its way before the server has heard of it; the one behind it is not."""
    return eventually(lambda: seat.reload() == {status}, 5)


@pytest.mark.smoke
def test_row_15_a_demoted_subscriber(people, channel, subscriber):
    seat, other = Seat(channel, subscriber), Seat(channel, people.user(features=["flair42"]))
    assert seat.reload() == other.reload() == {200}
    people.set_rights(subscriber)
    reloads(seat, 403)
    assert not seat.may_get_another()
    assert other.reload() == {200}, "the others go on"
    people.set_rights(subscriber, features=["flair1"])
    assert seat.may_get_another()
    assert reloads(seat, 200), "his address is good again"


def test_row_15_a_banned_subscriber(people, channel, subscriber):
    seat, mod = Seat(channel, subscriber), people.moderator()
    answer = mod.post("/moderation/ban", {"user_id": str(subscriber.id), "duration": 3600, "reason": "row 15"})
    assert answer.status == 201, answer
    reloads(seat, 403)
    assert not seat.may_get_another()
    assert mod.delete(f"/moderation/ban/{answer.json()['id']}").status == 204
    reloads(seat, 200)


def test_row_15_a_ban_by_chat(people, channel, subscriber):
    seat = Seat(channel, subscriber)
    with people.moderator().connect() as m:
        m.send("BAN", {"nick": subscriber.nick, "duration": 10 ** 12, "reason": "row 15"})
        m.expect("BAN", data=subscriber.nick)
        reloads(seat, 403)
        m.send("UNBAN", {"data": subscriber.nick})
        m.expect("UNBAN", data=subscriber.nick)
        reloads(seat, 200)


def test_row_15_a_deleted_account(people, channel, subscriber):
    seat = Seat(channel, subscriber)
    assert subscriber.delete(f"/users/{subscriber.id}").status == 204
    reloads(seat, 403)


def test_row_15_staff_that_is_no_more(people, channel):
    mod = people.moderator()
    seat = Seat(channel, mod)
    people.set_rights(mod)
    reloads(seat, 403)


def test_row_15_by_the_operators_command(server, channel, subscriber):
    """Which nobody tells the server of."""
    seat = Seat(channel, subscriber)
    server.cli("user", "set", "--data", str(server.data), "--name", subscriber.nick, "--feature", "vip")
    assert seat.vod.get("index.m3u8").status == 403, "a recording's every request is looked up"
    eventually(lambda: seat.live.get("live.m3u8").status == 403, 15)


def test_row_15_a_publisher_who_is_banned(people):
    channel, mod = Channel(people, "tzoff"), people.moderator()
    publisher = channel.publish()
    channel.await_live()
    answer = mod.post("/moderation/ban", {"user_id": str(channel.owner.id), "duration": 60, "reason": "row 15"})
    assert answer.status == 201, answer
    assert publisher.ended(), "he is told"
    channel.await_state("offline")


def test_row_15_over_a_restart(own_server):
    server = own_server(stream_settings())
    people = People(server)
    channel, subscriber = Channel(people, "tzagain"), people.user(features=["flair13"])
    channel.publish()
    live = channel.await_live()
    channel.owner.put("/stream/metadata", {"visibility": "subscribers"})
    good, gone = channel.hls(people.user(features=["flair3"])), channel.hls(subscriber)
    people.set_rights(subscriber)
    assert server.stop() == 0
    server.start()
    channel.publish()
    eventually(lambda: channel.state == "live")
    assert good.get("live.m3u8").status == 200 and gone.get("live.m3u8").status == 403
    assert channel.show()["broadcast_id"] == live["broadcast_id"]
    channel.close()


def test_row_15_a_rotated_key(server, channel, subscriber):
    def rotate(*more):
        said = server.cli("token", "rotate-playback-key", "--data", str(server.data), *more).stdout
        assert "new playback key" in said
        server.await_log("stream.keys_read")

    old = Seat(channel, subscriber)
    rotate()
    assert old.reload() == {200}, "what was given out is good"
    new = Seat(channel, subscriber)
    assert new.live.address != old.live.address
    rotate("--forget")
    reloads(old, 403)
    assert new.reload() == {403}
    assert Seat(channel, subscriber).reload() == {200}, "he gets another one"


def test_addresses_say_until_when(channel, subscriber):
    for where in (f"/stream/{channel.name}", f"/vods/{channel.vod_of_before['id']}"):
        left = seconds_of_date(subscriber.get(where).json()["playback"]["expires_at"]) - time.time()
        assert 6 * 3600 - patience(10) < left <= 6 * 3600
