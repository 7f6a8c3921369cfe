"""Channels that stream, and ffmpeg as the program that publishes to them."""
import json
import signal
import socket
import subprocess
import threading
import time

from . import clips
from .hls import Hls
from .http import Http
from .rtmp import Publisher
from .server import free_port
from .timing import eventually, patience

PUSH_SECONDS = 10.0  # how long anything may take that a publisher sets off


def stream_settings(**more) -> dict:
    """For a server that takes streams on a port of its own. Keys of [stream] by name, others with their section."""
    settings = {"rtmp_listen": [f"127.0.0.1:{free_port()}"], "disk_floor_bytes": 0, "thumbnails": False,
                "record_min_seconds": 0, "wrong_keys_per_minute_per_address": 0, **more}
    return {key if "." in key else "stream." + key: value for key, value in settings.items()}


def rtmp_port(server) -> int:
    return int(server.settings["stream.rtmp_listen"][0].rsplit(":", 1)[1])


class Pusher:
    """ffmpeg, which sends a clip as it is and in realtime, over and over."""

    def __init__(self, port, name, clip=clips.PLAIN, arguments=("-c", "copy"), server="rtmp://127.0.0.1", within=()):
        self.process = subprocess.Popen(
            [*within, clips.ffmpeg(), "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", str(clip.path), *arguments,
             "-f", "flv", f"{server}:{port}/live/{name}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.began = time.time()
        self.said = ""

    def running(self) -> bool:
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def ended(self, timeout=PUSH_SECONDS) -> int:
        """Waits until it has gone by itself; its exit code. `said` is what it told its user."""
        try:
            self.said += self.process.communicate(timeout=patience(timeout))[1].decode(errors="replace")
        except subprocess.TimeoutExpired:
            raise AssertionError("ffmpeg still publishes") from None
        return self.process.returncode

    def stop(self):
        """As its user would: it says goodbye to the server."""
        if self.running():
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGINT)
        return self.ended()

    def kill(self):
        if self.running():
            self.process.kill()
        self.ended()


class Restarting(threading.Thread):
    """A publisher whose program starts again whenever the server is lost, as encoders do."""

    def __init__(self, port, name, clip=clips.PLAIN):
        super().__init__(daemon=True)
        self.port, self.name, self.clip = port, name, clip
        self.stopped, self.pusher, self.starts = threading.Event(), None, 0
        self.start()

    def run(self):
        while not self.stopped.is_set():
            # A program that starts in vain costs more than one look whether anybody listens.
            if listens(self.port):
                self.pusher, self.starts = Pusher(self.port, self.name, self.clip), self.starts + 1
                while self.pusher.running() and not self.stopped.wait(0.02):
                    pass
            self.stopped.wait(0.05)
        if self.pusher:
            self.pusher.stop()

    def stop(self):
        self.stopped.set()
        self.join(patience(PUSH_SECONDS))
        assert not self.is_alive()


def listens(port) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Channel:
    """A channel with its owner and its key, and the publishers that were started for it."""

    def __init__(self, people, name, owner=None):
        self.server, self.people, self.name = people.server, people, name
        self.owner = owner or people.user(role="streamer")
        clips.PLAIN.path  # encoded before anything is measured
        made = self.owner.post("/channels", {"name": name})
        assert made.status == 201, made
        self.key = made.json()["key"]
        self.pushers = []

    @property
    def port(self) -> int:
        return rtmp_port(self.server)

    # --- publishing

    def push(self, name=None, clip=clips.PLAIN, **kw) -> Pusher:
        return self.push_to(self.port, name or self.key, clip=clip, **kw)

    def push_to(self, port, name, **kw) -> Pusher:
        """By another way in."""
        pusher = Pusher(port, name, **kw)
        self.pushers.append(pusher)
        return pusher

    def publish(self, name=None, clip=clips.PLAIN, **kw) -> Publisher:
        """Our own publisher, accepted and sending."""
        publisher = self.publisher(name, clip, **kw).open()
        publisher.start()
        return publisher

    def publisher(self, name=None, clip=clips.PLAIN, **kw) -> Publisher:
        publisher = Publisher(self.port, name or self.key, clip, **kw)
        self.pushers.append(publisher)
        return publisher

    def record(self, seconds, clip=clips.PLAIN, **kw) -> dict:
        """A recording of that length, made as fast as it goes; needs a server without linger."""
        before = {vod["id"] for vod in self.vods()}
        publisher = self.publish(clip=clip, speed=0, seconds=seconds, **kw)
        assert publisher.ended() is None
        return eventually(lambda: next((v for v in self.vods() if v["id"] not in before and v["state"] == "ready"),
                                       None), PUSH_SECONDS)

    def close(self):
        """Ends all of its publishers."""
        for pusher in self.pushers:
            if isinstance(pusher, Pusher):
                pusher.kill()
            elif pusher.is_alive():
                pusher.cut()
                pusher.ended()

    # --- looking at it

    def show(self, who=None) -> dict:
        answer = (who or self.owner).get(f"/stream/{self.name}")
        assert answer.status == 200, answer
        return answer.json()

    @property
    def state(self) -> str:
        return self.show()["state"]

    def await_state(self, *states, timeout=PUSH_SECONDS) -> dict:
        def fits():
            now = self.show()
            return now if now["state"] in states else None

        try:
            return eventually(fits, timeout)
        except AssertionError as e:
            raise AssertionError(f"{self.name} is {self.state} and not {states}") from e

    def await_live(self, timeout=PUSH_SECONDS) -> dict:
        return self.await_state("live", timeout=timeout)

    def hls(self, who=None) -> Hls:
        return Hls(self.server, self.show(who)["playback"]["hls"])

    def health(self) -> dict:
        answer = self.owner.get(f"/stream/{self.name}/health")
        assert answer.status == 200, answer
        return answer.json()

    def await_note(self, words, timeout=PUSH_SECONDS) -> dict:
        """The health, once one of its sentences has these words."""
        def found():
            health = self.health()
            return health if any(words in note for note in health["notes"]) else None

        return eventually(found, timeout)

    def vods(self, who=None) -> list:
        answer = (who or self.owner).get(f"/vods?channel={self.name}&limit=100")
        assert answer.status == 200, answer
        return answer.json()["vods"]

    def await_vod(self, broadcast, state="ready", timeout=PUSH_SECONDS) -> dict:
        def found():
            answer = self.owner.get(f"/vods/{broadcast}")
            return answer.json() if answer.status == 200 and answer.json()["state"] == state else None

        try:
            return eventually(found, timeout)
        except AssertionError as e:
            raise AssertionError(f"not {state}: {self.owner.get(f'/vods/{broadcast}')}") from e

    def vod(self, vod, who=None) -> Hls:
        """A recording by the address it came with, or by one that this person is given."""
        if who is not None:
            vod = who.get(f"/vods/{vod['id']}").json()
        return Hls(self.server, vod["playback"]["hls"])

    def folder(self, vod):
        """Of a recording's files."""
        return next((self.server.data / "rec").glob(f"*/*/{vod['id']}"), None)


def told(client, channel, state, timeout=PUSH_SECONDS):
    """The chat's word that the channel is in this state now."""
    return client.expect("STREAM", channel=channel.name, state=state, timeout=timeout)


def anybody(server, path):
    return Http(server).get(path)


def patch(who, vod, **change):
    """Changes a recording."""
    return who.http.request("PATCH", f"/vods/{vod['id']}", json=change, bearer=getattr(who, "access_token", None))


def decode(source) -> str:
    """What ffmpeg complains about when it decodes all of it: nothing, if it is whole."""
    # Frames pass as they come and in their own time base: at a frame rate that it guesses, some would have one time.
    done = subprocess.run([clips.ffmpeg(), "-v", "error", "-nostdin", "-i", str(source), "-fps_mode", "passthrough",
                           "-enc_time_base", "-1", "-f", "null", "-"],
                          capture_output=True, text=True, timeout=patience(60))
    assert done.returncode == 0, done.stderr
    return done.stderr.strip()


def probe(source, *arguments) -> dict:
    """What ffprobe sees: streams by "video" and "audio"."""
    return {s["codec_type"]: s for s in ffprobe(source, "-show_streams", *arguments)["streams"]}


def first_is_key(source) -> bool:
    """Whether a decoder can begin with the first frame."""
    packets = ffprobe(source, "-select_streams", "v", "-show_packets", "-read_intervals", "%+#1")["packets"]
    return packets[0]["flags"].startswith("K")


def ffprobe(source, *arguments) -> dict:
    done = subprocess.run([clips.needed("ffprobe"), "-v", "error", "-of", "json", *arguments, str(source)],
                          capture_output=True, text=True, timeout=patience(60))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


__all__ = ["Channel", "Pusher", "Restarting", "anybody", "decode", "first_is_key", "patch", "probe", "rtmp_port",
           "stream_settings", "told"]
