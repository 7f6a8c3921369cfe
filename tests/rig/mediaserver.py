"""External media servers: a real nginx with its RTMP module, and stand-ins for those that are not packaged."""
import json
import os
import shutil
import signal
import subprocess
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .http import Http
from .server import free_port
from .stream import listens
from .timing import eventually

MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
SECRET = "s3cretOfTheHooks_0123456789-abcdefghij"


def entry(name, kind, api_port, hls="https://cdn.example/hls/{slug}.m3u8", allow="127.0.0.0/8", secret=SECRET) -> str:
    """One of stream.hook_servers."""
    return f"{name}|{kind}|{secret}|{allow}|http://127.0.0.1:{api_port}|{hls}"


def hook_address(server, name, kind, event, secret=SECRET) -> str:
    return f"http://127.0.0.1:{server.port}/hooks/{kind}/{name}/{secret}/{event}"


class Nginx:
    """nginx-rtmp, one process (two where it `reloads`), with its own folder and ports; it asks `server` who may publish."""

    CONFIG = """
daemon off; {processes} worker_processes 1;
load_module {module};
error_log {folder}/error.log notice; pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
rtmp {{ server {{ listen 127.0.0.1:{port};
  application live {{ live on; idle_streams off; notify_update_timeout 2s;
    on_publish {hooks}; on_publish_done {hooks}; on_done {hooks}; on_update http://127.0.0.1:{api}/update;
    hls on; hls_path {folder}/hls; hls_fragment 1s; hls_playlist_length 6s; }}
  on_disconnect {hooks}; }} }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{api}; location /stat {{ rtmp_stat all; }} location /control {{ rtmp_control all; }}
    location = /update {{ proxy_pass {hooks}; proxy_connect_timeout 2s; proxy_read_timeout 5s;
      proxy_intercept_errors on; error_page 429 500 502 503 504 =204 @away; }}
    location @away {{ access_log {folder}/updates.log; return 204; }}
    location /hls {{ root {folder}; }} }} }}
"""

    def __init__(self, folder, name="edge", reloads=False):
        self.folder, self.name, self.reloads = Path(folder), name, reloads
        self.port, self.api = free_port(), free_port()
        self.process = None

    @staticmethod
    def missing() -> bool:
        return shutil.which("nginx", path="/usr/sbin:/usr/bin") is None or not MODULE.exists()

    @property
    def entry(self) -> str:
        return entry(self.name, "nginx", self.api, hls=f"http://127.0.0.1:{self.api}/hls/{{slug}}.m3u8")

    def start(self, server) -> "Nginx":
        (self.folder / "hls").mkdir(parents=True, exist_ok=True)
        config = self.folder / "nginx.conf"
        processes = ("user root;" if os.geteuid() == 0 else "") if self.reloads else "master_process off;"
        config.write_text(self.CONFIG.format(module=MODULE, folder=self.folder, port=self.port, api=self.api, processes=processes,
                                             hooks=hook_address(server, self.name, "nginx", "event")))
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", str(self.folder), "-c", str(config)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(lambda: listens(self.api) and listens(self.port))
        return self

    def kill(self):
        if self.process:
            # A first process ends the others when it is asked to, and leaves them when it is killed.
            self.process.send_signal(signal.SIGTERM if self.reloads else signal.SIGKILL)
            self.process.wait()
            self.process = None

    def reload(self):
        """Another process takes over; the old one stays with its publishers."""
        self.process.send_signal(signal.SIGHUP)

    def unheard(self) -> int:
        """The updates that nobody of us has taken."""
        log = self.folder / "updates.log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def published(self) -> str:
        """What its statistics say."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.api}/stat", timeout=5) as answer:
            return answer.read().decode()


class FakeApi:
    """An API that says what `answers` says, by path, and notes other requests in `asked`."""

    def __init__(self):
        self.answers, self.asked, self.down = {}, [], False
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do(self):
                path = self.path.split("?")[0]
                if self.command != "GET" or path not in fake.answers:
                    fake.asked.append((self.command, self.path))
                body = json.dumps(fake.answers.get(path, {"code": 0})).encode()
                self.send_response(503 if fake.down else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_DELETE = do

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()


class Hooks:
    """Sends hooks as a server of that kind does."""

    def __init__(self, server, name, kind):
        self.server, self.name, self.kind = server, name, kind

    def send(self, event, body, content_type, secret=SECRET):
        http = Http(self.server)
        return http.request("POST", f"/hooks/{self.kind}/{self.name}/{secret}/{event}", body=body,
                            headers={"Content-Type": content_type})

    def json(self, event, body, **kw):
        return self.send(event, json.dumps(body).encode(), "application/json", **kw)

    def form(self, event, fields, **kw):
        return self.send(event, urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded", **kw)
