"""The command line: accounts beside a running server, migrations, configuration."""
import os
import sqlite3

import pytest
from rig.http import Http
from rig.people import People
from rig.server import Server, StartFailed


@pytest.fixture(scope="module")
def server(make_server):
    return make_server()


@pytest.fixture
def idle(tmp_path):
    """A data folder without a server."""
    return Server(tmp_path)


@pytest.mark.smoke
def test_user_create_beside_a_running_server(server, people):
    people.admin
    done = server.create_user("Tzcreated", "correct horse", "moderator", features=["vip"])
    assert "Tzcreated" in done.stdout and "moderator" in done.stdout
    login = Http(server).post("/auth/login", {"username": "Tzcreated", "password": "correct horse"})
    assert login.status == 200 and login.json()["user"]["role"] == "moderator"
    from rig.ws import WsClient
    with WsClient(server, cookie="sid=" + login.cookie("sid")) as c:
        assert set(c.expect("ME")["features"]) == {"moderator", "vip"}


def test_user_create_reads_the_password_from_standard_input(server, people):
    people.admin
    server.cli("user", "create", "--data", str(server.data), "--name", "Tzstdin", stdin="a secret horse\n")
    assert Http(server).post("/auth/login", {"username": "Tzstdin", "password": "a secret horse"}).status == 200


def test_first_account_is_the_administrator(idle):
    assert "admin" in idle.cli("user", "create", "--data", str(idle.data), "--name", "Tzfirst", "--password",
                               "correct horse").stdout
    assert "admin" not in idle.cli("user", "create", "--data", str(idle.data), "--name", "Tzsecond", "--password",
                                   "correct horse").stdout
    listed = idle.cli("user", "list", "--data", str(idle.data)).stdout
    assert [line.split("\t")[1:3] for line in listed.splitlines()] == [["Tzfirst", "admin"], ["Tzsecond", "user"]]


@pytest.mark.parametrize("args, word", [
    (["--name", "Tz", "--password", "correct horse"], "nick"),
    (["--name", "Tzfine", "--password", "short"], "password"),
    (["--name", "Tzfine", "--password", "correct horse", "--role", "king"], "role"),
    (["--name", "Tzfine", "--password", "correct horse", "--feature", "admin"], "given"),
])
def test_user_create_refuses(idle, args, word):
    done = idle.cli("user", "create", "--data", str(idle.data), *args, check=False)
    assert done.returncode != 0 and word in done.stderr.lower() and "Tzfine" not in done.stdout


def test_taken_name_is_refused(idle):
    idle.create_user("Tztaken")
    done = idle.cli("user", "create", "--data", str(idle.data), "--name", "tzTAKEN", "--password", "correct horse",
                    check=False)
    assert done.returncode == 1 and "taken" in done.stderr


def test_user_set_and_password(server, people):
    ada = people.user()
    server.cli("user", "set", "--data", str(server.data), "--name", ada.nick, "--role", "streamer")
    assert ada.get("/users/me").json()["role"] == "streamer"
    server.cli("user", "password", "--data", str(server.data), "--name", ada.nick, "--password", "another horse")
    assert ada.get("/users/me").status == 401, "all logins have ended"
    assert Http(server).post("/auth/login", {"username": ada.nick, "password": "another horse"}).status == 200
    done = server.cli("user", "set", "--data", str(server.data), "--name", "NobodyHere", "--role", "user", check=False)
    assert done.returncode == 1 and "NobodyHere" in done.stderr


def test_login_key_on_the_command_line(server, people):
    ada = people.user()
    key = server.login_key(ada.nick)
    assert len(key) >= 32 and key.isalnum()
    from rig.ws import WsClient
    with WsClient(server, cookie="authtoken=" + key) as c:
        assert c.expect("ME")["nick"] == ada.nick


def test_rotated_signing_key_keeps_old_tokens_good(server, people):
    ada = people.user()
    assert "key" in server.cli("token", "rotate-key", "--data", str(server.data)).stdout
    import signal
    server.signal(signal.SIGHUP)
    server.await_log("server.reloaded")
    assert ada.get("/users/me").status == 200
    fresh = ada.another_login()
    assert fresh.get("/users/me").status == 200
    keys = Http(server).get("/.well-known/jwks.json").json()["keys"]
    assert len(keys) == 2 and all("d" not in key for key in keys), "public halves only"


@pytest.mark.smoke
def test_migrate(idle):
    pending = idle.cli("migrate", "status", "--data", str(idle.data)).stdout.splitlines()
    assert pending and all("pending" in line for line in pending)
    assert idle.cli("migrate", "verify", "--data", str(idle.data), check=False).returncode == 1
    assert str(len(pending)) in idle.cli("migrate", "up", "--data", str(idle.data)).stdout
    applied = idle.cli("migrate", "status", "--data", str(idle.data)).stdout
    assert "pending" not in applied
    assert idle.cli("migrate", "verify", "--data", str(idle.data)).returncode == 0
    assert idle.cli("migrate", "up", "--data", str(idle.data)).stdout.startswith("0 ")


def test_server_refuses_a_database_of_the_future(own_server):
    server = own_server()
    server.stop()
    db = sqlite3.connect(server.data / "strims.db")
    table = next(name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE name LIKE '%migration%'"))
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    row = dict(zip(columns, db.execute(f"SELECT * FROM {table} ORDER BY version DESC").fetchone()))
    row["version"] = 9999
    db.execute(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})",
               [row[c] for c in columns])
    db.commit()
    db.close()
    with pytest.raises(StartFailed) as failed:
        server.start()
    assert "strims:" in str(failed.value)
    text = server.log_text()
    server.log_path.write_text("".join(l + "\n" for l in text.splitlines() if l.startswith("{")))


@pytest.mark.smoke
def test_config_default_is_good_and_complete(idle, tmp_path):
    default = idle.cli("config", "default").stdout
    file = tmp_path / "default.toml"
    file.write_text(default)
    assert "good" in idle.cli("config", "check", "--config", str(file)).stdout
    import tomllib
    keys = tomllib.loads(default)
    assert keys["chat"]["throttle_base_ms"] == 300 and keys["ws"]["max_message_bytes"] == 6656
    assert "throttle_base_ms" in idle.cli("config", "docs").stdout


@pytest.mark.smoke
@pytest.mark.parametrize("text, words", [
    ("[chat]\nthrottle_base = 300\n", ["chat.throttle_base", "throttle_base_ms"]),
    ("[chatt]\nx = 1\n", ["chatt"]),
    ("[chat]\nthrottle_base_ms = \"fast\"\n", ["chat.throttle_base_ms"]),
    ("[chat]\nthrottle_base_ms = -1\n", ["chat.throttle_base_ms", "60000"]),
    ("[chat\n", ["bad.toml"]),
    ("[chat]\npoll_min_ms = 600000\npoll_max_ms = 5000\n", ["poll_m"]),
])
def test_wrong_configuration_is_refused_with_a_clear_message(idle, tmp_path, text, words):
    file = tmp_path / "bad.toml"
    file.write_text(text)
    for args in (["config", "check"], ["serve", "--listen", "127.0.0.1:0", "--data", str(idle.data)]):
        done = idle.cli(*args, "--config", str(file), check=False)
        assert done.returncode != 0
        for word in words:
            assert word in done.stderr, done.stderr


def test_unknown_variables_of_the_environment_are_refused(tmp_path):
    server = Server(tmp_path, {"chat.throttle_bas_ms": 300})
    with pytest.raises(StartFailed) as failed:
        server.start()
    assert "STRIMS_CHAT__THROTTLE_BASE_MS" in str(failed.value), "with the one that was meant"
    with pytest.raises(StartFailed) as failed:
        Server(tmp_path, {"auth.strims_jwt_secret": "hush", "chat.throttle_base_ms": "hush"}).start()
    assert "THROTTLE_BASE_MS" in str(failed.value)


def test_flags_win_over_environment_which_wins_over_the_file(own_server, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('[chat]\nmax_message_runes = 10\nmax_connections_per_user = 1\n'
                    '[server]\nlisten = ["127.0.0.1:1"]\n')
    people = People(own_server({"chat.max_message_runes": 20}, config_file=file))
    with people.user().connect() as c:
        c.say("x" * 20)
        c.expect("MSG")
        c.say("x" * 21)
        c.expect_err("invalidmsg")
        second = c.person.connect(welcome=False)
        second.expect_err("toomanyconnections")
        second.close()


def test_usage(idle):
    for args in ([], ["nonsense"], ["user"], ["serve", "--nonsense"]):
        done = idle.cli(*args, check=False)
        assert done.returncode != 0 and done.stderr + done.stdout
    assert idle.cli("--help").returncode == 0
    version = idle.cli("--version").stdout.strip()
    assert version and version[0].isdigit()


def test_second_server_on_the_same_data_is_refused(server, people):
    people.admin
    done = server.cli("serve", "--listen", "127.0.0.1:0", "--data", str(server.data), check=False)
    assert done.returncode == 1 and "ready" not in done.stdout
    assert f"process {server.pid}" in done.stderr and "strims.db.lock" in done.stderr


def test_second_server_on_the_same_port_is_refused(server, people, idle):
    people.admin
    done = server.cli("serve", "--listen", f"127.0.0.1:{server.port}", "--data", str(idle.data), check=False)
    assert done.returncode == 1 and "ready" not in done.stdout
    assert f"127.0.0.1:{server.port}" in done.stderr and "in use" in done.stderr


def test_a_file_that_is_no_database_is_named(idle):
    idle.data.mkdir()
    (idle.data / "strims.db").write_text("no database at all, but long enough to look at" * 20)
    for args in (["serve", "--listen", "127.0.0.1:0"], ["user", "list"]):
        done = idle.cli(*args, "--data", str(idle.data), check=False)
        assert done.returncode == 1 and str(idle.data / "strims.db") in done.stderr


def test_a_folder_that_was_there_keeps_its_rights(tmp_path):
    server = Server(tmp_path)
    server.data.mkdir()
    server.data.chmod(0o755)
    server.cli("migrate", "up", "--data", str(server.data))
    assert os.stat(server.data).st_mode & 0o777 == 0o755
    assert os.stat(server.data / "strims.db").st_mode & 0o007 == 0, "the rest of the world reads no hashes"


def test_data_folder_is_private(server, people):
    people.admin
    mode = os.stat(server.data).st_mode & 0o777
    assert mode == 0o700
    for path in (server.data / "keys").iterdir():
        assert os.stat(path).st_mode & 0o077 == 0, path
