-- The key of a peer before its present one, which holds beside it until it ends.
ALTER TABLE mailbox_peers ADD COLUMN old_key_id TEXT NOT NULL DEFAULT '';
ALTER TABLE mailbox_peers ADD COLUMN old_public_key TEXT NOT NULL DEFAULT '';
ALTER TABLE mailbox_peers ADD COLUMN old_end TEXT NOT NULL DEFAULT '';
