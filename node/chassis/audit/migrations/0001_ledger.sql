CREATE TABLE audit_ledger (
  chain TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  act TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  CONSTRAINT audit_ledger_pk PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_ledger_object ON audit_ledger (object_type, object_id, seq);
CREATE INDEX audit_ledger_actor ON audit_ledger (actor, seq);
CREATE INDEX audit_ledger_at ON audit_ledger (at);
CREATE TABLE audit_heads (
  chain TEXT NOT NULL,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  CONSTRAINT audit_heads_pk PRIMARY KEY (chain)
);
