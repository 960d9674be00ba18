-- One sealed key for each scope (a case). Deleting the row erases all that was
-- sealed with it, in every copy of the database that is made from then on.
CREATE TABLE vault_keys (
  scope TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT vault_keys_pk PRIMARY KEY (scope)
);
