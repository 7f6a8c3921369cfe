-- Private messages between two accounts. Ids grow with time and are what clients page by.

CREATE TABLE whispers (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  from_id             INTEGER NOT NULL REFERENCES users (id),
  to_id               INTEGER NOT NULL REFERENCES users (id),
  text                TEXT    NOT NULL,
  at                  INTEGER NOT NULL,
  is_read             INTEGER NOT NULL DEFAULT 0 CHECK (is_read IN (0, 1)),
  deleted_by_sender   INTEGER NOT NULL DEFAULT 0 CHECK (deleted_by_sender IN (0, 1)),
  deleted_by_receiver INTEGER NOT NULL DEFAULT 0 CHECK (deleted_by_receiver IN (0, 1))
) STRICT;
CREATE INDEX whispers_sent ON whispers (from_id, to_id, id);
CREATE INDEX whispers_received ON whispers (to_id, from_id, id);
CREATE INDEX whispers_sent_at ON whispers (from_id, at);
CREATE INDEX whispers_received_at ON whispers (to_id, at);
CREATE INDEX whispers_unread ON whispers (to_id, from_id, id) WHERE is_read = 0;
