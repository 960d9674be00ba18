-- The Ed25519 key of the hub, as publicKeyMultibase: its fingerprint covers both keys.
ALTER TABLE network_standing ADD COLUMN hub_assertion_id TEXT NOT NULL DEFAULT '';
ALTER TABLE network_standing ADD COLUMN hub_assertion TEXT NOT NULL DEFAULT '';
