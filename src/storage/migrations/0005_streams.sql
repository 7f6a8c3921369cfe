-- Channels that stream, their broadcasts and what is kept of those. Times are milliseconds since 1970 (UTC).

INSERT INTO site_marks (name, at) VALUES ('channels', 0);  -- changed by whoever makes a channel: one after the other

-- Beside the row of `channels`, which is every channel's name and journal.
CREATE TABLE stream_channels (
  channel INTEGER NOT NULL PRIMARY KEY REFERENCES channels (id),
  owner INTEGER NOT NULL REFERENCES users (id),
  title TEXT NOT NULL DEFAULT '',
  category TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]',          -- JSON array of words
  language TEXT NOT NULL DEFAULT '',
  mature INTEGER NOT NULL DEFAULT 0 CHECK (mature IN (0, 1)),
  visibility TEXT NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'private', 'subscribers')),
  record INTEGER NOT NULL DEFAULT 1 CHECK (record IN (0, 1)),
  key_hash TEXT NOT NULL UNIQUE,            -- lower-case hex SHA-256
  key_changed_at INTEGER NOT NULL,
  keep_days INTEGER NOT NULL DEFAULT 0,     -- 0 in these: no bound
  keep_bytes INTEGER NOT NULL DEFAULT 0,
  keep_last_n INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX stream_channels_owner ON stream_channels (owner, channel);

CREATE TABLE broadcasts (
  id INTEGER NOT NULL PRIMARY KEY,          -- grows with time
  channel INTEGER NOT NULL REFERENCES stream_channels (channel),
  state TEXT NOT NULL CHECK (state IN ('armed', 'starting', 'live', 'interrupted', 'ended')),
  armed INTEGER NOT NULL CHECK (armed IN (0, 1)),  -- by its owner, before anything came
  steps INTEGER NOT NULL,                   -- rows in broadcast_events
  session INTEGER NOT NULL,                 -- the last publisher's
  title TEXT NOT NULL,
  category TEXT NOT NULL,
  tags TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL DEFAULT 0,    -- of the first frame; 0: was never live
  last_media_at INTEGER NOT NULL DEFAULT 0, -- of the last frame known
  ended_at INTEGER NOT NULL DEFAULT 0,      -- of the last frame
  closed_at INTEGER NOT NULL DEFAULT 0,     -- when it was found to be over
  end_reason TEXT,
  peak_viewers INTEGER NOT NULL DEFAULT 0,
  latency_ms INTEGER NOT NULL DEFAULT 0     -- how far viewers are behind, the median; 0: not known
) STRICT;
CREATE UNIQUE INDEX broadcasts_open ON broadcasts (channel) WHERE state <> 'ended';
CREATE INDEX broadcasts_of_channel ON broadcasts (channel, id);

-- Every transition, in order. Rows are only added.
CREATE TABLE broadcast_events (
  broadcast INTEGER NOT NULL REFERENCES broadcasts (id),
  step INTEGER NOT NULL,                    -- 1, 2, ... of this broadcast
  at INTEGER NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  reason TEXT NOT NULL,
  session INTEGER NOT NULL,
  PRIMARY KEY (broadcast, step)
) STRICT;

-- only sqlite
CREATE TRIGGER broadcast_events_keep BEFORE UPDATE ON broadcast_events
BEGIN
  SELECT RAISE(ABORT, 'broadcast_events is append-only');
END;
CREATE TRIGGER broadcast_events_stay BEFORE DELETE ON broadcast_events
BEGIN
  SELECT RAISE(ABORT, 'broadcast_events is append-only');
END;
-- end only
-- only postgres
CREATE FUNCTION broadcast_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'broadcast_events is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER broadcast_events_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON broadcast_events
  FOR EACH STATEMENT EXECUTE FUNCTION broadcast_events_refuse();
-- end only

-- The outbox: written with the transition, told once.
CREATE TABLE announcements (
  broadcast INTEGER NOT NULL REFERENCES broadcasts (id),
  kind TEXT NOT NULL CHECK (kind IN ('live', 'ended')),
  at INTEGER NOT NULL,
  told_at INTEGER,
  PRIMARY KEY (broadcast, kind)
) STRICT;
CREATE INDEX announcements_waiting ON announcements (at) WHERE told_at IS NULL;

CREATE TABLE broadcast_viewers (
  broadcast INTEGER NOT NULL REFERENCES broadcasts (id),
  minute INTEGER NOT NULL,                  -- since 1970
  viewers INTEGER NOT NULL,                 -- most within it
  PRIMARY KEY (broadcast, minute)
) STRICT;

CREATE TABLE recordings (
  broadcast INTEGER NOT NULL PRIMARY KEY REFERENCES broadcasts (id),
  channel INTEGER NOT NULL REFERENCES stream_channels (channel),
  state TEXT NOT NULL
    CHECK (state IN ('pending', 'recording', 'finalizing', 'ready', 'failed', 'deleting')),
  reason TEXT NOT NULL DEFAULT '',          -- of failed
  degraded INTEGER NOT NULL DEFAULT 0 CHECK (degraded IN (0, 1)),
  gaps TEXT NOT NULL DEFAULT '[]',          -- JSON: [[from, to], ...] in wall time
  bytes INTEGER NOT NULL DEFAULT 0,
  duration_ms INTEGER NOT NULL DEFAULT 0,
  folder TEXT NOT NULL,                     -- below the data folder
  poster INTEGER NOT NULL DEFAULT 0 CHECK (poster IN (0, 1)),
  pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'private', 'subscribers')),
  recovered INTEGER NOT NULL DEFAULT 0 CHECK (recovered IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX recordings_of_channel ON recordings (channel, broadcast);
CREATE INDEX recordings_unfinished ON recordings (state) WHERE state <> 'ready';
