-- One row: how this node stands with its network.
CREATE TABLE network_standing (
  id TEXT NOT NULL,
  hub TEXT NOT NULL,
  hub_name TEXT NOT NULL,
  hub_inbox TEXT NOT NULL,
  hub_key_id TEXT NOT NULL,
  hub_key TEXT NOT NULL,
  state TEXT NOT NULL,
  tier TEXT NOT NULL,
  reason TEXT NOT NULL,
  join_id TEXT NOT NULL,
  paper TEXT NOT NULL,
  since_at BIGINT NOT NULL,
  CONSTRAINT network_standing_pk PRIMARY KEY (id)
);
