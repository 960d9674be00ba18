-- The trial of a provisional member: until when, and who has proposed to make it a full one.
ALTER TABLE network_members ADD COLUMN until_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE network_members ADD COLUMN proposed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE network_members ADD COLUMN proposed_at BIGINT NOT NULL DEFAULT 0;
