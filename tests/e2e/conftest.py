"""Servers for the tests. A module asks for `make_server` once and shares what it gets."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rig.people import People  # noqa: E402
from rig.server import Server, logs_of_all  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "smoke: a quick choice of tests, for builds with sanitizers")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """What failed elsewhere is explained by what the servers wrote."""
    report = (yield).get_result()
    if report.failed:
        report.sections += [(f"log of {folder}", text) for folder, text in logs_of_all()]


def _maker(folder_of):
    servers = []

    def make(settings=None, start=True, **kw):
        server = Server(folder_of(f"server{len(servers)}"), settings, **kw)
        servers.append(server)
        return server.start() if start else server

    def finish():
        troubles = []
        for server in servers:
            if server.process is not None:
                died = server.process.poll()
                code = server.stop()
                if code != 0:
                    troubles.append(f"exit code {code}{' before it was stopped' if died is not None else ''}:\n"
                                    + server.log_text()[-3000:])
            try:
                server.check_log()
            except (AssertionError, ValueError) as e:
                troubles.append(str(e))
        assert not troubles, "\n".join(troubles)

    return make, finish


@pytest.fixture(scope="module")
def make_server(tmp_path_factory):
    """Servers that live as long as the module. They must end well: exit code 0, a readable log, no sanitizer."""
    make, finish = _maker(lambda name: tmp_path_factory.mktemp(name))
    yield make
    finish()


@pytest.fixture
def own_server(tmp_path_factory):
    """The same for one test, which may stop, kill and restart them."""
    make, finish = _maker(lambda name: tmp_path_factory.mktemp(name))
    yield make
    finish()


@pytest.fixture(scope="module")
def people(server):
    return People(server)
