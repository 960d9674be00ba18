-- The network's register of members.
CREATE TABLE network_members (
  actor TEXT NOT NULL,
  name TEXT NOT NULL,
  inbox TEXT NOT NULL,
  key_id TEXT NOT NULL,
  public_key TEXT NOT NULL,
  state TEXT NOT NULL,
  tier TEXT NOT NULL,
  join_id TEXT NOT NULL,
  paper TEXT NOT NULL,
  reason TEXT NOT NULL,
  services TEXT NOT NULL,
  regions TEXT NOT NULL,
  languages TEXT NOT NULL,
  capacity TEXT NOT NULL,
  since_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT network_members_pk PRIMARY KEY (actor)
);

CREATE TABLE network_member_events (
  id TEXT NOT NULL,
  actor TEXT NOT NULL,
  position BIGINT NOT NULL,
  happened_at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  by_user TEXT NOT NULL,
  note TEXT NOT NULL,
  CONSTRAINT network_member_events_pk PRIMARY KEY (id),
  CONSTRAINT network_member_events_order UNIQUE (actor, position)
);

-- One row: the version of the members list.
CREATE TABLE network_list (
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  raised_at BIGINT NOT NULL,
  CONSTRAINT network_list_pk PRIMARY KEY (id)
);
