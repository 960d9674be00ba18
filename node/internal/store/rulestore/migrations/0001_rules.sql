-- What was done with the versions of our own rules. A version is what follows from
-- its events; the one that was activated last is in force.
CREATE TABLE rule_events (
  position BIGINT NOT NULL,
  number BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  act TEXT NOT NULL,
  by_user TEXT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL,
  body TEXT NOT NULL,
  base BIGINT NOT NULL,
  brought_back BIGINT NOT NULL,
  hash TEXT NOT NULL,
  CONSTRAINT rule_events_pk PRIMARY KEY (position),
  CONSTRAINT rule_events_once UNIQUE (number, revision)
);
CREATE INDEX rule_events_act ON rule_events (act, position);
