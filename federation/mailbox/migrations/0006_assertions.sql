-- The Ed25519 key of a peer and that of the key before, as publicKeyMultibase.
ALTER TABLE mailbox_peers ADD COLUMN assertion_id TEXT NOT NULL DEFAULT '';
ALTER TABLE mailbox_peers ADD COLUMN assertion_key TEXT NOT NULL DEFAULT '';
ALTER TABLE mailbox_peers ADD COLUMN old_assertion_id TEXT NOT NULL DEFAULT '';
ALTER TABLE mailbox_peers ADD COLUMN old_assertion_key TEXT NOT NULL DEFAULT '';
-- The public keys that this server has had, by the name of the Ed25519 key, so that a
-- lost one is not replaced in silence. A hub's are on the members list since
-- listed_at, and until ends_at, each 0 as long as it is not so.
CREATE TABLE mailbox_own_keys (
  assertion_id TEXT NOT NULL,
  assertion_key TEXT NOT NULL,
  key_id TEXT NOT NULL,
  public_key TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  listed_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  CONSTRAINT mailbox_own_keys_pk PRIMARY KEY (assertion_id)
);
