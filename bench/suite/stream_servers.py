"""The servers of bench/stream_run.py: Strims with its channels, nginx-rtmp as its peer, nginx as a cache before it."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from .servers import Machine, await_port, environment, free_port

OWNER = "Streamer"
RTMP_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
SECONDS = 16        # of the clip: whole frames of video and of audio
CLIP = "720p30-1.flv"

SETTINGS = {
    "stream.channels_per_owner": 1000,
    "stream.disk_floor_bytes": 0,
    "stream.thumbnails": "false",  # nginx-rtmp makes none
    "http.auth_requests_per_minute_per_address": 0,
}


def nginx() -> str | None:
    return shutil.which("nginx") or ("/usr/sbin/nginx" if os.access("/usr/sbin/nginx", os.X_OK) else None)


def missing(wants_peer: bool) -> list[str]:
    """What is not installed that is needed."""
    out = [] if shutil.which("ffmpeg") else ["ffmpeg"]
    if not nginx():
        out.append("nginx")
    if wants_peer and not RTMP_MODULE.exists():
        out.append("libnginx-mod-rtmp")
    return out


def clip(folder: Path) -> Path:
    """What is published: 720p30, 2.5 Mb/s CBR, a keyframe every two seconds, AAC 128 kb/s. Encoded once."""
    path = folder / CLIP
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{os.getpid()}.flv"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-nostdin", "-f", "lavfi", "-i", f"testsrc2=size=1280x720:rate=30:duration={SECONDS}",
         "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={SECONDS}", "-c:v", "libx264",
         "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-bf", "2",
         "-b:v", "2500k", "-minrate", "2500k", "-maxrate", "2500k", "-bufsize", "2500k", "-x264-params", "nal-hrd=cbr",
         "-c:a", "aac", "-b:a", "128k", "-f", "flv", part], check=True)
    part.rename(path)
    return path


class Process:
    """A server in a folder of its own."""

    def __init__(self, machine: Machine):
        self.machine = machine
        self.folder = Path(tempfile.mkdtemp(prefix="strims-stream-bench-"))
        self.process = None

    def run(self, args, port: int, role, **kw):
        with open(self.folder / "log", "ab") as log:
            self.process = self.machine.popen(args, role, stdout=subprocess.DEVNULL, stderr=log, **kw)
        try:
            await_port(port, self.process)
        except SystemExit as e:
            raise SystemExit(f"{e}: {(self.folder / 'log').read_text(errors='replace')[-300:]}") from None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)  # a session of its own: Machine.popen
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        return self.process.pid


class Channels:
    """A data folder with channels, made once and copied for every server."""

    def __init__(self, machine: Machine, count: int):
        self.folder = Path(tempfile.mkdtemp(prefix="strims-stream-bench-"))
        self.count = count
        strims, env = machine.build / "strims", environment(1, SETTINGS)

        def cli(*args):
            return subprocess.run([strims, *args, "--data", self.folder], env=env, check=True, capture_output=True,
                                  stdin=subprocess.DEVNULL, text=True).stdout

        cli("user", "create", "--name", OWNER, "--password", os.urandom(16).hex(), "--role", "streamer")
        self.names = []
        for number in range(count):
            told = cli("channel", "create", "--name", f"s{number}", "--owner", OWNER)
            key = next(line.split(": ", 1)[1] for line in told.splitlines() if line.startswith("stream key: "))
            self.names.append(f"s{number}?key={key.strip()}")

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Strims(Process):
    kind = "strims"

    def __init__(self, machine: Machine, channels: Channels, shards: int, settings: dict):
        super().__init__(machine)
        self.channels, self.shards, self.settings = channels, shards, settings
        self.port, self.rtmp_port = free_port(), free_port()

    def start(self):
        data = self.folder / "data"
        shutil.copytree(self.channels.folder, data)
        env = environment(self.shards, {**SETTINGS, "stream.rtmp_listen": f"127.0.0.1:{self.rtmp_port}", **self.settings})
        self.run([self.machine.build / "strims", "serve", "--listen", f"127.0.0.1:{self.port}", "--data", data],
                 self.port, 0, env=env)
        await_port(self.rtmp_port, self.process)

    def names(self, count: int) -> list[str]:
        return self.channels.names[:count]

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.read().decode()

    def stream(self, number: int) -> dict:
        return json.loads(self.get(f"/stream/s{number}"))

    def playlist(self, number: int) -> str:
        """Its address for one more viewer, once there is enough to play."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            stream = self.stream(number)
            if stream["playback"]:
                return stream["playback"]["hls"].rsplit("/", 1)[0] + "/live.m3u8"
            time.sleep(0.1)
        raise SystemExit(f"channel s{number} does not come on: {stream}")

    def hls_requests(self) -> int:
        """Answered so far, as the server counts them."""
        return sum(int(float(line.rsplit(" ", 1)[1])) for line in self.get("/metrics").splitlines()
                   if line.startswith("http_requests_total{") and 'route="/hls/' in line)


class NginxRtmp(Process):
    """HLS of MPEG-TS and an FLV recording, one worker. HLS as long and as many as Strims has them."""
    kind = "nginx-rtmp"

    def __init__(self, machine: Machine):
        super().__init__(machine)
        self.rtmp_port = free_port()

    def start(self):
        for name in ("hls", "rec"):
            (self.folder / name).mkdir()
        config = self.folder / "nginx.conf"
        config.write_text(f"""
load_module {RTMP_MODULE};
{head(self.folder)}
rtmp {{
  server {{
    listen 127.0.0.1:{self.rtmp_port};
    chunk_size 4096;
    application live {{
      live on;
      hls on;
      hls_path {self.folder}/hls;
      hls_fragment 2s;
      hls_playlist_length 14s;
      record all;
      record_path {self.folder}/rec;
      record_unique on;
    }}
  }}
}}
""")
        self.run([nginx(), "-p", self.folder, "-c", config], self.rtmp_port, 0)

    def names(self, count: int) -> list[str]:
        return [f"s{number}" for number in range(count)]


class NginxCache(Process):
    """A CDN's part: one worker that keeps what the origin lets it keep, and asks once for many."""

    def __init__(self, machine: Machine, origin: int):
        super().__init__(machine)
        self.origin, self.port = origin, free_port()

    def start(self):
        config = self.folder / "nginx.conf"
        config.write_text(f"""
{head(self.folder)}
http {{
  access_log off;
  proxy_temp_path {self.folder}/tmp;
  proxy_cache_path {self.folder}/cache keys_zone=hls:10m max_size=1g inactive=60s use_temp_path=off;
  upstream origin {{ server 127.0.0.1:{self.origin}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{self.port};
    keepalive_requests 100000;
    location ~ ^/hls/[^/]+/(?<media>.+)$ {{  # what is kept is the same for all, whatever their grant
      proxy_cache_key $media$is_args$args;
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache hls;
      proxy_cache_lock on;
      proxy_cache_lock_timeout 10s;
      proxy_cache_lock_age 10s;
    }}
  }}
}}
""")
        self.run([nginx(), "-p", self.folder, "-c", config], self.port, 1)


def head(folder: Path) -> str:
    user = "user root;" if os.geteuid() == 0 else ""  # its folder belongs to us
    return f"""{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 8192; }}"""
