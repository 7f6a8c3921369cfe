"""A network of its own, which can be unplugged: a namespace at the other end of a pair of virtual cards."""
import os
import subprocess


def may_make_networks() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0


class Cable:
    """The programs that are run `within` reach this machine at `address`, until it is unplugged."""

    def __init__(self, number=0):
        self.name = f"strims{os.getpid()}-{number}"
        self.card, far = f"sv{os.getpid() % 100000}h{number}", f"sv{os.getpid() % 100000}f{number}"
        net = f"10.213.{os.getpid() % 250}"
        self.address = f"{net}.{number * 4 + 1}"
        self.within = ("ip", "netns", "exec", self.name)
        ip("netns", "add", self.name)
        try:
            ip("link", "add", self.card, "type", "veth", "peer", "name", far, "netns", self.name)
            ip("addr", "add", f"{self.address}/30", "dev", self.card)
            ip("link", "set", self.card, "up")
            ip("-n", self.name, "addr", "add", f"{net}.{number * 4 + 2}/30", "dev", far)
            ip("-n", self.name, "link", "set", far, "up")
        except BaseException:
            self.remove()
            raise

    def unplug(self):
        ip("link", "set", self.card, "down")

    def plug(self):
        ip("link", "set", self.card, "up")

    def remove(self):
        ip("netns", "del", self.name)  # and the cards with it


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
