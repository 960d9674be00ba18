-- The kind of signature that a peer is known to verify: unknown, cavage, rfc9421.
ALTER TABLE mailbox_peers ADD COLUMN scheme TEXT NOT NULL DEFAULT 'unknown';
