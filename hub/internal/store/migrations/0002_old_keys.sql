-- The key of a member before its present one, which holds beside it until it ends.
ALTER TABLE network_members ADD COLUMN old_key_id TEXT NOT NULL DEFAULT '';
ALTER TABLE network_members ADD COLUMN old_public_key TEXT NOT NULL DEFAULT '';
ALTER TABLE network_members ADD COLUMN old_end BIGINT NOT NULL DEFAULT 0;
