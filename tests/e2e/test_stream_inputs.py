"""Row 9: what encoders send that is not as it should be. Everybody publishes at once, on a channel of his own."""
import itertools

import pytest
from rig import clips
from rig.clips import AUDIO, PLAIN, SMALL, VIDEO
from rig.rtmp import U32
from rig.stream import Channel, decode, probe, stream_settings
from rig.timing import eventually


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(stream_settings(linger_seconds=0))


@pytest.fixture(scope="module")
def publishers(people):
    """(channel, publisher) by what is odd about it."""
    made = {}

    def add(name, **kw):
        channel = Channel(people, "tzin" + name)
        made[name] = (channel, channel.publish(**kw))

    add("slow", speed=0.5)
    add("silent", tracks=(VIDEO,))
    add("dark", tracks=(AUDIO,))
    add("gop", clip=clips.LONG_GOP, speed=6)
    add("bframes", clip=clips.B_FRAMES, speed=2)
    add("cd", clip=clips.CD_SOUND, speed=2)
    add("resized", clip=PLAIN, speed=2)
    add("wrap", clip=SMALL, speed=3, offset_ms=U32 - 2500)
    add("extended", clip=SMALL, speed=3, offset_ms=0xffffff - 2500)
    yield made
    for channel, _ in made.values():
        channel.close()


@pytest.fixture
def played(tmp_path):
    """What a player gets of a stream's first segments: the playlist and the file of them."""
    def play(channel, segments=2):
        channel.await_live()
        hls = channel.hls()
        playlist = hls.until(lambda p: len(p.complete) >= segments)
        path = tmp_path / "played.mp4"
        path.write_bytes(hls.media(playlist.complete))
        assert decode(path) == ""
        return playlist, path

    return play


def frames(path, track="video") -> int:
    return int(probe(path, "-count_frames")[track]["nb_read_frames"])


def test_row_9_ten_seconds_between_keyframes(publishers, played):
    channel = publishers["gop"][0]
    channel.await_note("Keyframe every 10 s: set the keyframe interval to 2 s")
    eventually(lambda: round(channel.health()["keyframe_seconds"] or 0) == 10)
    assert channel.health()["state"] == "bad"
    playlist, path = played(channel, 1)
    assert playlist.target >= 10 and round(playlist.complete[0].seconds) == 10
    assert frames(path) >= 300


def test_row_9_video_only(publishers, played):
    channel = publishers["silent"][0]
    playlist, path = played(channel, 1)
    assert list(probe(path)) == ["video"] and "mp4a" not in channel.hls().master()["CODECS"]
    health = channel.await_note("No audio.")
    assert (health["state"], health["audio"], health["width"]) == ("warn", None, PLAIN.width)


def test_row_9_audio_only(publishers, played):
    channel = publishers["dark"][0]
    playlist, path = played(channel, 1)
    assert list(probe(path)) == ["audio"]
    variant = channel.hls().master()
    assert variant["CODECS"] == "mp4a.40.2" and "RESOLUTION" not in variant
    assert channel.await_note("No video.")["video"] is None


def test_row_9_b_frames(publishers, played):
    playlist, path = played(publishers["bframes"][0])
    seen = probe(path, "-count_frames")
    assert int(seen["video"]["has_b_frames"]) > 0
    assert abs(int(seen["video"]["nb_read_frames"]) - sum(s.seconds for s in playlist.complete) * 30) <= 2
    # Shown in time with the sound, though decoded in another order.
    assert abs(float(seen["video"]["start_time"]) - float(seen["audio"]["start_time"])) < 0.15


def test_row_9_sound_of_44100(publishers, played):
    channel = publishers["cd"][0]
    playlist, path = played(channel)
    assert probe(path)["audio"]["sample_rate"] == "44100"
    expected = sum(s.seconds for s in playlist.complete) * 44100 / 1024
    assert abs(frames(path, "audio") - expected) <= 3
    eventually(lambda: channel.health()["notes"] == [])


def test_row_9_another_size_in_the_middle(publishers, tmp_path):
    channel, publisher = publishers["resized"]
    live = channel.await_live()
    hls = channel.hls()
    before = hls.until(lambda p: p.complete)
    publisher.switch(SMALL)
    after = hls.until(lambda p: len({s.map["URI"] for s in p.complete}) == 2)
    joint = next(s for s in after.segments if s.map != after.segments[0].map)
    assert after.segments[0].map == before.segments[0].map
    assert joint.discontinuity and joint.parts[0].independent and len(after.stretches()) == 2
    assert hls.master()["RESOLUTION"] == SMALL.size
    eventually(lambda: channel.health()["width"] == SMALL.width)
    publisher.stop()
    vod = channel.await_vod(live["broadcast_id"])
    recorded = channel.vod(vod).playlist()
    assert len(recorded.stretches()) == 2
    for number, (_, run) in enumerate(itertools.groupby(recorded.segments, lambda s: s.map["URI"])):
        (tmp_path / f"{number}.mp4").write_bytes(channel.vod(vod).media([*run]))
        assert decode(tmp_path / f"{number}.mp4") == ""
        assert probe(tmp_path / f"{number}.mp4")["video"]["width"] == (PLAIN, SMALL)[number].width


@pytest.mark.parametrize("name", ["wrap", "extended"])
def test_row_9_timestamps(publishers, played, name):
    """Past 2^32 and past what fits into the three bytes of a header."""
    channel, publisher = publishers[name]
    playlist, path = played(channel, 3)
    assert len(playlist.stretches()) == 1 and playlist.seconds > 5
    assert frames(path) == round(sum(s.seconds for s in playlist.complete) * 30)
    assert publisher.is_alive() and channel.health()["reconnects"] == 0


ENHANCED_HEVC = b"\x90hvc1" + bytes(20)
OLD_HEVC = b"\x1c\x00\x00\x00\x00" + bytes(20)
MP3 = b"\x2f" + bytes(20)
CODEC_NAMES = (f"tzcodec{n}" for n in itertools.count())


@pytest.mark.parametrize("kind, body, sentence", [
    (VIDEO, ENHANCED_HEVC, "codec hvc1 is not enabled: set the encoder to H.264"),
    (VIDEO, OLD_HEVC, "codec hvc1 is not enabled: set the encoder to H.264"),
    (AUDIO, MP3, "codec MP3 is not enabled: set the encoder to AAC"),
    (VIDEO, b"\x17\x00\x00\x00\x00\x01\x64", None),
])
def test_row_9_codecs_that_are_refused(people, kind, body, sentence):
    channel = Channel(people, next(CODEC_NAMES))
    with people.guest() as g:
        refusal = channel.publish(tags=[(kind, 0, body)]).ended()
        assert refusal.code == "NetStream.Publish.Rejected" and refusal.sentence
        assert sentence in (None, refusal.sentence)
        channel.await_state("offline")
        people.fence(g)
        g.absent("BROADCAST", where=lambda e: channel.name in e["data"])
    eventually(lambda: channel.vods() == [])


def test_row_9_ffmpeg_is_told_of_a_codec(people):
    channel = Channel(people, "tzsorenson")
    pusher = channel.push(arguments=("-c:v", "flv", "-c:a", "copy"))
    assert pusher.ended() != 0
    channel.await_state("offline")
    rejected = channel.server.await_log("ingest.rejected", where=lambda e: e["channel"] == channel.name)
    assert rejected["reason"] == "codec"
    eventually(lambda: channel.vods() == [])


def test_frames_that_an_encoder_left_out(people):
    """As OBS does when the network is too slow: a gap in the video, none in the sound."""
    channel = Channel(people, "tzdropped")
    tags = [t for t in PLAIN.tags() if not (t[0] == VIDEO and 700 <= t[1] < 1100)]
    channel.publish(tags=tags, speed=2)
    channel.await_live()
    channel.hls().until(lambda p: p.complete)


def test_row_9_half_of_realtime(publishers):
    channel = publishers["slow"][0]
    channel.await_note("of realtime", timeout=15)

    def half():
        health = channel.health()
        return health["state"] == "bad" and 0.35 < health["realtime"] < 0.65 and 10 < health["fps"] < 20

    eventually(half, 15)
    assert channel.state == "live"
