-- What a server has sent to, received from and knows of the other servers.

-- One row for each peer that anything was ever sent to: the state of the line
-- from us to them. The outgoing order is counted here.
CREATE TABLE mailbox_lines (
  peer TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  firm_at BIGINT NOT NULL,
  tried_at BIGINT NOT NULL,
  ok_at BIGINT NOT NULL,
  error_key TEXT NOT NULL,
  error_status BIGINT NOT NULL,
  paused BOOLEAN NOT NULL,
  paused_reason TEXT NOT NULL,
  lease TEXT NOT NULL,
  lease_at BIGINT NOT NULL,
  CONSTRAINT mailbox_lines_pk PRIMARY KEY (peer)
);

-- One row for each peer that was ever heard of: when, and which of its numbers.
-- Not part of the line, so that receiving never waits for sending.
CREATE TABLE mailbox_heard (
  peer TEXT NOT NULL,
  heard_at BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  count BIGINT NOT NULL,
  CONSTRAINT mailbox_heard_pk PRIMARY KEY (peer)
);

-- Every activity ever addressed to another server, with the exact bytes.
CREATE TABLE mailbox_outbox (
  activity_id TEXT NOT NULL,
  peer TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  type TEXT NOT NULL,
  thread TEXT NOT NULL,
  body BYTEA NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  tried_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  error_key TEXT NOT NULL,
  error_status BIGINT NOT NULL,
  decision TEXT NOT NULL,
  policy TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  seal BYTEA NOT NULL,
  CONSTRAINT mailbox_outbox_pk PRIMARY KEY (activity_id),
  CONSTRAINT mailbox_outbox_order UNIQUE (peer, sequence)
);
CREATE INDEX mailbox_outbox_open ON mailbox_outbox (state, peer, sequence);
CREATE INDEX mailbox_outbox_thread ON mailbox_outbox (peer, thread, sequence);

-- Every activity ever received. The id and the hash are kept for ever: they are
-- what makes a second delivery harmless.
CREATE TABLE mailbox_inbox (
  activity_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  raw BYTEA NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  applied_at BIGINT NOT NULL,
  CONSTRAINT mailbox_inbox_pk PRIMARY KEY (activity_id)
);
CREATE INDEX mailbox_inbox_state ON mailbox_inbox (state, next_at);
CREATE INDEX mailbox_inbox_actor ON mailbox_inbox (actor, sequence);

-- The servers that we know, with their pinned keys.
CREATE TABLE mailbox_peers (
  actor TEXT NOT NULL,
  name TEXT NOT NULL,
  inbox TEXT NOT NULL,
  key_id TEXT NOT NULL,
  public_key TEXT NOT NULL,
  tier TEXT NOT NULL,
  state TEXT NOT NULL,
  services TEXT NOT NULL,
  regions TEXT NOT NULL,
  languages TEXT NOT NULL,
  capacity TEXT NOT NULL,
  role TEXT NOT NULL,
  position BIGINT NOT NULL,
  pinned_at BIGINT NOT NULL,
  CONSTRAINT mailbox_peers_pk PRIMARY KEY (actor),
  CONSTRAINT mailbox_peers_key UNIQUE (key_id)
);

-- The version of the members list that the member peers were last taken from.
CREATE TABLE mailbox_lists (
  network TEXT NOT NULL,
  list_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  updated TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  taken_at BIGINT NOT NULL,
  CONSTRAINT mailbox_lists_pk PRIMARY KEY (network)
);
