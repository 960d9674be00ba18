-- The Ed25519 key of a member and that of the key before, as publicKeyMultibase.
ALTER TABLE network_members ADD COLUMN assertion_id TEXT NOT NULL DEFAULT '';
ALTER TABLE network_members ADD COLUMN assertion_key TEXT NOT NULL DEFAULT '';
ALTER TABLE network_members ADD COLUMN old_assertion_id TEXT NOT NULL DEFAULT '';
ALTER TABLE network_members ADD COLUMN old_assertion_key TEXT NOT NULL DEFAULT '';
