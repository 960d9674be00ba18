-- Both ends of hand-overs, stage 2. What tells who somebody is is sealed in the vault:
-- texts under the key of the case, a package under a key of its own (scope
-- "handover:" and the id), private keys under one of theirs.

-- The sender's end.
CREATE TABLE handover_sent (
  id TEXT NOT NULL,
  referral_id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  target TEXT NOT NULL,
  reference TEXT NOT NULL,
  offer TEXT NOT NULL,
  request TEXT NOT NULL,
  revision BIGINT NOT NULL,
  purpose TEXT NOT NULL,
  asked TEXT NOT NULL,
  key_id TEXT NOT NULL,
  key TEXT NOT NULL,
  ask_proof TEXT NOT NULL,
  state TEXT NOT NULL,
  fields TEXT NOT NULL,
  texts BYTEA,
  consent TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  package TEXT NOT NULL,
  activity TEXT NOT NULL,
  digest TEXT NOT NULL,
  size BIGINT NOT NULL,
  drafted_by TEXT NOT NULL,
  submitted_at BIGINT NOT NULL,
  approved_by TEXT NOT NULL,
  sent_at BIGINT NOT NULL,
  arrived_at BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  recalled_at BIGINT NOT NULL,
  untold BIGINT NOT NULL,
  receipt TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT handover_sent_pk PRIMARY KEY (id),
  CONSTRAINT handover_sent_referral UNIQUE (referral_id)
);
CREATE INDEX handover_sent_case ON handover_sent (case_id);
CREATE INDEX handover_sent_package ON handover_sent (package);

CREATE TABLE handover_sent_events (
  handover_id TEXT NOT NULL,
  n BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user TEXT NOT NULL,
  what TEXT NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  CONSTRAINT handover_sent_events_pk PRIMARY KEY (handover_id, n),
  CONSTRAINT handover_sent_events_of FOREIGN KEY (handover_id) REFERENCES handover_sent (id)
);

-- The receiver's end. sealed is the package as it came, sealed once more.
CREATE TABLE handover_received (
  id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  reference TEXT NOT NULL,
  offer TEXT NOT NULL,
  engagement TEXT NOT NULL,
  request TEXT NOT NULL,
  revision BIGINT NOT NULL,
  purpose TEXT NOT NULL,
  asked TEXT NOT NULL,
  key_id TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  named TEXT NOT NULL,
  state TEXT NOT NULL,
  package TEXT NOT NULL,
  activity TEXT NOT NULL,
  consent TEXT NOT NULL,
  digest TEXT NOT NULL,
  size BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  arrived_at BIGINT NOT NULL,
  opened_by TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  case_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  receipt TEXT NOT NULL,
  sealed BYTEA,
  asked_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT handover_received_pk PRIMARY KEY (id),
  CONSTRAINT handover_received_offer UNIQUE (offer_id),
  CONSTRAINT handover_received_request UNIQUE (request)
);
CREATE INDEX handover_received_package ON handover_received (package);

CREATE TABLE handover_received_events (
  handover_id TEXT NOT NULL,
  n BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user TEXT NOT NULL,
  what TEXT NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  CONSTRAINT handover_received_events_pk PRIMARY KEY (handover_id, n),
  CONSTRAINT handover_received_events_of FOREIGN KEY (handover_id) REFERENCES handover_received (id)
);

-- The keys to which others seal.
CREATE TABLE handover_keys (
  id TEXT NOT NULL,
  public_key TEXT NOT NULL,
  sealed BYTEA,
  created_at BIGINT NOT NULL,
  retired_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  CONSTRAINT handover_keys_pk PRIMARY KEY (id)
);
