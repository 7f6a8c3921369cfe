"""Chat over TLS by the program itself."""
import hashlib
import os
import signal
import ssl

import pytest
from rig.http import Http, open_socket
from rig.server import free_port
from rig.timing import eventually
from rig.tls import client_context, make_certificate
from rig.ws import WsClient


@pytest.fixture
def tls(own_server, tmp_path):
    cert, key = make_certificate(tmp_path, "first")
    port = free_port()
    server = own_server({"tls.cert": cert, "tls.key": key, "tls.listen": [f"127.0.0.1:{port}"]}, start=False)
    # An address of `listen` without TLS may be the one that is announced; the tests know both ports.
    server.start()
    server.tls_port = port if server.scheme == "http" else server.port
    return server, tmp_path


def serving_certificate(port):
    pem = ssl.get_server_certificate(("127.0.0.1", port))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()



@pytest.mark.smoke
def test_chat_over_tls(tls):
    server, folder = tls
    context = client_context(folder / "cert.pem")
    http = Http(server, tls=context, port=server.tls_port)
    server.create_user("Tzadmin", "correct horse", "admin")
    login = http.post("/auth/login", {"username": "Tzadmin", "password": "correct horse"})
    assert login.status == 200
    assert "Secure" in login.headers_named("set-cookie")[0]
    cookie = "sid=" + login.cookie("sid")
    with WsClient(server, tls=context, port=server.tls_port, cookie=cookie) as c:
        c.welcome()
        assert c.me["nick"] == "Tzadmin"
        text = "over TLS " + "x" * 400
        for n in range(50):
            c.say(f"{n} {text}", nonce=f"t{n}")
        for n in range(50):
            c.expect("ACK", nonce=f"t{n}", timeout=10)
    page = http.get("/")
    assert page.status == 200
    history = http.get("/api/chat/history")
    assert len(history.body) > 20000 and "49 over TLS" in history.text


def test_sighup_loads_a_new_certificate_and_disturbs_nobody(tls):
    server, folder = tls
    old = client_context(folder / "cert.pem")
    first = serving_certificate(server.tls_port)
    with WsClient(server, tls=old, port=server.tls_port) as c:
        c.welcome()
        make_certificate(folder, "second")
        server.signal(signal.SIGHUP)
        server.await_log("server.reloaded")
        eventually(lambda: serving_certificate(server.tls_port) != first, 5)
        c.fence()
        with WsClient(server, tls=client_context(folder / "cert.pem"), port=server.tls_port) as d:
            d.welcome()
        (folder / "cert.pem").write_text("broken")
        server.signal(signal.SIGHUP)
        server.await_log("tls.reload_failed")
        assert serving_certificate(server.tls_port) != first, "the good one stays"
        c.fence()


def test_old_protocols_and_plain_text_are_refused(tls):
    server, _ = tls
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, OSError)):
        old.wrap_socket(open_socket(server.tls_port), server_hostname="localhost")
    with open_socket(server.tls_port) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            got = s.recv(1000)
        except ConnectionResetError:
            got = b""
        assert not got.startswith(b"HTTP/1.1 200")
    with open_socket(server.tls_port) as s:
        s.sendall(os.urandom(300))
        s.close()
    WsClient(server, tls=client_context(tls[1] / "cert.pem"), port=server.tls_port).welcome().close()


def test_planned_stop_over_tls(tls):
    server, folder = tls
    c = WsClient(server, tls=client_context(folder / "cert.pem"), port=server.tls_port).welcome()
    server.signal(signal.SIGTERM)
    assert c.expect_closed(timeout=10).code == 1001
    assert server.wait() == 0


def test_missing_certificate_is_said_at_the_start(own_server, tmp_path):
    from rig.server import StartFailed
    server = own_server({"tls.cert": tmp_path / "none.pem", "tls.key": tmp_path / "none.key"}, start=False)
    with pytest.raises(StartFailed) as failed:
        server.start()
    assert "none.pem" in str(failed.value)
    server.log_path.unlink()
