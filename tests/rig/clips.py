"""Pictures and sound to stream: encoded once with ffmpeg, kept beside the builds, pushed as they are ever after."""
import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest

from .server import ROOT

FOLDER = Path(os.environ.get("STRIMS_TEST_CLIPS", ROOT / "build/test-clips"))
VERSION = 1  # of what is below: another one is encoded anew

AUDIO, VIDEO, DATA = 8, 9, 18
FRAMES_PER_SECOND = 30


class Clip:
    def __init__(self, name, seconds, size="640x360", gop_seconds=2, b_frames=0, sample_rate=48000):
        self.name, self.seconds, self.size = name, seconds, size
        self.gop_seconds, self.b_frames, self.sample_rate = gop_seconds, b_frames, sample_rate
        self.width, self.height = (int(n) for n in size.split("x"))

    @property
    def path(self) -> Path:
        path = FOLDER / f"{self.name}-{VERSION}.flv"
        if not path.exists():
            self._encode(path)
        return path

    def _encode(self, path):
        gop = str(self.gop_seconds * FRAMES_PER_SECOND)
        picture = f"testsrc2=size={self.size}:rate={FRAMES_PER_SECOND}:duration={self.seconds}"
        sound = f"sine=frequency=440:sample_rate={self.sample_rate}:duration={self.seconds}"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = tempfile.NamedTemporaryFile(dir=path.parent, suffix=".flv", delete=False)
        part.close()
        subprocess.run(
            [ffmpeg(), "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound,
             "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", gop, "-keyint_min", gop,
             "-sc_threshold", "0", "-bf", str(self.b_frames), "-b:v", "400k", "-maxrate", "500k", "-bufsize", "500k",
             "-c:a", "aac", "-b:a", "64k", "-f", "flv", part.name],
            check=True, stdin=subprocess.DEVNULL)
        os.replace(part.name, path)  # another run may be at it, too

    def tags(self) -> list:
        """(kind, milliseconds, body) of everything in it, in order."""
        data = self.path.read_bytes()
        at, out = 13, []
        while at + 11 <= len(data):
            kind, size, time, high = data[at], *(int.from_bytes(data[at + i:at + i + n], "big")
                                                 for i, n in ((1, 3), (4, 3), (7, 1)))
            out.append((kind, high << 24 | time, data[at + 11:at + 11 + size]))
            at += 11 + size + 4
        return out


PLAIN = Clip("plain", 30)
SMALL = Clip("small", 6, size="320x180")
LONG_GOP = Clip("gop10x2", 20, size="320x180", gop_seconds=10)  # the same interval where it begins anew
B_FRAMES = Clip("bframes", 10, size="320x180", b_frames=3)
CD_SOUND = Clip("cd", 10, size="320x180", sample_rate=44100)


def is_keyframe(kind, body) -> bool:
    return kind == VIDEO and len(body) > 1 and body[0] == 0x17 and body[1] == 1


def padded(body, size) -> bytes:
    """The same frame, made larger by a filler unit (H.264 section 7.4.2.7), which decoders skip."""
    return body + struct.pack(">IB", size, 12) + b"\xff" * (size - 2) + b"\x80"


def ffmpeg() -> str:
    return needed("ffmpeg")


def needed(program) -> str:
    found = shutil.which(program)
    if not found:
        pytest.skip(f"{program} is not installed")
    return found
