-- Who is in a channel's room. Written behind, about once a second; read at the start only, to know who comes back.
-- Users are plain numbers as in the journal's tables.

CREATE TABLE presence (
  channel INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  PRIMARY KEY (channel, user_id)
) STRICT;
