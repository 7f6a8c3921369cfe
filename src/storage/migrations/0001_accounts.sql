-- Accounts: people, their logins and tokens, what is kept beside an account.
-- Times are milliseconds since the Unix epoch. Secrets are stored as lower-case hex SHA-256 only.

CREATE TABLE users (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  nick          TEXT    NOT NULL,                    -- as displayed
  nick_lower    TEXT    NOT NULL UNIQUE,             -- ASCII lower case: how names are looked up
  skeleton      TEXT    NOT NULL UNIQUE,             -- look-alikes share it
  password_hash TEXT    NOT NULL DEFAULT '',         -- argon2id; '' means: no password, no login
  role          TEXT    NOT NULL CHECK (role IN ('user', 'streamer', 'moderator', 'admin')),
  features      TEXT    NOT NULL DEFAULT '[]',       -- JSON array of words
  grants        TEXT    NOT NULL DEFAULT '[]',       -- JSON array of words
  can_chat      INTEGER NOT NULL DEFAULT 1 CHECK (can_chat IN (0, 1)),
  created_at    INTEGER NOT NULL,
  bio           TEXT    NOT NULL DEFAULT '',
  gender        TEXT    NOT NULL DEFAULT '',
  age           TEXT    NOT NULL DEFAULT '',
  deleted       INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;
CREATE INDEX users_role ON users (role) WHERE role <> 'user';

-- Facts about the whole site. 'first_account' is claimed by the transaction that creates the first
-- account, so two first registrations at once can make one administrator only, on any database.
-- 'rights' is touched by every change of rights: a row lock that makes "the last admin" one question.
CREATE TABLE site_marks (
  name TEXT    PRIMARY KEY,
  at   INTEGER NOT NULL
) STRICT;
INSERT INTO site_marks (name, at) VALUES ('rights', 0);

-- One row per login (a device). Its access tokens, refresh tokens, sid cookie and sockets end with it.
CREATE TABLE logins (
  id         TEXT    PRIMARY KEY,                    -- random; part of access tokens
  user_id    INTEGER NOT NULL REFERENCES users (id),
  sid_hash   TEXT    NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL,                       -- slides the expiry of the sid
  address    TEXT    NOT NULL,
  user_agent TEXT    NOT NULL,
  ended_at   INTEGER                                 -- NULL while it lives
) STRICT;
CREATE INDEX logins_user ON logins (user_id, last_seen);
CREATE INDEX logins_last_seen ON logins (last_seen);

-- Used tokens stay for a while: one that comes back means that somebody copied it.
CREATE TABLE refresh_tokens (
  hash       TEXT    PRIMARY KEY,
  login_id   TEXT    NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
  issued_at  INTEGER NOT NULL,
  used_at    INTEGER,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX refresh_tokens_login ON refresh_tokens (login_id, issued_at);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

-- Keys for bots: no expiry, at most five per account.
CREATE TABLE login_keys (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  hash       TEXT    NOT NULL UNIQUE,
  user_id    INTEGER NOT NULL REFERENCES users (id),
  name       TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  last_used  INTEGER                                 -- NULL: never
) STRICT;
CREATE INDEX login_keys_user ON login_keys (user_id);

-- The last three addresses of an account, in the unit that a ban covers (IPv4, or the /64 of IPv6).
CREATE TABLE user_addresses (
  user_id   INTEGER NOT NULL REFERENCES users (id),
  address   TEXT    NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (user_id, address)
) STRICT;
CREATE INDEX user_addresses_address ON user_addresses (address);

-- The chat client's own settings: opaque text of at most 65,535 characters.
CREATE TABLE chat_settings (
  user_id    INTEGER PRIMARY KEY REFERENCES users (id),
  text       TEXT    NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
