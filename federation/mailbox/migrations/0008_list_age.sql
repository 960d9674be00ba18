-- When the hub last said, under its signature, that the list is still the one that
-- we have. 0: never since it was taken over.
ALTER TABLE mailbox_lists ADD COLUMN confirmed_at BIGINT NOT NULL DEFAULT 0;
