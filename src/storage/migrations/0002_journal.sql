-- The journal and what follows from it. Times are milliseconds since 1970 (UTC). Users are named by plain
-- numbers and by the nick of that moment: an entry outlives the account that wrote it.

CREATE TABLE channels (
  id INTEGER NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  last_seq INTEGER NOT NULL DEFAULT 0,  -- counter of the journal; its row lock makes one order for all nodes
  created_at INTEGER NOT NULL
) STRICT;

INSERT INTO channels (id, slug, last_seq, created_at) VALUES (1, 'main', 0, 0);

-- One row per entry (model/entry.h). Rows are only added; `deleted_by` alone is set later, by a tombstone.
-- Ids grow with time, so as the row's key they keep inserts at the table's end.
CREATE TABLE entries (
  id INTEGER NOT NULL PRIMARY KEY,
  channel INTEGER NOT NULL REFERENCES channels (id),
  seq INTEGER NOT NULL CHECK (seq > 0),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor_id INTEGER NOT NULL,
  actor_nick TEXT NOT NULL,
  actor_features TEXT NOT NULL,  -- words separated by commas
  actor_roles TEXT NOT NULL,
  actor_created_at INTEGER NOT NULL,
  target_id INTEGER NOT NULL,
  target_nick TEXT NOT NULL,
  target_entry INTEGER NOT NULL,
  text TEXT NOT NULL,
  number INTEGER NOT NULL,
  flag INTEGER NOT NULL,
  uuid TEXT NOT NULL,
  extra TEXT NOT NULL,           -- JSON object or empty
  nonce TEXT NOT NULL,
  deleted_by INTEGER,            -- id of the tombstone
  UNIQUE (channel, seq)
) STRICT;

-- All that is no message, in order: the record of a channel without its talk.
CREATE INDEX entries_besides_messages ON entries (channel, seq) WHERE kind <> 'message';
CREATE INDEX entries_by_actor ON entries (actor_id, channel, seq) WHERE kind = 'message';
-- What senders called their messages, for the ten minutes in which a repeated send is recognised.
CREATE INDEX entries_by_nonce ON entries (at) WHERE nonce <> '';

CREATE TABLE mutes (
  channel INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  nick TEXT NOT NULL,
  until_at INTEGER NOT NULL,
  by_id INTEGER NOT NULL,
  by_nick TEXT NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY (channel, user_id)
) STRICT;

-- A ban is one row for the user (address empty) and one for each address unit: a whole IPv4 address or the /64
-- of an IPv6 one. Ended and lifted rows stay as the record.
CREATE TABLE bans (
  id INTEGER NOT NULL,           -- of the ban entry
  channel INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  nick TEXT NOT NULL,
  address TEXT NOT NULL,
  reason TEXT NOT NULL,
  start_at INTEGER NOT NULL,
  end_at INTEGER,                -- NULL: permanent
  by_id INTEGER NOT NULL,
  by_nick TEXT NOT NULL,
  lifted_at INTEGER,
  lifted_by_id INTEGER,
  lifted_by_nick TEXT,
  PRIMARY KEY (id, address)
) STRICT;

CREATE INDEX bans_by_user ON bans (channel, user_id) WHERE lifted_at IS NULL;
CREATE INDEX bans_by_address ON bans (channel, address) WHERE lifted_at IS NULL AND address <> '';

CREATE TABLE phrases (
  channel INTEGER NOT NULL,
  phrase TEXT NOT NULL,
  by_id INTEGER NOT NULL,
  by_nick TEXT NOT NULL,
  at INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY (channel, phrase)
) STRICT;

CREATE TABLE channel_state (
  channel INTEGER NOT NULL PRIMARY KEY,
  subonly_tier INTEGER NOT NULL DEFAULT 0,
  pin_entry INTEGER NOT NULL DEFAULT 0,     -- 0 in these: none
  poll_entry INTEGER NOT NULL DEFAULT 0,
  stream_entry INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE paid_events (
  channel INTEGER NOT NULL,
  uuid TEXT NOT NULL,
  entry INTEGER NOT NULL,
  at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  removed_at INTEGER,
  PRIMARY KEY (channel, uuid)
) STRICT;

CREATE INDEX paid_events_by_end ON paid_events (channel, expires_at);

CREATE TABLE moderation_log (
  id INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  channel INTEGER NOT NULL,      -- 0: the whole site
  actor_id INTEGER NOT NULL,
  actor_nick TEXT NOT NULL,
  action TEXT NOT NULL,
  target_id INTEGER NOT NULL,
  target_nick TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,          -- JSON object or empty
  entry INTEGER NOT NULL         -- 0: no entry
) STRICT;

CREATE INDEX moderation_log_by_actor ON moderation_log (actor_id, id);
CREATE INDEX moderation_log_by_target ON moderation_log (target_id, id);

-- only sqlite
CREATE TRIGGER moderation_log_keeps BEFORE UPDATE ON moderation_log
BEGIN
  SELECT RAISE(ABORT, 'moderation_log is append-only');
END;
CREATE TRIGGER moderation_log_stays BEFORE DELETE ON moderation_log
BEGIN
  SELECT RAISE(ABORT, 'moderation_log is append-only');
END;
-- end only
-- only postgres
CREATE FUNCTION moderation_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'moderation_log is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER moderation_log_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON moderation_log
  FOR EACH STATEMENT EXECUTE FUNCTION moderation_log_refuse();
-- end only
